import { DateTime } from 'luxon'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { effectsOf, hiddenFieldsOf } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import type { DistrictInUse } from './errors.ts'
import type { EditedCampaign } from './queries.ts'
import type { newCampaignFields } from './schema.ts'
import { campaignSections } from './sections.ts'
import { textsDraft, textsOf } from './texts.ts'
import type { CampaignTexts, TextField } from './texts.ts'
import { outdatedWords } from './wording.ts'

/** What was typed into the form, by field. */
export type TypedTexts = Record<TextField, string>

/** What an editor tried to save, and why it was not. */
export interface Tried {
  typed: TypedTexts
  errors: FormErrors
  /** Districts in use that the editor must agree to remove. */
  inUse?: readonly DistrictInUse[] | undefined
  /** The editor's own input, parsed, if a colleague has changed the campaign meanwhile. */
  mine?: CampaignTexts | undefined
  /** The state that was read, if it is still the one to change. */
  versionHash?: string | undefined
}

/** Campaigns in a list: this year's has the title of last year's. */
export function listedOf<Listed extends { from: string | undefined }> (campaigns: readonly Listed[]) {
  return campaigns.map(({ from, ...campaign }) => ({
    ...campaign,
    begins: from && DateTime.fromISO(from, { zone: 'utc' }).setLocale('en-GB').toFormat('d LLLL yyyy')
  }))
}

/** The form that edits the texts of a campaign, with the stored values or those that were tried. */
export function textsPageOf (campaign: EditedCampaign, tried?: Tried) {
  const values = tried?.typed ?? valuesOf(campaign)
  return {
    title: campaign.title,
    href: `/staff/campaigns/${campaign.slug}`,
    sections: campaignSections(campaign.slug, ''),
    publicHref: `/campaigns/${campaign.slug}`,
    versionHash: tried?.versionHash ?? textsDraft.versionHash(campaign),
    values,
    discreet: [
      { value: 'on', text: 'On', checked: values.discreet === 'on', hint: { text: 'Email subjects and calendar entries say “Online workshop” or “Activity” and who runs it, but not what it is about. A family may share a calendar, and anyone can read a subject on a phone that lies on the table. In a calendar, all its activities have the same name.' } },
      { value: 'off', text: 'Off', checked: values.discreet === 'off', hint: { text: 'Email subjects and calendars show the title of each activity, and emails say more about the topic.' } }
    ],
    warnings: [...warningsOf('Strapline', values.strapline), ...warningsOf('Summary', values.summary), ...warningsOf('Privacy notice', values.privacyNotice)],
    inUse: tried?.inUse?.map(({ district, activities, bookings }) =>
      ({ district, what: [counted(activities, 'activity', 'activities'), counted(bookings, 'booking', 'bookings')].filter(Boolean).join(' and ') })),
    without: tried?.inUse?.map(({ district }) => district).join('\n'),
    comparison: tried?.mine === undefined ? [] : textsDraft.compared(campaign, tried.mine, fieldsInWords, saidAs),
    errors: tried?.errors
  }
}

function counted (number: number, one: string, many: string): string {
  return number === 0 ? '' : `${number} ${number === 1 ? one : many}`
}

function warningsOf (where: string, text: string) {
  return outdatedWords(text).map(warning => ({ where, ...warning }))
}

function valuesOf (campaign: CampaignTexts): TypedTexts {
  const { hashtags, accounts, districts, discreet, daysUntilErasure, ...texts } = textsOf(campaign)
  return {
    ...texts,
    hashtags: hashtags.join('\n'),
    accounts: accounts.join('\n'),
    districts: districts.join('\n'),
    discreet: discreet ? 'on' : 'off',
    daysUntilErasure: String(daysUntilErasure)
  }
}

const fieldsInWords: Record<TextField, string> = {
  title: 'Title',
  strapline: 'Strapline',
  summary: 'Summary',
  area: 'Area',
  districts: 'Districts',
  hashtags: 'Hashtags',
  accounts: 'Accounts',
  privacyNotice: 'Privacy notice',
  discreet: 'Discreet wording',
  daysUntilErasure: 'Days until details are deleted'
}

function saidAs (field: TextField, text: string): string {
  if (field === 'discreet') return text === 'true' ? 'On' : 'Off'
  return text === '' ? 'Nothing' : text
}

/** What follows from a change of a campaign, before it is made; the form that makes it stands at `href`. */
export function campaignEffectsPageOf (
  { title }: EditedCampaign, { href, backText }: { href: string, backText: string }, required: ConfirmationRequired,
  body: unknown
) {
  return {
    of: title,
    leaveHref: href,
    backText,
    backHref: href,
    ...effectsOf(required),
    action: href,
    fields: hiddenFieldsOf(body)
  }
}

/** What a change of the texts does to people, before it is made. */
export function textEffectsPageOf (campaign: EditedCampaign, required: ConfirmationRequired, body: unknown) {
  const at = { href: `/staff/campaigns/${campaign.slug}`, backText: 'Back to the campaign' }
  return campaignEffectsPageOf(campaign, at, required, body)
}

/** The form that adds a campaign; most often the partnership of the last one runs it. */
export function newCampaignPageOf (
  typed: Partial<Record<typeof newCampaignFields[number], string>>, partnership = 'Safeguarding partnership'
) {
  const values = { kind: 'programme', partnership, ...typed }
  return {
    values,
    kinds: [
      { value: 'programme', text: 'A programme', checked: values.kind === 'programme', hint: { text: 'Workshops and other activities under one heading, over weeks or all year. It begins with discreet wording.' } },
      { value: 'week-of-action', text: 'A week of action', checked: values.kind === 'week-of-action', hint: { text: 'Seven days, or as many as you say, of activities of several agencies. It begins without discreet wording, so that people can tell the activities apart in their calendars.' } }
    ]
  }
}
