import { randomUUID } from 'node:crypto'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { running } from '../../programme/activities/staff-routes.ts'
import type { Running } from '../../programme/activities/staff-routes.ts'
import { chooseAgain, withoutGone } from '../../booking/attendees/choose-again.ts'
import { ChosenGone } from '../../booking/bookings/errors.ts'
import { listLeft } from '../../booking/attendees/list-left.ts'
import { getChosen, listChosen } from '../../booking/bookings/queries.ts'
import { chosenFields, chosenForm, chosenIn } from '../../booking/bookings/schema.ts'
import { form, refusing } from '../../platform/http/form.ts'
import { typedOf, versionHashIn } from '../../platform/http/form-answers.ts'
import { formError, shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { bulletinAfter } from './bulletin.ts'
import type { Bulletin } from './bulletin.ts'
import { changeBulletin, writeBulletin } from './commands.ts'
import type { BulletinEdit } from './commands.ts'
import { BulletinSent, BulletinTextChanged } from './errors.ts'
import { countAudiences, countRecipientsOf, getBulletin, listBulletins, progressOf } from './queries.ts'
import { bulletinFields, bulletinForm, chosenBulletinForm, newBulletinForm, newChosenBulletinForm } from './schema.ts'
import { bulletinsPageOf, writingPageOf } from './staff-page.ts'
import type { BulletinRoutes, BulletinAddress } from './bulletin-address.ts'
import { address, numberOf } from './bulletin-address.ts'
import { oneBulletinRoutes } from './one-bulletin-staff-routes.ts'

/**
 * Enough for the longest text in a script that takes twelve bytes a character, as many people as can be chosen, the
 * list that they were chosen from, and the other fields.
 */
const bodyLimit = 81_920

const nobodyLeft = 'The people you chose are not on the list of this activity any more. Your text is still here: select who you want to email instead.'

/** Messages from organisers to many people: writing, previewing, sending, and how far they have come. */
export const bulletinStaffRoutes: FastifyPluginAsync<BulletinRoutes> = async (app, { context }) => {
  requirePermission(app, 'run activities')
  await app.register(writingRoutes)
  await app.register(oneBulletinRoutes, { context })
}

/** The list of messages, and the form that writes or changes one. */
const writingRoutes: FastifyPluginAsync = async app => {
  app.get(address, running(async ({ staff, activity, reply }) => {
    const [bulletins, progress] = await Promise.all([
      listBulletins(app.db, activity.id), progressOf(app.db, activity.id)
    ])
    return reply.page('mail/bulletins/bulletins', { staff, ...bulletinsPageOf(activity, bulletins, progress) })
  }))

  app.get(`${address}/new`, running(async asked =>
    await show(asked, { to: await countAudiences(app.db, asked.activity), submission: randomUUID() })))

  app.post('/activities/:slug/attendees/bulletin', running(withoutGone(form({
    schema: chosenForm, fields: chosenFields, again: chooseAgain
  }, async asked => {
    const { activity, input: { booking } } = asked
    await getChosen(app.db, activity.id, booking)
    return await show(asked, { to: await chosenOn(asked, booking), submission: randomUUID() })
  }))))

  app.post(address, { bodyLimit }, running(form({
    schema: ({ body }) => isForChosen(body) ? newChosenBulletinForm : newBulletinForm,
    fields: bulletinFields,
    again: showAgain,
    refused: shownAt('form', ChosenGone)
  }, refusing(BulletinTextChanged, showBeside, refusing(BulletinSent, showAsAnother, async asked => {
    const { staff, activity, input: { submission: id, ...draft }, reply } = asked
    const number = await writeBulletin(app.db, activity.id, { id, ...draft }, staff, app.clock())
    return await reply.redirect(`/staff/activities/${activity.slug}/bulletins/${number}`, 303)
  })))))

  app.get(`${address}/:number/text`, running<BulletinAddress>(async asked => {
    const bulletin = await bulletinOn(asked)
    if (bulletin.sentAt !== undefined) throw new BulletinSent()
    return await show(asked, { to: await recipientsOf(asked, bulletin), bulletin })
  }))

  app.post(`${address}/:number/text`, { bodyLimit }, running<BulletinAddress>(form({
    schema: async asked => (await bulletinOn(asked)).audience === 'chosen' ? chosenBulletinForm : bulletinForm,
    fields: bulletinFields,
    again: showChangedAgain,
    // So that what was typed meanwhile is not lost.
    refused: shownAt('form', BulletinSent)
  }, refusing(BulletinTextChanged, showBeside, async asked => {
    const { staff, activity, input: { edition: versionHash, ...edit }, reply } = asked
    const bulletin = await bulletinOn(asked)
    await changeBulletin(app.db, bulletin, { ...edit, versionHash }, staff, app.clock())
    return await reply.redirect(`/staff/activities/${activity.slug}/bulletins/${bulletin.number}`, 303)
  }))))

  /** The form of a new message with what was typed; where nobody is left who was chosen, it asks who else it is for. */
  async function showAgain (asked: Running, errors: FormErrors, renewed?: string): Promise<FastifyReply> {
    const submission = renewed ?? typedOf(asked.body, ['submission']).submission ?? randomUUID()
    const to = await recipientsOf(asked)
    if (!('chosen' in to) || to.chosen.length > 0) return await show(asked, { to, submission }, { errors })
    const wrong = chosenIn(asked.body).length === 0 ? errors : formError('audience', nobodyLeft)
    // Another message than the one for those who have left, should they have had one.
    const another = { to: await countAudiences(app.db, asked.activity), submission: randomUUID() }
    return await show(asked, another, { errors: wrong })
  }

  /** The message that a form began has been sent: what was typed since makes another one. */
  async function showAsAnother (asked: Running, { message }: BulletinSent): Promise<FastifyReply> {
    return await showAgain(asked, formError('form', message), randomUUID())
  }

  /** The form of a message that is there, with what was typed; whoever it is for, nothing of that is lost. */
  async function showChangedAgain (asked: Running<BulletinAddress>, errors: FormErrors): Promise<FastifyReply> {
    const bulletin = await bulletinOn(asked)
    const to = await recipientsOf(asked, bulletin)
    return await show(asked, { to, bulletin }, { errors, versionHash: versionHashIn(asked.body) })
  }

  /** A message that says something else by now, beside what was typed: that is the base of the next change. */
  async function showBeside (
    asked: Running & { input: Omit<BulletinEdit, 'versionHash'> }, { message, number }: BulletinTextChanged
  ): Promise<FastifyReply> {
    const bulletin = await getBulletin(app.db, asked.activity.id, number)
    const to = await recipientsOf(asked, bulletin)
    return await show(asked, { to, bulletin }, { errors: formError('form', message), mine: bulletinAfter(bulletin, asked.input) })
  }

  async function show (
    { staff, activity, body, reply }: Running, page: Omit<Parameters<typeof writingPageOf>[0], 'activity'>,
    tried?: Omit<NonNullable<Parameters<typeof writingPageOf>[1]>, 'typed'>
  ): Promise<FastifyReply> {
    const model = writingPageOf({ activity, ...page }, tried && { ...tried, typed: typedOf(body, bulletinFields) })
    return reply.page('mail/bulletins/bulletin-text', { staff, ...model })
  }

  /** Who a message is for: those that it was kept for or that its form brings, or all between whom to choose. */
  async function recipientsOf (asked: Running, bulletin?: Bulletin): Promise<Recipients> {
    const { activity, body } = asked
    const isChosen = bulletin === undefined ? isForChosen(body) : bulletin.audience === 'chosen'
    return isChosen
      ? await chosenOn(asked, bulletin?.bookingIds ?? chosenIn(body))
      : await countAudiences(app.db, activity)
  }

  /** Those of the people who were chosen who are still on the list. */
  async function chosenOn (asked: Running, bookingIds: readonly string[]): Promise<Recipients> {
    const { activity } = asked
    const chosen = await listChosen(app.db, activity.id, bookingIds)
    const counts = await countRecipientsOf(app.db, activity, { audience: 'chosen', bookingIds })
    return { chosen, list: listLeft(asked), counts }
  }

  async function bulletinOn ({ activity, params }: Running<BulletinAddress>): Promise<Bulletin> {
    return await getBulletin(app.db, activity.id, numberOf(params))
  }
}

/** Who a message is for, on the page on which it is written. */
type Recipients = Parameters<typeof writingPageOf>[0]['to']

/** Whether a form is for people who were chosen from the list of attendees. */
function isForChosen (body: unknown): boolean {
  return Object.hasOwn(body as object, 'booking')
}
