import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { listAgencies } from '../../programme/campaigns/queries.ts'
import type { Db } from '../../platform/database/connect.ts'
import { DomainError } from '../../platform/errors.ts'
import { idFromForm } from '../../platform/named-id.ts'
import { form } from '../../platform/http/form.ts'
import { versionHashIn, typedOf, submissionIn } from '../../platform/http/form-answers.ts'
import { formError } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { isId, sentenceFor } from '../../platform/http/url-params.ts'
import { staffOf } from '../../identity/staff/session.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { hasSignedInRecently } from '../../identity/staff/recent-sign-in.ts'
import { recentSignInMinutes } from '../../identity/staff/session-life.ts'
import { addMember, changeMember, disableMember, enableMember } from './commands.ts'
import { MemberChanged, MemberNotFound } from './errors.ts'
import { countStandingLists, findMember, listHosted, listMembers } from './queries.ts'
import type { SeenMember } from './queries.ts'
import { buttonForm, memberFields, memberForm, newMemberForm } from './schema.ts'
import { comparisonOf, memberPageOf, membersPageOf, maxHosted, disablingPageOf } from './staff-page.ts'

interface OfMember {
  staff: StaffMember
  /** Whether they have recently confirmed who they are. */
  hasShown: boolean
  id: string
  done: unknown
  body: unknown
  reply: FastifyReply
}

const done = {
  added: 'They are added, and get an email that says how to sign in.',
  changed: 'The change is saved.',
  disabled: 'They are signed out everywhere and cannot sign in any more.',
  enabled: 'They can sign in again, and get an email that says how.'
}

/** The field that each refusal is about; a refusal not listed is about none and has a page of its own. */
const fields: Readonly<Record<string, string>> = {
  'member-changed': 'form', 'address-taken': 'email', 'last-admin': 'form', 'own-account': 'form'
}

/** Who works here, and what they may do. */
export const memberStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'manage staff')

  app.get('/members', withMember(async ({ staff, done: asked, reply }) => {
    const members = membersPageOf(await listMembers(app.db))
    return reply.page('office/staff-accounts/members', { staff, ...members, done: sentenceFor(done, asked) })
  }))

  await app.register(formRoutes)
  await app.register(turningRoutes)
}

/**
 * The form that adds and changes members of staff. Because it lets people in, it needs a recent confirmation of who
 * asks. Without one the form says so, keeps what was typed, and lets them confirm in another tab.
 */
const formRoutes: FastifyPluginAsync = async app => {
  app.get('/members/new', withMember(async asked => await show(asked, undefined)))

  app.post('/members/new', withMember(form({
    schema: async () => newMemberForm(await listAgencies(app.db)),
    fields: memberFields,
    again: async (asked, errors) => await show(asked, undefined, errors),
    refused: errorsOf
  }, async asked => {
    const { staff, hasShown, input: { submission, ...draft }, reply } = asked
    if (!hasShown) return await show({ ...asked, reply: reply.code(403) }, undefined, notShown)
    // Another address is another person; different answers for the same person are refused below.
    const id = idFromForm(submission, { email: draft.email })
    await addMember(app.db, app.outbox, { id, ...draft }, staff, app.clock())
    return await reply.redirect(`/staff/members?done=added#member-${id}`, 303)
  })))

  app.get('/members/:id', withMember(async asked => await show(asked, await memberWith(app.db, asked.id))))

  app.post('/members/:id', withMember(form({
    schema: async ({ id }) => {
      const [agencies] = await Promise.all([listAgencies(app.db), memberWith(app.db, id)])
      return memberForm(agencies)
    },
    fields: memberFields,
    // What was typed is kept: a colleague's change is shown beside it.
    again: async (asked, errors) => await show(asked, await findMember(app.db, asked.id), errors),
    refused: error => error instanceof MemberChanged ? changed : errorsOf(error)
  }, async asked => {
    const { staff, hasShown, id, input: { edition: versionHash, ...draft }, reply } = asked
    if (!hasShown) return await show({ ...asked, reply: reply.code(403) }, await memberWith(app.db, id), notShown)
    await changeMember(app.db, app.outbox, { id, versionHash }, draft, staff, app.clock())
    return await reply.redirect(`/staff/members?done=changed#member-${id}`, 303)
  })))

  async function show (
    { staff, body, reply }: OfMember, member: SeenMember | undefined, errors?: FormErrors
  ): Promise<FastifyReply> {
    const [agencies, lists] = await Promise.all([
      listAgencies(app.db), member === undefined ? 0 : countStandingLists(app.db, member.id)
    ])
    const typed = errors && typedOf(body, memberFields)
    // After an error it stays the state that was read: a colleague's later change must still be noticed.
    const kept = errors === undefined || errors === changed ? undefined : versionHashIn(body)
    return reply.page('office/staff-accounts/member', {
      staff,
      ...memberPageOf({ member, lists, agencies, staff, submission: submissionIn(body) }, typed, errors),
      ...(kept !== undefined && { versionHash: kept }),
      isToShow: errors === notShown,
      comparison: member && typed && errors === changed ? comparisonOf(member, typed, agencies) : []
    })
  }
}

const changed = formError('form', 'Someone has changed this since you opened it. Your changes are not saved. ' +
  'Compare both below, then press “Save” to keep yours.')

const notShown = formError('form', `It is more than ${recentSignInMinutes} minutes since you showed that it is you. ` +
  'Show it in another tab by the link below, then press the button here again. Nothing is saved yet.')

/** Disabling and enabling members of staff: each asks first. */
const turningRoutes: FastifyPluginAsync = async app => {
  const askDisabling = askOn('office/staff-accounts/member-disabling')
  const askEnabling = askOn('office/staff-accounts/member-enabling')

  app.get('/members/:id/disabling', withMember(askDisabling))

  app.post('/members/:id/disabling', withMember(form({
    schema: buttonForm, again: askDisabling, refused: errorsOf
  }, async ({ staff, id, reply }) => {
    await disableMember(app.db, id, staff, app.clock())
    return await reply.redirect(`/staff/members?done=disabled#member-${id}`, 303)
  })))

  // Letting someone in needs a recent confirmation of who asks; shutting someone out is never delayed.
  const lettingIn = { config: { recentSignIn: true } }

  app.get('/members/:id/enabling', lettingIn, withMember(askEnabling))

  app.post('/members/:id/enabling', lettingIn, withMember(form({
    schema: buttonForm, again: askEnabling, refused: errorsOf
  }, async ({ staff, id, reply }) => {
    await enableMember(app.db, app.outbox, id, staff, app.clock())
    return await reply.redirect(`/staff/members?done=enabled#member-${id}`, 303)
  })))

  function askOn (page: string) {
    return async ({ staff, id, reply }: OfMember, errors?: FormErrors) => {
      const [member, hosted, lists] = await Promise.all([
        memberWith(app.db, id), listHosted(app.db, id, maxHosted, app.clock()), countStandingLists(app.db, id)
      ])
      return reply.page(page, { staff, ...disablingPageOf(member, { ...hosted, lists }, staff, errors) })
    }
  }
}

async function memberWith (db: Db, id: string): Promise<SeenMember> {
  const member = await findMember(db, id)
  if (member === undefined) throw new MemberNotFound()
  return member
}

/** A refusal, beside the field that it is about; a refusal with its own page is thrown again. */
function errorsOf (error: unknown): FormErrors {
  const field = error instanceof DomainError ? fields[error.refusal] : undefined
  if (field === undefined) throw error
  return formError(field, (error as DomainError).message)
}

/** Reads a route's parameters; something that cannot be an id is not found. */
function withMember (answer: (asked: OfMember) => Promise<FastifyReply>) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { id } = request.params as { id?: string }
    if (id !== undefined && !isId(id)) throw new MemberNotFound()
    const { done } = request.query as { done?: unknown }
    const asked = { staff: staffOf(request), hasShown: hasSignedInRecently(request), body: request.body ?? {} }
    return await answer({ ...asked, id: (id ?? '').toLowerCase(), done, reply })
  }
}
