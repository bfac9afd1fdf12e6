import type { DateTime } from 'luxon'
import type { Reader } from '../../platform/database/connect.ts'
import { findPublicCampaign, listPublicOutlines } from '../activities/public-activities.ts'
import type { Campaign } from '../campaigns/campaign.ts'
import { placed } from './placed.ts'
import type { PlacedActivity } from './placed.ts'
import { choicesOf } from './programme-filter.ts'
import type { Choices } from './programme-filter.ts'

/** What a stranger may know of a campaign. */
export interface PublicProgramme {
  campaign: Campaign
  /** Soonest first. */
  programme: PlacedActivity[]
  choices: Choices
}

/** A Safer Internet Day is hundreds of activities; those farthest from now are left out beyond this. */
const maxActivities = 500

/**
 * What a stranger may know of a campaign at `now`: all of it, or from an instant on; undefined if that is nothing. Who
 * has asked for the campaign itself already gives that.
 */
export async function findPublicProgramme (
  db: Reader, slug: string, now: DateTime<true>,
  { from, limit = maxActivities, campaignAsked = findPublicCampaign(db, slug, now) }:
  { from?: DateTime<true>, limit?: number, campaignAsked?: Promise<Campaign | undefined> } = {}
): Promise<PublicProgramme | undefined> {
  const [campaign, outlines] = await Promise.all([
    campaignAsked,
    listPublicOutlines(db, now, { campaignSlug: slug, limit, ...(from !== undefined && { from }) })
  ])
  if (campaign === undefined) return undefined
  const programme = outlines.map(placed)
  return { campaign, programme, choices: choicesOf(programme, campaign) }
}
