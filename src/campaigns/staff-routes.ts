import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { editionIn } from '../http/form-answers.ts'
import { formError, formErrors } from '../http/form-errors.ts'
import { staffOf } from '../http/session.ts'
import { allAre } from '../staff/roles.ts'
import { changeTexts } from './commands.ts'
import { CampaignChanged, CampaignNotFound, DistrictsInUse } from './errors.ts'
import { findEditedCampaign, listAllCampaigns } from './queries.ts'
import type { EditedCampaign } from './queries.ts'
import { textsForm } from './schema.ts'
import { textsPageOf } from './staff-page.ts'
import type { TypedTexts } from './staff-page.ts'
import { textFields } from './texts.ts'

const address = '/campaigns/:slug'

/** The longest texts in a script that takes twelve bytes a character, and what goes along. */
const bodyLimit = 262_144

/** What campaigns say of themselves, for those who keep the support contacts too. */
export const campaignStaffRoutes: FastifyPluginAsync = async app => {
  allAre(app, 'edit what everybody reads')
  app.get('/campaigns', async (request, reply) =>
    reply.page('staff/campaigns', { staff: staffOf(request), campaigns: await listAllCampaigns(app.db) }))

  app.get(address, async (request, reply) => {
    const { done } = request.query as { done?: unknown }
    const model = textsPageOf(await campaignOn(request))
    return reply.page('staff/campaign', {
      staff: staffOf(request), ...model, done: done === 'changed' ? 'The campaign is changed.' : undefined
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
      return reply.code(400).page('staff/campaign', { staff, ...textsPageOf(campaign, { typed, errors, edition }) })
    }
    const { without, edition: meant, ...texts } = read.data
    try {
      await changeTexts(app.db, { slug: campaign.slug, edition: meant, without }, texts, staff, app.clock())
    } catch (error) {
      if (error instanceof DistrictsInUse) {
        const errors = formError('inUse', error.message)
        const model = textsPageOf(campaign, { typed, errors, inUse: error.districts, edition })
        return reply.code(409).page('staff/campaign', { staff, ...model })
      }
      if (!(error instanceof CampaignChanged)) throw error
      // Whatever was typed by then is not lost: what is there now stands beside it.
      const errors = formError('form', error.message)
      const model = textsPageOf(await campaignOn(request), { typed, errors, mine: texts })
      return reply.code(409).page('staff/campaign', { staff, ...model })
    }
    return await reply.redirect(`/staff/campaigns/${campaign.slug}?done=changed`, 303)
  })

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
