import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { form } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import { formError } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { sentenceFor } from '../../platform/http/url-params.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { askingOfCampaign, campaignIn } from '../../programme/campaigns/campaign-address.ts'
import type { AskedOfCampaign } from '../../programme/campaigns/campaign-address.ts'
import { campaignSections } from '../../programme/campaigns/sections.ts'
import { areasInLines, changeAreas, findAreas, versionOfAreas } from './areas.ts'
import type { CampaignAreas } from './areas.ts'
import { areasFields, areasForm } from './schema.ts'

type Editing = AskedOfCampaign<CampaignAreas>

const done = {
  changed: 'The areas are changed. Coordinators of an area have its districts as they are now. Nobody is emailed.',
  'as-it-was': 'Nothing was changed: it was like that already.'
}

/** The areas of a campaign, by which its coordinators are chosen. */
export const areaRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'edit what everyone reads')
  const address = '/campaigns/:slug/areas'

  app.get(address, editing(async asked => show(asked)))

  app.post(address, { bodyLimit: 131_072 }, editing(form({
    schema: ({ campaign }: Editing) => areasForm(campaign.districts), fields: areasFields, again: show
  }, async asked => {
    const { request, campaign: { slug }, input, reply } = asked
    const end = await changeAreas(app.db, slug, input, staffOf(request), app.clock())
    if (end !== 'beside') return await reply.redirect(`/staff/campaigns/${slug}/areas?done=${end}`, 303)
    const campaign = await campaignIn(asked, find)
    const now = campaign.areas.length === 0 ? 'there are none' : areasInLines(campaign.areas).replaceAll('\n', '; ')
    const beside = formError('areas', `Someone else has changed this. Now: ${now}. Save again to have it as you typed`)
    return show({ ...asked, campaign, reply: reply.code(409) }, beside)
  })))

  async function find (slug: string): Promise<CampaignAreas | undefined> {
    return await findAreas(app.db, slug)
  }

  function editing (answer: (asked: Editing) => Promise<FastifyReply>) {
    return askingOfCampaign(find, answer)
  }

  function show ({ request, campaign, body, query, reply }: Editing, errors?: FormErrors): FastifyReply {
    const { slug, title, districts, areas } = campaign
    return reply.page('office/approval/areas', {
      staff: staffOf(request),
      title,
      href: `/staff/campaigns/${slug}`,
      sections: campaignSections(slug, '/areas'),
      edition: versionOfAreas(campaign),
      value: errors === undefined ? areasInLines(areas) : typedOf(body, areasFields).areas,
      districts,
      without: districts.filter(district => !areas.some(area => area.districts.includes(district))),
      hasAreas: areas.length > 0,
      errors,
      done: errors === undefined ? sentenceFor(done, query.done) : undefined
    })
  }
}
