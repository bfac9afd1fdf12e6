import cookie from '@fastify/cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { DateTime } from 'luxon'
import type { StaffMember } from './staff-member.ts'

/** Somebody with a session. */
export interface SignedIn {
  member: StaffMember
  /** When they last showed who they are, and not only their cookie. */
  shownAt: DateTime<true>
  /** They came by letter, and nothing but the letter showed who they are. */
  lacksFactor: boolean
}

/** Who a cookie belongs to at `now`, or nobody. */
export type FindSignedIn = (cookie: string, now: DateTime<true>) => Promise<SignedIn | undefined>

/**
 * What a browser is known by again that has asked to sign in and is on its way, by a letter or at a provider; to
 * which page it goes back afterwards; and as whose own it has been used before.
 */
export type Mark = 'letter' | 'openid' | 'back' | 'known'

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined where nobody is signed in. */
    staff: StaffMember | undefined
    signedIn: SignedIn | undefined
    /** What the browser brought as its session, true or not. */
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

/** A letter may take as long again as what is in it is good for. */
const onTheWay = 20 * 60

const markSeconds: Record<Mark, number> = {
  letter: onTheWay, openid: onTheWay, back: onTheWay, known: 180 * 24 * 60 * 60
}

/**
 * Knows who is signed in, for the scope that registers it: pages for everybody neither read nor set cookies.
 *
 * The cookie is opaque and lasts as long as the browser is open; how long it is good for is decided where
 * sessions are kept. Under https its name begins with `__Host-`, so that no neighbouring host can plant
 * one (RFC 6265bis §4.1.3.2); browsers take that name only with Secure, which http cannot have. Lax and not
 * Strict, because people come to sign in from their mail and from their provider.
 */
export const session = fp<{ findSignedIn: FindSignedIn }>(async (app, { findSignedIn }) => {
  const secure = app.publicUrl.startsWith('https:')
  const named = (name: string) => secure ? `__Host-${name}` : name
  const name = named('session')
  const attributes = { path: '/', httpOnly: true, sameSite: 'lax', secure } as const

  await app.register(cookie)
  app.decorateRequest('staff', undefined)
  app.decorateRequest('signedIn', undefined)
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
    }
  })
}, { name: 'session', dependencies: ['service'] })

/** Sends whoever is not signed in to the page that says how to; for every route of a scope. */
export async function requireStaff (request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (request.staff === undefined) await reply.redirect('/staff/sign-in', 303)
}

/** The member of staff who asks, on a route that `requireStaff` guards. */
export function staffOf (request: FastifyRequest): StaffMember {
  if (request.staff === undefined) throw new Error('A staff page was reached without requireStaff.')
  return request.staff
}
