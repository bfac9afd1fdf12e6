import { Readable } from 'node:stream'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { confirming, ConfirmationRequired, effectsOf } from '../../identity/staff/confirmation.ts'
import { askToSignInAgain } from '../../identity/staff/recent-sign-in.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { asking, form, refusing } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { formError, shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { isId, isSlug, pageNumber, sentenceFor } from '../../platform/http/url-params.ts'
import { within } from '../../programme/activities/known-activities.ts'
import { sendCsv } from '../../platform/http/download.ts'
import { tickedIn } from '../../platform/http/form-answers.ts'
import { lastPageOf } from '../../platform/http/pagination.ts'
import { calendarDayOf } from '../../programme/activities/when.ts'
import type { Seal } from '../../platform/seal.ts'
import { CampaignNotFound } from '../../programme/campaigns/errors.ts'
import { EntriesClosed, EntryFormChanged, EntryMoved, EntryNotFound } from '../../programme/entries/errors.ts'
import { countEntries, findEntryForm, listEntries } from '../../programme/entries/queries.ts'
import { inviteAgain, invitingEffects, listEarlierCampaigns, listToInvite } from './again.ts'
import { readingAddress, refusalAddress } from '../approval/reading-staff-page.ts'
import { readingFilterIn } from '../approval/schema.ts'
import { cancellingRoutes } from './cancelling-staff-routes.ts'
import { changeEntryForm } from './change-form.ts'
import { entriesFile, listForFile } from './entries-file.ts'
import { invitationForm, refusalForm, settingFields, settingsForm } from './form-schema.ts'
import { noteEntriesExported, renewEntryLink } from './new-link.ts'
import type { FormShape } from './page.ts'
import { pressed } from './schema.ts'
import { refuseEntries } from './withdraw.ts'
import { entriesPageOf, perPage, settingsPageOf } from './staff-page.ts'

interface Address { Params: { slug: string } }
interface OfEntry { Params: { slug: string, entry: string } }
type Editing = Asked<Address> & { its: FormShape }

const done = {
  saved: 'Saved. Send the link to the people who are to take part.',
  invited: 'They are emailed now.',
  'link-sent': 'They are emailed a new link. The old one no longer works.'
}

/** An introduction in a script that takes 12 bytes a character, with five questions. */
const bodyLimit = 131_072

/**
 * What people enter in campaigns: for those who run the campaign, refusing it for its coordinators, and what they ask
 * to have cancelled for those who run it.
 */
export const entryStaffRoutes: FastifyPluginAsync<{ seal: Seal }> = async (app, { seal }) => {
  await app.register(campaignRoutes)
  await app.register(refusalRoutes)
  await app.register(cancellingRoutes, { seal })
}

/** Refusing what waits: first why, then what it does. */
const refusalRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'approve activities')

  app.post('/entries/refusal', { bodyLimit }, asking(refusing(EntryMoved, async (asked, { message }) =>
    show(asked, formError('form', message)), confirming((asked, required) => show(asked, undefined, required), form({
    schema: refusalForm, fields: ['reason'], again: show
  }, async asked => {
    const { request, input: { chosen: ids, ...input }, reply } = asked
    const { db, outbox } = app
    const count = await refuseEntries({ db, outbox }, { ids, ...input }, staffOf(request), app.clock())
    return await reply.redirect(readingAddress(readingFilterIn(asked.query), { done: 'refused', n: String(count) }), 303)
  })))))

  function show (asked: Asked, errors?: FormErrors, required?: ConfirmationRequired): FastifyReply {
    const { request, body, reply } = asked
    const filter = readingFilterIn(asked.query)
    const { reason } = body as { reason?: unknown }
    const fields = tickedIn(body, 'chosen').map(value => ({ name: 'chosen', value }))
    const typed = typeof reason === 'string' ? reason : ''
    // The button under the list comes without a reason: then it is asked, and nothing is wrong.
    const isFirst = reason === undefined && fields.length > 0
    if (isFirst) reply.code(200)
    return reply.page('office/entries/refusal', {
      staff: staffOf(request),
      action: refusalAddress(filter),
      backHref: readingAddress(filter),
      backText: 'Back to what waits',
      count: fields.length,
      reason: typed,
      ...required && { ...effectsOf(required), fields: [...fields, { name: 'reason', value: typed }] },
      ...required === undefined && { fields },
      errors: isFirst ? undefined : errors
    })
  }
}

/** The form by which people enter activities in a campaign, and what they entered. */
const campaignRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'edit what everyone reads')
  const address = '/campaigns/:slug/entries'
  const settings = '/campaigns/:slug/entry-form'

  app.get(settings, ofForm(async asked => await showSettings(asked)))

  app.post(settings, { bodyLimit }, ofForm(refusing(EntryFormChanged, async (asked, { message }) =>
    await showSettings(asked, formError('form', message)), form({
    schema: ({ its }: Editing) => settingsForm(its.campaign.districts), fields: settingFields, again: showSettings
  }, async ({ request, its: { campaign: { slug } }, input, reply }) => {
    await changeEntryForm(app.db, slug, input, staffOf(request), app.clock())
    return await reply.redirect(`/staff/campaigns/${slug}/entry-form?done=saved`, 303)
  }))))

  app.get(address, ofForm(async ({ request, its, query, reply }) => {
    const where = { campaignId: its.campaign.id }
    const total = await countEntries(app.db, where)
    const page = Math.min(pageNumber(query.page), lastPageOf(total, perPage))
    const known = knownTo(request)
    const entries = await listEntries(app.db, where, { skip: (page - 1) * perPage, take: perPage, known })
    return reply.page('office/entries/entries', {
      staff: staffOf(request),
      ...entriesPageOf(its, entries, { page, total, publicUrl: app.publicUrl }),
      done: sentenceFor(done, query.done)
    })
  }))

  app.post(`${address}/file`, ofForm(form({ schema: pressed, again: async asked => await showSettings(asked) }, async ({ request, its, reply }) => {
    const { campaign } = its
    if (await askToSignInAgain(request, reply, `/staff/campaigns/${campaign.slug}/entries`)) return reply
    const listed = await listForFile(app.db, its)
    await noteEntriesExported(app.db, { slug: campaign.slug, rows: listed.ids.length }, staffOf(request), app.clock())
    const name = `entries-${campaign.slug}-${calendarDayOf(app.clock(), campaign.zone)}.csv`
    return sendCsv(reply, name, Readable.from(entriesFile(app.db, its, listed, knownTo(request))))
  })))

  app.post(`${address}/:entry/link`, asking<OfEntry>(form({
    schema: pressed, again: async asked => await showSettings({ ...asked, its: await shape(asked.params.slug) })
  }, async ({ request, params: { slug, entry }, query, reply }) => {
    const { campaign } = await shape(slug)
    if (!isId(entry)) throw new EntryNotFound()
    await renewEntryLink(app.db, app.outbox, { campaignId: campaign.id, entryId: entry }, staffOf(request), app.clock())
    return await reply.redirect(`/staff/campaigns/${slug}/entries?page=${pageNumber(query.page)}&done=link-sent`, 303)
  })))

  app.get(`${address}/invitation`, ofForm(async asked => await showInvitation(asked)))

  app.post(`${address}/invitation`, ofForm(confirming(async (asked, required) => await showInvitation(asked, undefined, required), form({
    schema: invitationForm, fields: ['earlier'], again: showInvitation, refused: shownAt('form', EntriesClosed)
  }, async ({ request, its: { campaign }, input: { earlier: earlierId, confirmed }, reply }) => {
    const [earlier] = await listEarlierCampaigns(app.db, campaign.id, earlierId)
    if (earlier === undefined) throw new CampaignNotFound()
    await inviteAgain(app.db, app.outbox, { campaign, earlierId, confirmed }, staffOf(request), app.clock())
    return await reply.redirect(`/staff/campaigns/${campaign.slug}/entries?done=invited`, 303)
  }))))

  /** First the earlier campaigns, then what inviting the people of one does, with the button. */
  async function showInvitation (
    { request, its: { campaign, form: { isOn } }, query, body, reply }: Editing, errors?: FormErrors,
    required?: ConfirmationRequired
  ): Promise<FastifyReply> {
    const { earlier: asked } = { ...query, ...body as object } as { earlier?: unknown }
    const wanted = typeof asked === 'string' && isId(asked) ? asked : undefined
    const known = await listEarlierCampaigns(app.db, campaign.id, wanted)
    const [chosen] = wanted === undefined ? [] : known
    const effects = chosen && (required ?? new ConfirmationRequired(
      invitingEffects(await listToInvite(app.db, campaign.id, chosen.id), chosen.title)))
    return reply.page('office/entries/invitation', {
      staff: staffOf(request),
      title: campaign.title,
      isOn,
      backHref: `/staff/campaigns/${campaign.slug}/entry-form`,
      backText: 'Back to the form',
      action: `/staff/campaigns/${campaign.slug}/entries/invitation`,
      earlier: known.map(({ id, title }) => ({ value: id, text: title, checked: id === chosen?.id })),
      chosen,
      ...effects && effectsOf(effects),
      errors
    })
  }

  async function showSettings (
    { request, its, body, query, reply }: Editing, errors?: FormErrors
  ): Promise<FastifyReply> {
    const of = { campaignId: its.campaign.id }
    // After a refusal with what is stored now.
    const now = errors === undefined ? its : await shape(its.campaign.slug)
    const [all, waiting] = await Promise.all([
      countEntries(app.db, of), countEntries(app.db, { ...of, outcome: null, activity: { AND: [knownTo(request)], status: 'draft' } })
    ])
    return reply.page('office/entries/entry-form', {
      staff: staffOf(request),
      ...settingsPageOf(now, { all, waiting }, app.publicUrl, app.clock(), errors && { body, errors }),
      done: errors === undefined ? sentenceFor(done, query.done) : undefined
    })
  }

  /** Of the others they read what was typed, and nothing that organisers have made of it. */
  function knownTo (request: FastifyRequest) {
    return within(staffOf(request), 'see activities')
  }

  async function shape (slug: string): Promise<FormShape> {
    const its = isSlug(slug) ? await findEntryForm(app.db, slug) : undefined
    if (its === undefined) throw new CampaignNotFound()
    return its
  }

  function ofForm (answer: (asked: Editing) => Promise<FastifyReply>) {
    return asking<Address>(async asked => await answer({ ...asked, its: await shape(asked.params.slug) }))
  }
}
