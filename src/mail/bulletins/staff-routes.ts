import { randomUUID } from 'node:crypto'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { running } from '../../programme/activities/staff-routes.ts'
import type { Running, RunningAddress } from '../../programme/activities/staff-routes.ts'
import { chooseAgain, withoutGone } from '../../booking/bookings/choose-again.ts'
import { ChosenGone } from '../../booking/bookings/errors.ts'
import { listLeft } from '../../booking/bookings/list-left.ts'
import { getChosen, listChosen } from '../../booking/bookings/queries.ts'
import { chosenFields, chosenForm, chosenIn } from '../../booking/bookings/schema.ts'
import { form } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import { sentenceFor } from '../../platform/http/url-params.ts'
import { formError, shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import type { SampleContext } from '../emails/sample.ts'
import { allowOwnFrames, showEmail } from '../emails/preview.ts'
import { ConfirmationRequired, confirming } from '../../identity/staff/confirmation.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { sendingEffects } from './bulletin.ts'
import type { Bulletin } from './bulletin.ts'
import { changeBulletin, sendBulletin, stopBulletin, testBulletin, writeBulletin } from './commands.ts'
import { BulletinChanged, BulletinNotFound, BulletinSent, NobodyToWriteTo } from './errors.ts'
import { bulletinSample } from './sample.ts'
import {
  countAudiences, countRecipientsOf, getBulletin, isForPlaces, listBulletins, progressOf, progressOfOne
} from './queries.ts'
import {
  bulletinFields, bulletinForm, buttonForm, chosenBulletinForm, newBulletinForm, newChosenBulletinForm, sendingForm
} from './schema.ts'
import { bulletinsPageOf, previewPageOf, progressPageOf, writingPageOf } from './staff-page.ts'

interface BulletinRoutes { context: SampleContext }
interface BulletinAddress extends RunningAddress { Params: { slug: string, number: string } }

const address = '/activities/:slug/bulletins'

/**
 * Enough for the longest text in a script that takes twelve bytes a character, as many people as can be chosen, the
 * list that they were chosen from, and the other fields.
 */
const bodyLimit = 81_920

/** Messages from organisers to many people: writing, previewing, sending, and how far they have come. */
export const bulletinStaffRoutes: FastifyPluginAsync<BulletinRoutes> = async (app, { context }) => {
  requirePermission(app, 'run activities')
  await app.register(writingRoutes)
  await app.register(oneBulletinRoutes, { context })
}

/** The list of messages, and the form that writes or changes one. */
const writingRoutes: FastifyPluginAsync = async app => {
  // So that what was typed meanwhile is not lost.
  const refused = shownAt('form', BulletinSent, ChosenGone)

  app.get(address, running(async ({ staff, activity, reply }) => {
    const [bulletins, progress] = await Promise.all([
      listBulletins(app.db, activity.id), progressOf(app.db, activity.id)
    ])
    return reply.page('mail/bulletins/bulletins', { staff, ...bulletinsPageOf(activity, bulletins, progress) })
  }))

  app.get(`${address}/new`, running(async asked =>
    await show(asked, await countAudiences(app.db, asked.activity), undefined, randomUUID())))

  app.post('/activities/:slug/attendees/bulletin', running(withoutGone(form({
    schema: chosenForm, fields: chosenFields, again: chooseAgain
  }, async asked => {
    const { activity, input: { booking } } = asked
    await getChosen(app.db, activity.id, booking)
    return await show(asked, await chosenOn(asked, booking), undefined, randomUUID())
  }))))

  app.post(address, { bodyLimit }, running(form({
    schema: ({ body }) => isForChosen(body) ? newChosenBulletinForm : newBulletinForm,
    fields: bulletinFields,
    again: showAgain,
    refused
  }, async ({ staff, activity, input: { submission: id, ...draft }, reply }) => {
    const number = await writeBulletin(app.db, activity.id, { id, ...draft }, staff, app.clock())
    return await reply.redirect(`/staff/activities/${activity.slug}/bulletins/${number}`, 303)
  })))

  app.get(`${address}/:number/text`, running<BulletinAddress>(async asked => {
    const bulletin = await bulletinOn(asked)
    if (bulletin.sentAt !== undefined) throw new BulletinSent()
    return await show(asked, await recipientsOf(asked, bulletin), bulletin)
  }))

  app.post(`${address}/:number/text`, { bodyLimit }, running<BulletinAddress>(form({
    schema: async asked => (await bulletinOn(asked)).audience === 'chosen' ? chosenBulletinForm : bulletinForm,
    fields: bulletinFields,
    again: showAgain,
    refused
  }, async asked => {
    const { staff, activity, input, reply } = asked
    const bulletin = await bulletinOn(asked)
    await changeBulletin(app.db, bulletin, input, staff, app.clock())
    return await reply.redirect(`/staff/activities/${activity.slug}/bulletins/${bulletin.number}`, 303)
  })))

  /** The form with what was typed, of one that is there already or of a new one. */
  async function showAgain (asked: Running | Running<BulletinAddress>, errors: FormErrors): Promise<FastifyReply> {
    const { submission } = typedOf(asked.body, ['submission'])
    const bulletin = 'number' in asked.params ? await bulletinOn(asked as Running<BulletinAddress>) : undefined
    const to = await recipientsOf(asked, bulletin)
    if ('chosen' in to && to.chosen.length === 0) return chooseAgain(asked, formError('form', new ChosenGone().message))
    return await show(asked, to, bulletin, submission ?? randomUUID(), errors)
  }

  async function show (
    { staff, activity, body, reply }: Running, to: Recipients, bulletin?: Bulletin, submission?: string,
    errors?: FormErrors
  ): Promise<FastifyReply> {
    const typed = errors && typedOf(body, bulletinFields)
    return reply.page('mail/bulletins/bulletin-text', {
      staff, ...writingPageOf({ activity, to, bulletin, submission }, typed, errors)
    })
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

const done = {
  tested: 'A test is on its way to your own address, the one that you sign in with.'
}

/** One message: its preview with the buttons that send it, and after sending how far it has come. */
const oneBulletinRoutes: FastifyPluginAsync<BulletinRoutes> = async (app, { context }) => {
  const host = new URL(app.publicUrl).hostname

  app.get(`${address}/:number`, running<BulletinAddress>(async asked => await show(asked)))

  app.get(`${address}/:number/letter`, running<BulletinAddress>(async asked => {
    const bulletin = await getBulletin(app.db, asked.activity.id, numberOf(asked.params))
    return showEmail(asked.reply, (await emailOf(asked, bulletin)).html)
  }))

  app.post(`${address}/:number/test`, running<BulletinAddress>(form({
    schema: buttonForm, again: showAgain, refused: shownAt('form', BulletinSent)
  }, async asked => {
    await testBulletin(app.db, app.outbox, addressed(asked), asked.staff, app.clock())
    return await goBack(asked, '?done=tested')
  })))

  app.post(`${address}/:number/sending`, running<BulletinAddress>(confirming(show, form({
    schema: sendingForm, again: showAgain, refused: shownAt('form', BulletinChanged, NobodyToWriteTo)
  }, async asked => {
    const { edition: versionHash, confirmed } = asked.input
    const sending = { ...addressed(asked), versionHash, confirmed, host }
    await sendBulletin(app.db, app.outbox, sending, asked.staff, app.clock())
    return await goBack(asked)
  }))))

  app.post(`${address}/:number/stop`, running<BulletinAddress>(form({
    schema: buttonForm, again: showAgain
  }, async asked => {
    await stopBulletin(app.db, addressed(asked), asked.staff, app.clock())
    return await goBack(asked)
  })))

  async function showAgain (asked: Running<BulletinAddress>, errors: FormErrors): Promise<FastifyReply> {
    return await show(asked, undefined, errors)
  }

  async function show (
    asked: Running<BulletinAddress>, required?: ConfirmationRequired, errors?: FormErrors
  ): Promise<FastifyReply> {
    const { staff, activity, query, reply } = asked
    const bulletin = await getBulletin(app.db, activity.id, numberOf(asked.params))
    allowOwnFrames(reply)
    if (bulletin.sentAt !== undefined) {
      const progress = await progressOfOne(app.db, activity.id, bulletin.number)
      return reply.page('mail/bulletins/bulletin-progress', { staff, ...progressPageOf({ activity, bulletin, progress }), errors })
    }
    const counts = await countRecipientsOf(app.db, activity, bulletin)
    const email = await emailOf(asked, bulletin)
    return reply.page('mail/bulletins/bulletin', {
      staff,
      ...previewPageOf({
        activity,
        bulletin,
        email,
        reached: counts.people,
        required: required ?? new ConfirmationRequired(sendingEffects(counts))
      }, errors),
      done: errors === undefined ? sentenceFor(done, query.done) : undefined
    })
  }

  async function emailOf ({ activity }: Running, bulletin: Bulletin) {
    const sample = { activity, bulletin, contacts: app.helplines(), hasPlace: await isForPlaces(app.db, bulletin) }
    return bulletinSample(context, sample, app.clock())
  }

  function addressed ({ activity, params }: Running<BulletinAddress>) {
    return { activityId: activity.id, number: numberOf(params) }
  }

  async function goBack (asked: Running<BulletinAddress>, query = ''): Promise<FastifyReply> {
    const { activity, params, reply } = asked
    return await reply.redirect(`/staff/activities/${activity.slug}/bulletins/${numberOf(params)}${query}`, 303)
  }
}

/** Reads the number in an address; anything else is not found. */
function numberOf ({ number }: BulletinAddress['Params']): number {
  if (!/^[1-9]\d{0,5}$/.test(number)) throw new BulletinNotFound()
  return Number(number)
}
