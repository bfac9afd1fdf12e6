import cookie from '@fastify/cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { DateTime } from 'luxon'
import type { StaffMember } from './staff-member.ts'

/** Someone with a session. */
interface SignedIn {
  member: StaffMember
  /** When they last proved who they are, rather than only sent their cookie. */
  signedInAt: DateTime<true>
  /** Whether one factor alone proved who they are: an email, or a work account that says of no second one. */
  lacksFactor: boolean
}

/** Who a cookie belongs to at `now`, or nobody. */
type FindSignedIn = (cookie: string, now: DateTime<true>) => Promise<SignedIn | undefined>

/**
 * Marks that a browser keeps: `letter` and `openid` identify a browser that has asked to sign in, by an email or at a
 * provider; `back` is the page to go back to afterwards; `known` tells whose own browser it has been.
 */
type Mark = 'letter' | 'openid' | 'back' | 'known'

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined if no one is signed in. */
    staff: StaffMember | undefined
    signedIn: SignedIn | undefined
    /** The session cookie that the browser sent, valid or not. */
    sessionCookie: string | undefined
    markOf: (mark: Mark) => string | undefined
  }
  interface FastifyReply {
    keepSession: (cookie: string) => FastifyReply
    forgetSession: () => FastifyReply
    keepMark: (mark: Mark, value: string) => FastifyReply
    forgetMark: (mark: Mark) => FastifyReply
  }
}

/** In seconds. An email may be on its way for as long again as its contents are valid. */
const onTheWay = 20 * 60

const markSeconds: Record<Mark, number> = {
  letter: onTheWay, openid: onTheWay, back: onTheWay, known: 180 * 24 * 60 * 60
}

/**
 * Knows who is signed in, for the scope that registers it: public pages neither read nor set cookies.
 *
 * The cookie is opaque and lasts until the browser is closed; where sessions are stored decides how long it is valid.
 * Under https its name begins with `__Host-`, so that no neighbouring host can plant one (RFC 6265bis §4.1.3.2);
 * browsers accept that name only with Secure, which http cannot have. Lax and not Strict, because people come to sign
 * in from their mail and from their provider.
 */
export const session = fp<{ findSignedIn: FindSignedIn }>(async (app, { findSignedIn }) => {
  const secure = app.publicUrl.startsWith('https:')
  const named = (name: string) => secure ? `__Host-${name}` : name
  const name = named('session')
  const attributes = { path: '/', httpOnly: true, sameSite: 'lax', secure } as const

  await app.register(cookie)
  app.decorateRequest('staff', undefined)
  app.decorateRequest('signedIn', undefined)
  app.decorateRequest('who', undefined)
  app.decorateRequest('sessionCookie', undefined)
  app.decorateReply('keepSession', function (this: FastifyReply, value) {
    return this.setCookie(name, value, attributes)
  })
  app.decorateReply('forgetSession', function (this: FastifyReply) {
    return this.clearCookie(name, attributes)
  })
  app.decorateRequest('markOf', function (this: FastifyRequest, mark) {
    return this.cookies[named(`sign-in-${mark}`)]
  })
  app.decorateReply('keepMark', function (this: FastifyReply, mark, value) {
    return this.setCookie(named(`sign-in-${mark}`), value, { ...attributes, maxAge: markSeconds[mark] })
  })
  app.decorateReply('forgetMark', function (this: FastifyReply, mark) {
    return this.clearCookie(named(`sign-in-${mark}`), attributes)
  })

  app.addHook('onRequest', async request => {
    request.sessionCookie = request.cookies[name]
    if (request.sessionCookie !== undefined) {
      request.signedIn = await findSignedIn(request.sessionCookie, app.clock())
      request.staff = request.signedIn?.member
      request.who = request.staff?.id
    }
  })
}, { name: 'session', dependencies: ['service'] })

/** Redirects people who are not signed in to the page that says how to; for every route of a scope. */
export async function requireStaff (request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (request.staff === undefined) await reply.redirect('/staff/sign-in', 303)
}

/** The member of staff who sent the request, on a route that `requireStaff` guards. */
export function staffOf (request: FastifyRequest): StaffMember {
  if (request.staff === undefined) throw new Error('A staff page was reached without requireStaff.')
  return request.staff
}
