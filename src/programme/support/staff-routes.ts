import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Db } from '../../platform/database/connect.ts'
import { form } from '../../platform/http/form.ts'
import { versionHashIn, submissionIn, tickedIn } from '../../platform/http/form-answers.ts'
import { formError, shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { isId } from '../../platform/http/url-params.ts'
import { staffOf } from '../../identity/staff/session.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { addContact, changeContact, checkContact, removeContact } from './commands.ts'
import { ContactChanged, ContactNameTaken, ContactNotFound, LastContact } from './errors.ts'
import { dayOf } from './kept-contact.ts'
import type { KeptContact } from './kept-contact.ts'
import { findContact, listDistricts, listKeptContacts } from './queries.ts'
import { buttonForm, contactFields, contactForm, newContactForm } from './schema.ts'
import { areasOf, comparisonOf, contactPageOf, contactsPageOf, removalPageOf } from './staff-page.ts'
import type { TypedContact } from './staff-page.ts'

interface Asked {
  staff: StaffMember
  id: string
  done: unknown
  body: unknown
  reply: FastifyReply
}

const done = new Map<unknown, string>([
  ['added', 'The contact is added. Pages have it within a second, and emails from now on.'],
  ['changed', 'The contact is changed. Pages have it within a second, and emails from now on.'],
  ['checked', 'Thank you. It is noted that this contact was checked today.'],
  ['removed', 'The contact is removed.']
])

/** Helplines and hubs, as everyone sees them: adding, changing, checking and removing them. */
export const supportStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'edit what everyone reads')
  app.get('/support', editing(async asked => await showAll(asked)))

  await app.register(formRoutes)

  app.post('/support/:id/check', editing(form({
    schema: buttonForm,
    again: showAll,
    refused: (error, { id }) =>
      error instanceof ContactChanged ? formError(`contact-${id}`, changedSince) : undefined
  }, async ({ staff, id, input: { edition: versionHash }, reply }) => {
    await checkContact(app.db, { id, versionHash }, staff, app.clock())
    return await reply.redirect(`/staff/support?done=checked#contact-${id}`, 303)
  })))

  app.get('/support/:id/removal', editing(async asked => await askBack(asked)))

  app.post('/support/:id/removal', editing(form({
    schema: buttonForm,
    again: askBack,
    refused: error => error instanceof ContactChanged
      ? formError('form', changedSince)
      : error instanceof LastContact ? formError('form', error.message) : undefined
  }, async ({ staff, id, input: { edition: versionHash }, reply }) => {
    await removeContact(app.db, { id, versionHash }, staff, app.clock())
    return await reply.redirect('/staff/support?done=removed', 303)
  })))

  async function showAll ({ staff, done: asked, reply }: Asked, errors?: FormErrors) {
    const contacts = await listKeptContacts(app.db)
    const model = contactsPageOf(contacts, dayOf(app.clock()))
    return reply.page('programme/support/support', { staff, ...model, done: errors ? undefined : done.get(asked), errors })
  }

  async function askBack ({ staff, id, reply }: Asked, errors?: FormErrors) {
    const contact = await contactWith(app.db, id)
    return reply.page('programme/support/support-removal', { staff, ...removalPageOf(contact, dayOf(app.clock()), errors) })
  }
}

const changedSince = 'Someone has changed this contact since you opened the page. ' +
  'Read what it says now, then press the button again.'

/** The forms that add and change a contact. */
const formRoutes: FastifyPluginAsync = async app => {
  app.get('/support/new', editing(async asked => await show(asked, undefined)))

  app.post('/support/new', editing(form({
    schema: async () => newContactForm(await listDistricts(app.db)),
    fields: contactFields,
    again: async (asked, errors) => await show(asked, undefined, errors),
    refused: errorsOf
  }, async ({ staff, input, reply }) => {
    await addContact(app.db, input, staff, app.clock())
    return await reply.redirect('/staff/support?done=added', 303)
  })))

  app.get('/support/:id', editing(async asked => await show(asked, await contactWith(app.db, asked.id))))

  app.post('/support/:id', editing(form({
    schema: async ({ id }) => {
      const [contact, districts] = await Promise.all([contactWith(app.db, id), listDistricts(app.db)])
      return contactForm(areasOf(districts, contact))
    },
    fields: contactFields,
    // Nothing that was typed is lost: the current state is shown beside it.
    again: async (asked, errors) => await show(asked, await findContact(app.db, asked.id), errors),
    refused: errorsOf
  }, async ({ staff, id, input: { edition: versionHash, ...draft }, reply }) => {
    await changeContact(app.db, { id, versionHash }, draft, staff, app.clock())
    return await reply.redirect('/staff/support?done=changed', 303)
  })))

  async function show (
    { staff, body, reply }: Asked, contact: KeptContact | undefined, errors?: FormErrors
  ): Promise<FastifyReply> {
    const [contacts, districts] = await Promise.all([listKeptContacts(app.db), listDistricts(app.db)])
    const typed = errors && typedOf(body)
    // After an error it stays the state that was read: a colleague's later change must still be noticed.
    const kept = errors === undefined || errors === changed ? undefined : versionHashIn(body)
    return reply.page('programme/support/support-contact', {
      staff,
      ...contactPageOf({ contact, contacts, districts, submission: submissionIn(body) }, typed, errors),
      ...(kept !== undefined && { versionHash: kept }),
      comparison: contact && typed && errors === changed ? comparisonOf(contact, typed) : []
    })
  }
}

async function contactWith (db: Db, id: string): Promise<KeptContact> {
  const contact = await findContact(db, id)
  if (contact === undefined) throw new ContactNotFound()
  return contact
}

const removed = formError('form',
  'Someone has removed this contact since you opened it. Press “Add” if you still want it.')

const changed = formError('form', 'Someone has changed this contact since you opened it. Your changes are ' +
  'not saved. Compare both below, then press “Save” to keep yours.')

/** What was typed, by field; lists only for checkboxes. */
function typedOf (body: unknown): TypedContact {
  const typed = z.object(Object.fromEntries(contactFields.map(field => [field, z.string().catch('')])))
  return { ...typed.parse(body), area: tickedIn(body, 'area') }
}

/** The refusal, beside the field that it is about; undefined for a refusal that has a page of its own. */
function errorsOf (error: unknown): FormErrors | undefined {
  if (error instanceof ContactNotFound) return removed
  if (error instanceof ContactChanged) return changed
  return shownAt('name', ContactNameTaken)(error)
}

/** Reads a route's input; an id that cannot be a contact's is not found. */
function editing (answer: (asked: Asked) => Promise<FastifyReply>) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const staff = staffOf(request)
    const { id } = request.params as { id?: string }
    if (id !== undefined && !isId(id)) throw new ContactNotFound()
    const { done } = request.query as { done?: unknown }
    return await answer({ staff, id: (id ?? '').toLowerCase(), done, body: request.body ?? {}, reply })
  }
}
