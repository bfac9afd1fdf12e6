import type { ActivityDraft } from '../activities/draft.ts'
import { wallClock } from '../activities/local-time.ts'
import { editionOf } from './edition.ts'
import type { ProgrammeCells } from './schema.ts'

/** An activity with the slugs of what it refers to. */
export interface ListedActivity extends ActivityDraft {
  campaign: string
  leadAgency: string | undefined
  partnerAgencies: string[]
}

/** A row as it is exported: without the link, which lets anyone in, unless it is wanted. */
export function exportedRowOf (activity: ListedActivity, { withJoinLink = false } = {}) {
  const row = rowOf(activity)
  return { ...row, edition: editionOf(row, activity), ...!withJoinLink && { join_url: '' } }
}

/** An activity as a row of a programme file; importing it changes nothing. */
export function rowOf (activity: ListedActivity): ProgrammeCells {
  const { startsAt, endsAt, allDay, zone } = activity
  return {
    campaign: activity.campaign,
    title: activity.title,
    slug: activity.slug,
    kind: activity.kind,
    starts: allDay ? wallClock(startsAt, zone).slice(0, 10) : wallClock(startsAt, zone),
    // A file names the last day; we store the midnight at its end.
    ends: allDay ? wallClock(endsAt.minus({ milliseconds: 1 }), zone).slice(0, 10) : wallClock(endsAt, zone),
    venue: activity.venue ?? '',
    join_url: activity.joinUrl ?? '',
    district: activity.district ?? '',
    audiences: activity.audiences.join(';'),
    visibility: activity.visibility,
    booking: activity.booking,
    capacity: activity.capacity?.toString() ?? '',
    places_per_booking: activity.placesPerBooking.toString(),
    waiting_list: activity.waitingList,
    lead_agency: activity.leadAgency ?? '',
    partner_agencies: activity.partnerAgencies.join(';'),
    summary: activity.summary,
    status: activity.status
  }
}
