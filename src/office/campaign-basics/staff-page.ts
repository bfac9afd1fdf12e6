import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import type { EditedCampaign } from '../../programme/campaigns/queries.ts'
import { campaignSections } from '../../programme/campaigns/sections.ts'
import { basicsDraft } from './basics.ts'
import type { Basics } from './basics.ts'
import { kindsInWords, namesOfBasics, saidAs } from './in-words.ts'
import { campaignEffectsPageOf } from '../../programme/campaigns/staff-page.ts'

export const basicsFields = ['kind', 'partnership', 'first_day', 'last_day'] as const

/** What an editor tried to save, and why it was not. */
export interface TriedBasics {
  typed: Partial<Record<typeof basicsFields[number], string>>
  errors: FormErrors
  /** The editor's own input, parsed, if a colleague has changed the same meanwhile. */
  mine?: Basics | undefined
  /** The state that was read, if it is still the one to change. */
  versionHash?: string | undefined
}

/** The form with the stored values, or with those that were tried. */
export function basicsPageOf ({ title, slug }: EditedCampaign, basics: Basics, tried?: TriedBasics) {
  const { kind, partnership, firstDay = '', lastDay = '' } = basics
  const values = tried?.typed ?? { kind, partnership, first_day: firstDay, last_day: lastDay }
  return {
    title,
    sections: campaignSections(slug, '/basics'),
    action: `/staff/campaigns/${slug}/basics`,
    leaveHref: `/staff/campaigns/${slug}`,
    versionHash: tried?.versionHash ?? basicsDraft.versionHash(basics),
    values,
    kinds: Object.entries(kindsInWords).map(([value, { text }]) => ({ value, text, checked: values.kind === value })),
    comparison: tried?.mine === undefined ? [] : basicsDraft.compared(basics, tried.mine, namesOfBasics, saidAs),
    errors: tried?.errors
  }
}

/** What follows from a change, before it is made. */
export function basicsEffectsPageOf (campaign: EditedCampaign, required: ConfirmationRequired, body: unknown) {
  const at = { href: `/staff/campaigns/${campaign.slug}/basics`, backText: 'Back to the campaign' }
  return campaignEffectsPageOf(campaign, at, required, body)
}
