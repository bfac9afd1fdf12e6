import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { asking, form, refusing } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { versionHashIn, typedOf as textTypedIn, submissionIn } from '../../platform/http/form-answers.ts'
import { firstSentence, formError, shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { isSlug, sentenceFor } from '../../platform/http/url-params.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { confirming } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { aboutCampaign, campaignIn } from './campaign-address.ts'
import type { AboutCampaign } from './campaign-address.ts'
import { changeTexts, createAgency, createCampaign, renameAgency } from './commands.ts'
import { AgencyNameTaken, AgencyNotFound, CampaignChanged, DistrictsInUse } from './errors.ts'
import { findEditedCampaign, listAgenciesWithWork, listAllCampaigns } from './queries.ts'
import { agencyForm, newAgencyForm, newCampaignFields, newCampaignForm, textsForm } from './schema.ts'
import { listedOf, newCampaignPageOf, textEffectsPageOf, textsPageOf } from './staff-page.ts'
import type { Tried, TypedTexts } from './staff-page.ts'
import { textFields } from './texts.ts'
import type { CampaignTexts } from './texts.ts'

const address = '/campaigns/:slug'

const doneToCampaign = {
  added: 'The campaign is added. Say below what it is about, then create its activities: until one of them is published, only staff see it.',
  changed: 'The campaign is changed.',
  questions: 'The questions afterwards are saved.'
}

const doneToAgencies = { added: 'The agency is added.', renamed: 'The agency has its new name.' }

/** The longest texts in a script that takes twelve bytes a character, plus the other fields. */
const bodyLimit = 262_144

/** Campaigns' texts, for the people who also maintain the support contacts. */
export const campaignStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'edit what everyone reads')
  app.get('/campaigns', async (request, reply) =>
    reply.page('programme/campaigns/campaigns', { staff: staffOf(request), campaigns: listedOf(await listAllCampaigns(app.db)) }))

  app.get('/campaigns/new', asking(async asked => await askForNew(asked)))

  app.post('/campaigns/new', asking(form({
    schema: newCampaignForm, fields: newCampaignFields, again: askForNew
  }, async ({ request, input, reply }) => {
    const slug = await createCampaign(app.db, input, staffOf(request), app.clock())
    return await reply.redirect(`/staff/campaigns/${slug}?done=added`, 303)
  })))

  app.get(address, editing(async asked => show(asked)))

  app.post(address, { bodyLimit }, editing(confirming(showEffects, form({
    schema: textsForm, fields: textFields, again: showAgain
  }, refusing(DistrictsInUse, showInUse, refusing(CampaignChanged, showBeside, async asked => {
    const { request, campaign: { slug }, input: { without, edition: versionHash, confirmed, ...texts }, reply } = asked
    await changeTexts(app.db, { slug, versionHash, without, confirmed }, texts, staffOf(request), app.clock())
    return await reply.redirect(`/staff/campaigns/${slug}?done=changed`, 303)
  }))))))

  function editing (answer: (asked: AboutCampaign) => Promise<FastifyReply>) {
    return aboutCampaign(app, answer)
  }

  function show ({ request, campaign, query, reply }: AboutCampaign, tried?: Tried): FastifyReply {
    const done = tried === undefined ? sentenceFor(doneToCampaign, query.done) : undefined
    return reply.page('programme/campaigns/campaign', { staff: staffOf(request), ...textsPageOf(campaign, tried), done })
  }

  function showAgain (asked: AboutCampaign, errors: FormErrors): FastifyReply {
    return show(asked, { typed: typedOf(asked.body), errors, versionHash: versionHashIn(asked.body) })
  }

  function showInUse (asked: AboutCampaign, { message, districts: inUse }: DistrictsInUse): FastifyReply {
    const { body } = asked
    return show(asked, { typed: typedOf(body), errors: formError('inUse', message), inUse, versionHash: versionHashIn(body) })
  }

  /** Nothing that was typed is lost: the current state is shown beside it. */
  async function showBeside (
    asked: AboutCampaign & { input: CampaignTexts }, { message }: CampaignChanged
  ): Promise<FastifyReply> {
    const { body, input: mine } = asked
    const tried = { typed: typedOf(body), errors: formError('form', message), mine }
    const campaign = await campaignIn(asked, async slug => await findEditedCampaign(app.db, slug))
    return show({ ...asked, campaign }, tried)
  }

  function showEffects (
    { request, campaign, body, reply }: AboutCampaign, required: ConfirmationRequired
  ): FastifyReply {
    const model = textEffectsPageOf(campaign, required, body)
    return reply.page('identity/staff/effects', { staff: staffOf(request), ...model })
  }

  async function askForNew ({ request, body, reply }: Asked, errors?: FormErrors): Promise<FastifyReply> {
    const [last] = await listAllCampaigns(app.db)
    return reply.page('programme/campaigns/new-campaign', {
      staff: staffOf(request),
      ...newCampaignPageOf(textTypedIn(body, newCampaignFields), last?.partnership),
      submission: submissionIn(body),
      errors
    })
  }
}

/** What was typed, by field; anything but text becomes empty. */
function typedOf (body: unknown): TypedTexts {
  return z.object(Object.fromEntries(textFields.map(field => [field, z.string().catch('')]))).parse(body ?? {}) as TypedTexts
}

interface AgencyAddress { Params: { slug: string } }

/** The agencies that take part, for activities to name and for staff to belong to. */
export const agencyStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'manage staff')

  app.get('/agencies', asking(async asked => await show(asked)))

  app.post('/agencies', asking(form({
    schema: newAgencyForm, again: show, refused: shownAt('name', AgencyNameTaken)
  }, async ({ request, input, reply }) => {
    await createAgency(app.db, input, staffOf(request), app.clock())
    return await reply.redirect('/staff/agencies?done=added', 303)
  })))

  app.post('/agencies/:slug', asking<AgencyAddress>(form({
    schema: asked => { slugIn(asked); return agencyForm },
    again: async (asked, errors) => await show(asked, errors, slugIn(asked)),
    refused: shownAt('name', AgencyNameTaken)
  }, async asked => {
    await renameAgency(app.db, slugIn(asked), asked.input.name, staffOf(asked.request), app.clock())
    return await asked.reply.redirect('/staff/agencies?done=renamed', 303)
  })))

  function slugIn ({ params: { slug } }: Asked<AgencyAddress>): string {
    if (!isSlug(slug)) throw new AgencyNotFound()
    return slug
  }

  /** The list with its forms; what was typed wrongly stands in the form of `slug`, or in the one for another agency. */
  async function show (
    { request, query, body, reply }: Pick<Asked, 'query' | 'body' | 'reply'> & { request: FastifyRequest },
    errors?: FormErrors, slug?: string
  ): Promise<FastifyReply> {
    const agencies = await listAgenciesWithWork(app.db)
    const { name: typed } = textTypedIn(body, ['name'])
    return reply.page('programme/campaigns/agencies', {
      staff: staffOf(request),
      agencies: agencies.map(agency => ({ ...agency, value: slug === agency.slug ? typed : agency.name })),
      name: slug === undefined ? typed : '',
      errors: errors && formError(slug === undefined ? 'name' : `name-${slug}`, firstSentence(errors)),
      submission: submissionIn(body),
      done: errors === undefined ? sentenceFor(doneToAgencies, query.done) : undefined
    })
  }
}
