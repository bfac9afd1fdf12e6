import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { asking, form } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { formError } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { isSlug, sentenceFor } from '../../platform/http/url-params.ts'
import { tickedIn } from '../../platform/http/form-answers.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { staffOf } from '../../identity/staff/session.ts'
import type { Area } from '../../programme/campaigns/areas.ts'
import { CampaignNotFound } from '../../programme/campaigns/errors.ts'
import { campaignSections } from '../../programme/campaigns/sections.ts'
import { has } from './areas.ts'
import { changeApproval, findCampaignApproval, versionOf } from './coordinators.ts'
import type { CampaignApproval } from './coordinators.ts'
import { areaChoice, approvalFields, approvalForm, everywhere } from './schema.ts'

interface CampaignAddress { Params: { slug: string } }
type Editing = Asked<CampaignAddress> & { campaign: CampaignApproval }

const done = {
  changed: 'It is changed. Nobody is emailed: tell them yourself.',
  'as-it-was': 'Nothing was changed: it was like that already.'
}

/** Who approves what becomes public in a campaign. */
export const coordinatorRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'edit what everyone reads')
  const address = '/campaigns/:slug/approval'

  app.get(address, editing(async asked => show(asked)))

  app.post(address, { bodyLimit: 262_144 }, editing(form({
    schema: ({ campaign }: Editing) => approvalForm(campaign), fields: approvalFields, again: show
  }, async asked => {
    const { request, campaign: { slug }, input: { wanted, versionHash }, reply } = asked
    const end = await changeApproval(app.db, slug, wanted, versionHash, staffOf(request), app.clock())
    if (end !== 'beside') return await reply.redirect(`/staff/campaigns/${slug}/approval?done=${end}`, 303)
    const beside = formError('form', 'Someone else has changed this since you opened it. This is how it is now. Nothing of yours is saved.')
    return show({ ...asked, body: {}, campaign: await campaignOn(asked), reply: reply.code(409) }, beside)
  })))

  function editing (answer: (asked: Editing) => Promise<FastifyReply>) {
    return asking<CampaignAddress>(async asked => await answer({ ...asked, campaign: await campaignOn(asked) }))
  }

  async function campaignOn ({ params: { slug } }: Asked<CampaignAddress>): Promise<CampaignApproval> {
    const campaign = isSlug(slug) ? await findCampaignApproval(app.db, slug) : undefined
    if (campaign === undefined) throw new CampaignNotFound()
    return campaign
  }

  function show ({ request, campaign, body, query, reply }: Editing, errors?: FormErrors): FastifyReply {
    const { approval } = body as { approval?: unknown }
    const ticked = errors === undefined || approval === undefined
      ? Object.entries(campaign.areas).flatMap(([id, districts]) => choicesOf(districts, campaign.named).map(choice => `${id}:${choice}`))
      : tickedIn(body, 'areas')
    const isNeeded = typeof approval === 'string' ? approval === 'yes' : campaign.isNeeded
    return reply.page('office/approval/coordinators', {
      staff: staffOf(request),
      title: campaign.title,
      href: `/staff/campaigns/${campaign.slug}`,
      sections: campaignSections(campaign.slug, '/approval'),
      edition: versionOf(campaign),
      isNeeded,
      people: campaign.candidates.map(({ id, name, agency }) => ({
        name: `${name}, ${agency}`,
        id: `area-${id}`,
        items: choicesFor(id, campaign, ticked)
          .map(({ value, text }) => ({ value, text, checked: ticked.includes(value) }))
      })),
      errors,
      done: errors === undefined ? sentenceFor(done, query.done) : undefined
    })
  }
}

/** What is ticked for a coordinator of these districts: all, whole areas, and the districts that are left. */
function choicesOf (districts: readonly string[], named: readonly Area[]): string[] {
  if (districts.length === 0) return [everywhere]
  const whole = named.filter(area => has(districts, area))
  return [
    ...whole.map(areaChoice), ...districts.filter(district => !whole.some(area => area.districts.includes(district)))
  ]
}

/** What can be ticked for someone: areas, and districts of none; others only where they have them already. */
function choicesFor (id: string, { districts, named }: CampaignApproval, ticked: readonly string[]) {
  const single = districts.filter(district =>
    ticked.includes(`${id}:${district}`) || !named.some(area => area.districts.includes(district)))
  return [
    { value: `${id}:${everywhere}`, text: 'All of the campaign' },
    ...named.map(area => ({ value: `${id}:${areaChoice(area)}`, text: `${area.name}: ${area.districts.join(', ')}` })),
    ...single.map(district => ({ value: `${id}:${district}`, text: district }))
  ]
}
