import { escape, ICalEventStatus, ICalEventTransparency } from 'ical-generator'
import type { DateTime } from 'luxon'
import type { Activity, Visibility } from '../../programme/activities/activity.ts'
import { factsOf, kindInWords } from '../../programme/activities/page.ts'
import { isKnownAt } from '../../programme/activities/public-activities.ts'
import type { OfferedActivity } from '../../programme/activities/queries.ts'
import { shortMoment } from '../../programme/activities/when.ts'
import type { Mailbox } from '../../platform/config.ts'
import { oneLine } from '../../platform/one-line.ts'
import { published, written } from '../invitations/feed.ts'
import { organizerNow } from '../invitations/organizer.ts'
import { paragraphs } from '../invitations/wording.ts'

export interface CalendarParts {
  publicUrl: string
  mailFrom: Mailbox
}

/**
 * Writes what the people of an agency may know of as a calendar to follow. It does not say where it comes from: the
 * address is a secret, and calendars are exported and shown to others. The bytes are the same until an activity or an
 * embargo changes.
 */
export function agencyCalendar (
  agency: string | undefined, activities: readonly OfferedActivity[], parts: CalendarParts, now: DateTime<true>
): string {
  const calendar = published({ name: escape(oneLine(`Activities, for ${agency ?? 'the partnership'}`), false) })
  for (const activity of activities) calendar.createEvent(entryOf(activity, parts, now))
  return written(calendar)
}

/**
 * An activity under the UID that it has in public feeds: it is the same entry (RFC 7986 §5.3), and someone who brings
 * both calendars together has it once. Professionals read this, so its title is there in a discreet campaign too.
 */
function entryOf (activity: OfferedActivity, { publicUrl, mailFrom }: CalendarParts, now: DateTime<true>) {
  const { slug, startsAt, endsAt, allDay, zone } = activity
  const { where } = factsOf(activity)
  const organizer = organizerNow(mailFrom)
  const url = `${publicUrl}${isKnownAt(activity, now) ? '' : '/staff'}/activities/${slug}`
  return {
    id: activity.icalUid,
    sequence: activity.icalSequence,
    stamp: activity.createdAt,
    start: allDay ? startsAt.setZone(zone) : startsAt,
    end: allDay ? endsAt.setZone(zone) : endsAt,
    allDay,
    summary: [...marksOf(activity, now), oneLine(activity.title)].join(': '),
    description: description(activity, url, now),
    location: where === undefined ? null : oneLine(where),
    status: statuses[activity.status],
    transparency: ICalEventTransparency.TRANSPARENT,
    categories: [{ name: kindInWords[activity.kind] }],
    organizer: { name: oneLine(organizer.name) || organizer.address, email: organizer.address },
    url
  }
}

const statuses = {
  draft: ICalEventStatus.TENTATIVE, published: ICalEventStatus.CONFIRMED, cancelled: ICalEventStatus.CANCELLED
} as const satisfies Record<Activity['status'], ICalEventStatus>

/** What stands before the title. Not every calendar shows STATUS, and none knows of embargoes. */
function marksOf (activity: Activity, now: DateTime<true>): string[] {
  const embargo = embargoOf(activity, now)
  return [
    ...embargo === undefined ? [] : [`EMBARGOED until ${embargo}`],
    ...activity.status === 'cancelled' ? ['Cancelled'] : [],
    ...activity.status === 'draft' ? ['Draft'] : []
  ]
}

/** Until when nobody outside may be told, by the clocks where it takes place; undefined: no embargo, or it is over. */
function embargoOf ({ visibility, embargoUntil, zone }: Activity, now: DateTime<true>): string | undefined {
  return visibility === 'public' && embargoUntil !== undefined && embargoUntil > now
    ? shortMoment(embargoUntil, zone)
    : undefined
}

/** Who else may know. */
const whoMayKnow: Record<Exclude<Visibility, 'operational'>, string> = {
  public: 'Everyone can see this.',
  partners: 'This is for partner organisations. Please do not tell the public.',
  agency: 'This is for the organisations that take part. Please do not pass it on.'
}

function description (activity: OfferedActivity, url: string, now: DateTime<true>): string {
  const { campaign, leadAgency, runBy, status, cancellationReason, summary, visibility } = activity
  const { when, where, audiences } = factsOf(activity)
  const embargo = embargoOf(activity, now)
  const linesOf = (text: string | undefined) =>
    (text ?? '').trim() === '' ? [] : (text ?? '').trim().split('\n').map(oneLine)
  return paragraphs(
    [
      ...embargo === undefined ? [] : [`EMBARGOED until ${embargo}. Do not tell anyone outside before then.`],
      ...status === 'cancelled' ? ['This has been cancelled.', ...linesOf(cancellationReason)] : [],
      ...status === 'draft' ? ['This is a draft. It may change, or not take place.'] : [],
      ...status === 'draft' || embargo !== undefined || visibility === 'operational' ? [] : [whoMayKnow[visibility]]
    ],
    linesOf(summary),
    [
      `When: ${when}`,
      ...where === undefined ? [] : [`Where: ${oneLine(where)}`],
      ...audiences === undefined ? [] : [oneLine(audiences)],
      ...runBy === undefined ? [] : [`Run by: ${oneLine(runBy)}`],
      `Led by: ${oneLine(leadAgency ?? 'the partnership')}`,
      `Campaign: ${oneLine(campaign.title)}`
    ],
    ['Read more:', url]
  )
}
