import { randomUUID } from 'node:crypto'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { editionIn, typedOf as textTypedIn } from '../../platform/http/form-answers.ts'
import { formError, formErrors } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { isId, sentenceFor } from '../../platform/http/in-address.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import { allAre } from '../../identity/staff/roles.ts'
import { changeTexts, createAgency, createCampaign, renameAgency } from './commands.ts'
import { AgencyNameTaken, AgencyNotFound, CampaignChanged, CampaignNotFound, DistrictsInUse } from './errors.ts'
import { findEditedCampaign, listAgenciesWithWork, listAllCampaigns } from './queries.ts'
import type { EditedCampaign } from './queries.ts'
import { agencyForm, newAgencyForm, newCampaignFields, newCampaignForm, textsForm } from './schema.ts'
import { newCampaignPageOf, textEffectsPageOf, textsPageOf } from './staff-page.ts'
import type { TypedTexts } from './staff-page.ts'
import { textFields } from './texts.ts'

const address = '/campaigns/:slug'

const doneToCampaign = {
  added: 'The campaign is added. Say below what it is about, then create its activities: until one of them is published, only staff see it.',
  changed: 'The campaign is changed.'
}

const doneToAgencies = { added: 'The agency is added.', renamed: 'The agency has its new name.' }

/** The longest texts in a script that takes twelve bytes a character, and what goes along. */
const bodyLimit = 262_144

/** What campaigns say of themselves, for those who keep the support contacts too. */
export const campaignStaffRoutes: FastifyPluginAsync = async app => {
  allAre(app, 'edit what everybody reads')
  app.get('/campaigns', async (request, reply) =>
    reply.page('programme/campaigns/campaigns', { staff: staffOf(request), campaigns: await listAllCampaigns(app.db) }))

  app.get('/campaigns/new', async (request, reply) => await askForNew(request, reply))

  app.post('/campaigns/new', async (request, reply) => {
    const read = newCampaignForm.safeParse(request.body ?? {})
    if (!read.success) return await askForNew(request, reply.code(400), formErrors(read.error, newCampaignFields))
    const slug = await createCampaign(app.db, read.data, staffOf(request), app.clock())
    return await reply.redirect(`/staff/campaigns/${slug}?done=added`, 303)
  })

  app.get(address, async (request, reply) => {
    const { done } = request.query as { done?: unknown }
    const model = textsPageOf(await campaignOn(request))
    return reply.page('programme/campaigns/campaign', {
      staff: staffOf(request), ...model, done: sentenceFor(doneToCampaign, done)
    })
  })

  app.post(address, { bodyLimit }, async (request, reply) => {
    const campaign = await campaignOn(request)
    const staff = staffOf(request)
    const read = textsForm.safeParse(request.body ?? {})
    const typed = typedOf(request.body)
    const edition = editionIn(request.body)
    if (!read.success) {
      const errors = formErrors(read.error, textFields)
      return reply.code(400).page('programme/campaigns/campaign', { staff, ...textsPageOf(campaign, { typed, errors, edition }) })
    }
    const { without, edition: meant, confirmed, ...texts } = read.data
    try {
      await changeTexts(app.db, { slug: campaign.slug, edition: meant, without, confirmed }, texts, staff, app.clock())
    } catch (error) {
      if (error instanceof ConfirmationRequired) {
        return reply.page('identity/staff/effects', { staff, ...textEffectsPageOf(campaign, error, request.body) })
      }
      if (error instanceof DistrictsInUse) {
        const errors = formError('inUse', error.message)
        const model = textsPageOf(campaign, { typed, errors, inUse: error.districts, edition })
        return reply.code(409).page('programme/campaigns/campaign', { staff, ...model })
      }
      if (!(error instanceof CampaignChanged)) throw error
      // Whatever was typed by then is not lost: what is there now stands beside it.
      const errors = formError('form', error.message)
      const model = textsPageOf(await campaignOn(request), { typed, errors, mine: texts })
      return reply.code(409).page('programme/campaigns/campaign', { staff, ...model })
    }
    return await reply.redirect(`/staff/campaigns/${campaign.slug}?done=changed`, 303)
  })

  async function askForNew (request: FastifyRequest, reply: FastifyReply, errors?: FormErrors) {
    const [last] = await listAllCampaigns(app.db)
    return reply.page('programme/campaigns/new-campaign', {
      staff: staffOf(request),
      ...newCampaignPageOf(textTypedIn(request.body, newCampaignFields), last?.partnership),
      submission: submissionIn(request.body),
      errors
    })
  }

  async function campaignOn (request: FastifyRequest): Promise<EditedCampaign> {
    const { slug } = request.params as { slug: string }
    const campaign = /^[a-z0-9-]{1,200}$/.test(slug) ? await findEditedCampaign(app.db, slug) : undefined
    if (campaign === undefined) throw new CampaignNotFound()
    return campaign
  }
}

/** What was typed, by field; what came as anything but a text is empty. */
function typedOf (body: unknown): TypedTexts {
  return z.object(Object.fromEntries(textFields.map(field => [field, z.string().catch('')]))).parse(body ?? {}) as TypedTexts
}

/** The agencies that take part, for activities to name and for staff to belong to. */
export const agencyStaffRoutes: FastifyPluginAsync = async app => {
  allAre(app, 'manage staff')

  app.get('/agencies', async (request, reply) => await show(request, reply))

  app.post('/agencies', async (request, reply) => {
    const read = newAgencyForm.safeParse(request.body ?? {})
    if (!read.success) return await show(request, reply.code(400), { sentence: sentenceOf(read.error) })
    return await unlessTaken(request, reply, undefined, async () => {
      await createAgency(app.db, read.data, staffOf(request), app.clock())
      return await reply.redirect('/staff/agencies?done=added', 303)
    })
  })

  app.post<{ Params: { slug: string } }>('/agencies/:slug', async (request, reply) => {
    const { slug } = request.params
    if (!/^[a-z0-9-]{1,200}$/.test(slug)) throw new AgencyNotFound()
    const read = agencyForm.safeParse(request.body ?? {})
    if (!read.success) return await show(request, reply.code(400), { slug, sentence: sentenceOf(read.error) })
    return await unlessTaken(request, reply, slug, async () => {
      await renameAgency(app.db, slug, read.data.name, staffOf(request), app.clock())
      return await reply.redirect('/staff/agencies?done=renamed', 303)
    })
  })

  async function unlessTaken (
    request: FastifyRequest, reply: FastifyReply, slug: string | undefined, act: () => Promise<FastifyReply>
  ): Promise<FastifyReply> {
    try {
      return await act()
    } catch (error) {
      if (!(error instanceof AgencyNameTaken)) throw error
      return await show(request, reply.code(409), { slug, sentence: error.message })
    }
  }

  /** The list with its forms; what was typed wrongly stands in the one in which it was. */
  async function show (
    request: FastifyRequest, reply: FastifyReply, wrong?: { slug?: string | undefined, sentence: string }
  ): Promise<FastifyReply> {
    const agencies = await listAgenciesWithWork(app.db)
    const { name: typed } = textTypedIn(request.body, ['name'])
    const { done } = request.query as { done?: unknown }
    return reply.page('programme/campaigns/agencies', {
      staff: staffOf(request),
      agencies: agencies.map(agency => ({ ...agency, value: wrong?.slug === agency.slug ? typed : agency.name })),
      name: wrong?.slug === undefined ? typed : '',
      errors: wrong && formError(wrong.slug === undefined ? 'name' : `name-${wrong.slug}`, wrong.sentence),
      submission: submissionIn(request.body),
      done: wrong === undefined ? sentenceFor(doneToAgencies, done) : undefined
    })
  }
}

function sentenceOf ({ issues }: z.core.$ZodError): string {
  return issues[0]?.message ?? ''
}

/** After a mistake it is still the same form. */
function submissionIn (body: unknown): string {
  const { submission } = Object(body) as { submission?: unknown }
  return typeof submission === 'string' && isId(submission) ? submission : randomUUID()
}
