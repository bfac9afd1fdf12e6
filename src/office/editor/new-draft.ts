import { DateTime } from 'luxon'
import { isPoliceWork } from '../../programme/activities/activity.ts'
import type { ActivityDraft } from '../../programme/activities/draft.ts'
import type { Answers } from './answers.ts'
import { noAnswers } from './both-changed.ts'
import type { OpenCampaign } from './queries.ts'

const never = DateTime.fromMillis(0, { zone: 'utc' }) as DateTime<true>

/**
 * The activity that an empty form begins with: of a campaign, led by the agency to which its maker is bound, if any,
 * and otherwise like the activity that it is copied from, except for the Teams link.
 */
export function newDraft (
  { id, zone }: OpenCampaign, leadAgencyId: string | undefined, like: ActivityDraft | undefined
): ActivityDraft {
  return {
    slug: '',
    campaignId: id,
    title: '',
    summary: '',
    kind: 'other',
    wasPoliceWork: like !== undefined && isPoliceWork(like),
    startsAt: never,
    endsAt: never,
    allDay: false,
    zone,
    venue: undefined,
    hasSecretPlace: false,
    joinUrl: undefined,
    district: undefined,
    audiences: [],
    visibility: 'agency',
    embargoUntil: undefined,
    booking: 'none',
    capacity: undefined,
    placesPerBooking: 1,
    waitingList: like?.waitingList ?? 'automatic',
    bookingOpensAt: undefined,
    bookingClosesAt: undefined,
    leadAgencyId,
    partnerAgencyIds: [],
    status: 'draft'
  }
}

/** Empty answers, but for what most activities have in common. */
export function emptyAnswers (leadAgencyId: string | undefined): Answers {
  return { ...noAnswers, places_per_booking: '1', lead_agency: leadAgencyId ?? '' }
}

/** What an address can say of a new activity: a gap in a programme begins the form that fills it. */
const begun = ['district', 'audiences', 'starts_day', 'starts_time'] as const

/** The answers that an address gives; what is wrong with them the form says when it is sent. */
export function begunIn (query: Readonly<Record<string, unknown>>): Partial<Answers> {
  return Object.fromEntries(begun.flatMap(field => {
    const given = query[field]
    return typeof given === 'string' && given.length <= 100 ? [[field, given]] : []
  }))
}

/** The answers without their days: a copy takes place on another. */
export function withoutDays (answers: Answers): Answers {
  const days = { starts_day: '', starts_which: '', ends_day: '', ends_which: '' }
  const window = { opens_day: '', opens_time: '', opens_which: '', closes_day: '', closes_time: '', closes_which: '' }
  const embargo = { embargo_day: '', embargo_time: '', embargo_which: '' }
  return { ...answers, ...days, ...window, ...embargo }
}
