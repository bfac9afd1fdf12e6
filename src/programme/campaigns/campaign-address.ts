import type { FastifyReply, FastifyInstance } from 'fastify'
import { asking } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { isSlug } from '../../platform/http/url-params.ts'
import { CampaignNotFound } from './errors.ts'
import { findEditedCampaign } from './queries.ts'
import type { EditedCampaign } from './queries.ts'

/** URL parameters of a page about one campaign. */
export interface CampaignAddress { Params: { slug: string } }

/** What is asked about a campaign, as far as it was read for its page. */
export type AskedOfCampaign<Campaign> = Asked<CampaignAddress> & { campaign: Campaign }

/** Reads the campaign that an address names, before it is answered. Throws `CampaignNotFound`. */
export async function campaignIn<Campaign> (
  { params: { slug } }: Asked<CampaignAddress>, find: (slug: string) => Promise<Campaign | undefined>
): Promise<Campaign> {
  const campaign = isSlug(slug) ? await find(slug) : undefined
  if (campaign === undefined) throw new CampaignNotFound()
  return campaign
}

/** Lets a route answer only what is asked about a campaign that there is. */
export function askingOfCampaign<Campaign> (
  find: (slug: string) => Promise<Campaign | undefined>,
  answer: (asked: AskedOfCampaign<Campaign>) => Promise<FastifyReply>
) {
  return asking<CampaignAddress>(async asked => await answer({ ...asked, campaign: await campaignIn(asked, find) }))
}

/** What is asked about a campaign. */
export type AboutCampaign = AskedOfCampaign<EditedCampaign>

/** Lets a route answer only what is asked about a campaign that there is. */
export function aboutCampaign (app: FastifyInstance, answer: (asked: AboutCampaign) => Promise<FastifyReply>) {
  return askingOfCampaign(async slug => await findEditedCampaign(app.db, slug), answer)
}
