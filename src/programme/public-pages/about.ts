import type { DateTime } from 'luxon'
import type { Reader } from '../../platform/database/connect.ts'
import { listPublicPartners } from '../activities/public-activities.ts'
import { adviceList } from '../advice/page.ts'
import { listPublishedAdvice } from '../advice/queries.ts'
import type { Campaign } from '../campaigns/campaign.ts'
import { aboutOf } from '../campaigns/page.ts'
import { listKeyMessages, listPublishedScenarios } from '../campaigns/queries.ts'
import { phaseOf } from '../entries/entry-form.ts'
import { findListedForm } from '../entries/queries.ts'
import { downloadInWords } from '../resources/download.ts'
import { listDownloads } from '../resources/download-queries.ts'

/** What a public campaign says of itself, and its pages of advice, its stories and its files. */
export async function aboutCampaign (db: Reader, campaign: Campaign, now: DateTime<true>) {
  const [partners, messages, advice, scenarios, downloads, entryForm] = await Promise.all([
    listPublicPartners(db, campaign.id, now),
    listKeyMessages(db, campaign.id),
    listPublishedAdvice(db, [campaign.id]),
    listPublishedScenarios(db, campaign.slug),
    listDownloads(db, { campaignId: campaign.id }),
    findListedForm(db, campaign.id)
  ])
  return {
    scenarios,
    takePartHref: entryForm !== undefined && phaseOf(entryForm, entryForm.zone, now) === 'open'
      ? `/campaigns/${campaign.slug}/take-part`
      : undefined,
    about: aboutOf(campaign, partners, messages),
    advice: adviceList(advice.filter(({ campaignId }) => campaignId === campaign.id), campaign),
    downloads: downloads.map(downloadInWords)
  }
}
