import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { running } from '../../programme/activities/staff-routes.ts'
import type { Running } from '../../programme/activities/staff-routes.ts'
import { form } from '../../platform/http/form.ts'
import { sentenceFor } from '../../platform/http/url-params.ts'
import { shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { allowOwnFrames, showEmail } from '../emails/preview.ts'
import { ConfirmationRequired, confirming } from '../../identity/staff/confirmation.ts'
import { sendingEffects } from './bulletin.ts'
import type { Bulletin } from './bulletin.ts'
import { sendBulletin, stopBulletin, testBulletin } from './commands.ts'
import { BulletinChanged, BulletinSent, NobodyToWriteTo, TellsSecretPlace } from './errors.ts'
import { bulletinSample } from './sample.ts'
import { countRecipientsOf, getBulletin, isForPlaces, progressOfOne } from './queries.ts'
import { buttonForm, sendingForm } from './schema.ts'
import { previewPageOf } from './staff-page.ts'
import { progressPageOf } from './progress-staff-page.ts'
import type { BulletinRoutes, BulletinAddress } from './bulletin-address.ts'
import { address, numberOf } from './bulletin-address.ts'

const done = {
  tested: 'A test is on its way to your own address, the one that you sign in with.'
}

/** One message: its preview with the buttons that send it, and after sending how far it has come. */
export const oneBulletinRoutes: FastifyPluginAsync<BulletinRoutes> = async (app, { context }) => {
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
    schema: sendingForm, again: showAgain, refused: shownAt('form', BulletinChanged, NobodyToWriteTo, TellsSecretPlace)
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
