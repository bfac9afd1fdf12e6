import { randomUUID } from 'node:crypto'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { editionIn } from '../../platform/http/form-answers.ts'
import { formError, formErrors } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { staffOf } from '../../identity/staff/session.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { allAre } from '../../identity/staff/roles.ts'
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

/** Helplines and hubs, as everybody sees them: adding, changing, checking and removing them. */
export const supportStaffRoutes: FastifyPluginAsync = async app => {
  allAre(app, 'edit what everybody reads')
  app.get('/support', editing(async asked => await showAll(asked, asked.reply)))

  await app.register(formRoutes)

  app.post('/support/:id/check', editing(async asked => {
    const { staff, id, body, reply } = asked
    const read = buttonForm.safeParse(body)
    if (!read.success) return await showAll(asked, reply.code(400), formErrors(read.error, []))
    try {
      await checkContact(app.db, { id, ...read.data }, staff, app.clock())
    } catch (error) {
      if (!(error instanceof ContactChanged)) throw error
      return await showAll(asked, reply.code(409), formError(`contact-${id}`, changedSince))
    }
    return await reply.redirect(`/staff/support?done=checked#contact-${id}`, 303)
  }))

  app.get('/support/:id/removal', editing(async asked => await askBack(asked, asked.reply)))

  app.post('/support/:id/removal', editing(async asked => {
    const { staff, id, body, reply } = asked
    const read = buttonForm.safeParse(body)
    if (!read.success) return await askBack(asked, reply.code(400), formErrors(read.error, []))
    try {
      await removeContact(app.db, { id, ...read.data }, staff, app.clock())
    } catch (error) {
      if (!(error instanceof ContactChanged || error instanceof LastContact)) throw error
      const sentence = error instanceof ContactChanged ? changedSince : error.message
      return await askBack(asked, reply.code(409), formError('form', sentence))
    }
    return await reply.redirect('/staff/support?done=removed', 303)
  }))

  async function showAll ({ staff, done: asked }: Asked, reply: FastifyReply, errors?: FormErrors) {
    const contacts = await listKeptContacts(app.db)
    const model = contactsPageOf(contacts, dayOf(app.clock()))
    return reply.page('programme/support/support', { staff, ...model, done: errors ? undefined : done.get(asked), errors })
  }

  async function askBack ({ staff, id }: Asked, reply: FastifyReply, errors?: FormErrors) {
    const contact = await findContact(app.db, id)
    if (contact === undefined) throw new ContactNotFound()
    return reply.page('programme/support/support-removal', { staff, ...removalPageOf(contact, dayOf(app.clock()), errors) })
  }
}

const changedSince = 'Someone has changed this contact since you opened the page. ' +
  'Read what it says now, then press the button again.'

/** The form that adds one and changes one. */
const formRoutes: FastifyPluginAsync = async app => {
  app.get('/support/new', editing(async asked => await show(asked, asked.reply, undefined)))

  app.post('/support/new', editing(async asked => {
    const { staff, body, reply } = asked
    const read = newContactForm(await listDistricts(app.db)).safeParse(body)
    if (!read.success) return await show(asked, reply.code(400), undefined, formErrors(read.error, contactFields))
    try {
      await addContact(app.db, read.data, staff, app.clock())
    } catch (error) {
      const errors = errorsOf(error)
      if (errors === undefined) throw error
      return await show(asked, reply.code(409), undefined, errors)
    }
    return await reply.redirect('/staff/support?done=added', 303)
  }))

  app.get('/support/:id', editing(async asked => {
    const contact = await findContact(app.db, asked.id)
    if (contact === undefined) throw new ContactNotFound()
    return await show(asked, asked.reply, contact)
  }))

  app.post('/support/:id', editing(async asked => {
    const { staff, id, body, reply } = asked
    const [contact, districts] = await Promise.all([findContact(app.db, id), listDistricts(app.db)])
    if (contact === undefined) return await show(asked, reply.code(409), undefined, removed)
    const read = contactForm(areasOf(districts, contact)).safeParse(body)
    if (!read.success) return await show(asked, reply.code(400), contact, formErrors(read.error, contactFields))
    const { edition, ...draft } = read.data
    try {
      await changeContact(app.db, { id, edition }, draft, staff, app.clock())
    } catch (error) {
      // Whatever was typed by then is not lost: what is there now stands beside it.
      const errors = errorsOf(error)
      if (errors === undefined) throw error
      return await show(asked, reply.code(409), await findContact(app.db, id), errors)
    }
    return await reply.redirect('/staff/support?done=changed', 303)
  }))

  async function show (
    { staff, body }: Asked, reply: FastifyReply, contact: KeptContact | undefined, errors?: FormErrors
  ): Promise<FastifyReply> {
    const [contacts, districts] = await Promise.all([listKeptContacts(app.db), listDistricts(app.db)])
    const typed = errors && typedOf(body)
    const submission = z.uuid().catch(randomUUID()).parse((body as { submission?: unknown }).submission)
    // After a mistake it stays the one that was read: what a colleague has changed since is still to be compared.
    const kept = errors === undefined || errors === changed ? undefined : editionIn(body)
    return reply.page('programme/support/support-contact', {
      staff,
      ...contactPageOf({ contact, contacts, districts, submission }, typed, errors),
      ...(kept !== undefined && { edition: kept }),
      comparison: contact && typed && errors === changed ? comparisonOf(contact, typed) : []
    })
  }
}

const removed = formError('form',
  'Someone has removed this contact since you opened it. Press “Add” if you still want it.')

const changed = formError('form', 'Someone has changed this contact since you opened it. Your changes are ' +
  'not saved. Compare both below, then press “Save” to keep yours.')

/** What was typed, by field; of what came as a list only the boxes. */
function typedOf (body: unknown): TypedContact {
  const typed = z.object({
    ...Object.fromEntries(contactFields.map(field => [field, z.string().catch('')])),
    area: z.preprocess(given => given === undefined ? [] : [given].flat(), z.array(z.string())).catch([])
  })
  return typed.parse(body)
}

/** What a rule refused, beside the field that it is about; nothing for what has a page of its own. */
function errorsOf (error: unknown): FormErrors | undefined {
  if (error instanceof ContactNotFound) return removed
  if (error instanceof ContactChanged) return changed
  return error instanceof ContactNameTaken ? formError('name', error.message) : undefined
}

/** Reads what a route is asked; what cannot be the id of a contact is not there. */
function editing (answer: (asked: Asked) => Promise<FastifyReply>) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const staff = staffOf(request)
    const { id = '' } = request.params as { id?: string }
    if (id !== '' && !z.guid().safeParse(id).success) throw new ContactNotFound()
    const { done } = request.query as { done?: unknown }
    return await answer({ staff, id: id.toLowerCase(), done, body: request.body ?? {}, reply })
  }
}
