import ical, {
  escape, ICalCalendarMethod, ICalEventStatus, ICalEventTransparency
} from 'ical-generator'
import type { ICalCalendar } from 'ical-generator'
import { outwardTitle } from '../../programme/activities/outward-title.ts'
import type { Activity } from '../../programme/activities/activity.ts'
import { factsOf, kindInWords } from '../../programme/activities/page.ts'
import type { Campaign } from '../../programme/campaigns/campaign.ts'
import type { Mailbox } from '../../platform/config.ts'
import { oneLine } from '../../platform/one-line.ts'
import { contactsFor } from '../../programme/support/contact.ts'
import type { SupportContact } from '../../programme/support/contact.ts'
import { organizerNow } from './organizer.ts'
import { paragraphs, whoToCall } from './wording.ts'

export interface FeedParts {
  publicUrl: string
  mailFrom: Mailbox
  contacts: readonly SupportContact[]
}

const whole: FeedPart = { words: [], search: '' }

/** How often a calendar that follows a feed is to refresh, in seconds. */
const refreshSeconds = 6 * 3600

/** What of a campaign is in its feed, if not everything. */
export interface FeedPart {
  /** In words, each choice on its own. */
  words: readonly string[]
  /** As it stands in addresses. */
  search: string
}

/**
 * Writes the public activities of a campaign as a calendar to follow: without people, and with nothing but what their
 * pages say. The bytes are the same until one of the activities changes.
 */
export function campaignFeed (
  campaign: Campaign, activities: readonly Activity[], parts: FeedParts, { words, search }: FeedPart = whole
): string {
  const { publicUrl } = parts
  const isDiscreet = activities.every(activity => activity.campaign.discreet)
  // Someone who follows two parts of a programme has to tell them apart.
  const name = [isDiscreet ? campaign.partnership : campaign.title, ...words].join(', ')
  const calendar = published({
    name: escape(oneLine(name), false),
    source: `${publicUrl}/calendar/${campaign.slug}.ics${search}`,
    url: `${publicUrl}/campaigns/${campaign.slug}${search}`
  })
  for (const activity of activities) add(calendar, activity, parts)
  return written(calendar)
}

/** Writes one activity. The calendar has no name: Outlook makes a separate calendar of a named one. */
export function activityFeed (activity: Activity, parts: FeedParts): string {
  const calendar = published({ source: `${parts.publicUrl}/calendar/activities/${activity.slug}.ics` })
  add(calendar, activity, parts)
  return written(calendar)
}

/** A calendar to follow, without entries. What has no `source` does not say where it comes from. */
export function published (given: { name?: string, source?: string, url?: string }): ICalCalendar {
  return ical({
    prodId: { company: 'placekeeper', product: 'placekeeper', language: 'EN' },
    method: ICalCalendarMethod.PUBLISH,
    ttl: refreshSeconds,
    ...given
  })
}

/**
 * Adds an activity under a UID of its own, which no invitation has. It does not block time in a calendar: following a
 * programme is not having a place. DTSTAMP never changes; a calendar knows by SEQUENCE what is newer (RFC 5546 §2.1.5),
 * and two processes write the same bytes. Not CLASS:PRIVATE, as invitations are: Google would show its own subscribers
 * no more than "busy".
 */
function add (calendar: ICalCalendar, activity: Activity, { publicUrl, mailFrom, contacts }: FeedParts): void {
  const isCancelled = activity.status === 'cancelled'
  const { startsAt, endsAt, allDay, zone } = activity
  const facts = factsOf(activity)
  const organizer = organizerNow(mailFrom)
  const url = `${publicUrl}/activities/${activity.slug}`

  calendar.createEvent({
    id: activity.icalUid,
    sequence: activity.icalSequence,
    stamp: activity.createdAt,
    start: allDay ? startsAt.setZone(zone) : startsAt,
    end: allDay ? endsAt.setZone(zone) : endsAt,
    allDay,
    // Not every calendar shows STATUS, and no one should come to a cancelled activity.
    summary: `${isCancelled ? 'Cancelled: ' : ''}${outwardTitle(activity)}`,
    description: description(activity, facts, url, contacts),
    location: facts.where === undefined ? null : oneLine(facts.where),
    status: isCancelled ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
    transparency: ICalEventTransparency.TRANSPARENT,
    // Calendars give a category its colour; of a discreet campaign it would tell the topic.
    categories: activity.campaign.discreet ? [] : [{ name: kindInWords[activity.kind] }],
    organizer: { name: oneLine(organizer.name) || organizer.address, email: organizer.address },
    url
  })
}

/** What the page says, without the topic where a calendar that a family shares must not show it. */
function description (
  activity: Activity, { when, where, audiences }: ReturnType<typeof factsOf>, url: string,
  contacts: readonly SupportContact[]
): string {
  const { campaign, status, cancellationReason, summary, booking } = activity
  const isCancelled = status === 'cancelled'
  const openly = (text: string | undefined) => campaign.discreet ? [] : (text ?? '').trim().split('\n').map(oneLine)

  return paragraphs(
    isCancelled ? ['This has been cancelled.', ...openly(cancellationReason)].filter(line => line !== '') : [],
    summary.trim() === '' ? [] : openly(summary),
    [
      `When: ${when}`,
      ...where === undefined ? [] : [`Where: ${oneLine(where)}`],
      ...audiences === undefined ? [] : [oneLine(audiences)]
    ],
    [booking === 'places' && !isCancelled ? 'This is not a booking. Book a place, or read more:' : 'Read more:', url],
    whoToCall({ contacts: contactsFor(contacts, campaign.districts) })
  )
}

/** The text of a calendar, with the last line end, which the generator leaves out (RFC 5545 §3.1). */
export function written (calendar: ICalCalendar): string {
  return `${calendar.toString()}\r\n`
}
