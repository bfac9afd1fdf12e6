import { createHash } from 'node:crypto'
import { z } from 'zod'
import { outwardTitle } from '../../programme/activities/outward-title.ts'
import { placesInWords } from '../../programme/activities/in-words.ts'
import { dayInWords, whenInWords } from '../../programme/activities/when.ts'
import { canonicalAddress } from '../../booking/bookings/address.ts'
import type { CalendarEntry } from '../invitations/calendar-entry.ts'
import { place } from '../invitations/wording.ts'
import { greetingName } from './greeting.ts'
import { kinds } from './kinds.ts'
import type { EmailKind } from './kinds.ts'

const told = z.object({
  /** The recipient's address. */
  to: z.string(),
  activity: z.string(),
  status: z.string(),
  name: z.string(),
  what: z.string(),
  day: z.string(),
  when: z.string(),
  where: z.string(),
  /** Whether that tells the venue, and not only when they learn it. */
  tellsPlace: z.boolean().default(true),
  places: z.number(),
  /** The join link: empty, `personal`, or a digest that distinguishes Teams links and leads nowhere. */
  link: z.string(),
  linkVersion: z.number()
})

/**
 * What an email said of its booking, in the words that its holder has read. Stored with the email, so that the next one
 * can say what has changed, and none is sent where nothing has.
 */
export type SentContent = z.infer<typeof told>

/** What was said before: nothing at all, or `unknown`, because an older version wrote the email and stored nothing. */
export type PreviousContent = SentContent | 'nothing' | 'unknown'

/** Kinds of email that say everything about a booking: those with its calendar entry, and those that tell of a turn. */
export const tellingKinds: readonly EmailKind[] = (Object.keys(kinds) as EmailKind[])
  .filter(kind => kinds[kind].method === 'REQUEST' || kind === 'waiting-list-joined' || kind === 'place-offered')

export function sentContentOf ({ booking, joinUrl, isPersonal }: CalendarEntry): SentContent {
  const { activity } = booking
  return {
    to: booking.email ?? '',
    activity: activity.id,
    status: booking.status,
    name: greetingName(booking.name),
    what: outwardTitle(activity),
    day: dayInWords(activity.startsAt, activity.zone),
    when: whenInWords(activity),
    where: place(activity),
    tellsPlace: activity.untold === undefined,
    places: booking.places,
    link: joinUrl === undefined ? '' : isPersonal ? 'personal' : digestOf(joinUrl),
    linkVersion: booking.linkVersion
  }
}

const digests = new Map<string, string>()

/** Computed once: all emails of an activity have the same link. */
function digestOf (joinUrl: string): string {
  const known = digests.get(joinUrl)
  if (known !== undefined) return known
  if (digests.size >= 2000) digests.clear()
  const digest = createHash('sha256').update(joinUrl).digest('base64url').slice(0, 22)
  digests.set(joinUrl, digest)
  return digest
}

/** Reads what was stored with an email; null: nothing was, though it was sent. */
export function readSentContent (kept: unknown): PreviousContent {
  const read = told.safeParse(kept)
  return read.success ? read.data : 'unknown'
}

/** Whether someone has read everything that is true now. */
export function isKnown (earlier: PreviousContent, now: SentContent): boolean {
  return typeof earlier === 'object' && (Object.keys(now) as Array<keyof SentContent>).every(name => earlier[name] === now[name])
}

/** What an email about a change says first. */
export interface ChangeInWords {
  /** What has happened, for its subject: in a word, without naming the topic. */
  title: string
  /** What was and what is now, in sentences. */
  changes: string[]
  /** Whether its reader has had no email at this address before. */
  isFirst: boolean
  /** Whether links that its reader has do not work any more. */
  endsLinks: boolean
}

interface Difference {
  /** As a subject with this change alone, and as one of several. */
  alone: string
  among: string
  says: string
}

/** Says what has changed since the last email. */
export function changeInWords (earlier: PreviousContent, now: SentContent): ChangeInWords {
  const isFirst = typeof earlier === 'object' ? !isSamePerson(earlier, now) : earlier === 'nothing' && now.linkVersion > 0
  if (isFirst) return { ...unnamed, title: 'Emails about your booking now come here', isFirst }
  if (typeof earlier === 'string') return { ...unnamed, endsLinks: now.linkVersion > 0 }
  const differences = differencesBetween(earlier, now)
  const endsLinks = earlier.linkVersion !== now.linkVersion
  if (differences.length === 0) return endsLinks ? { ...unnamed, title: 'New links for your booking', endsLinks } : unnamed
  return { ...unnamed, title: titleOf(differences), changes: differences.map(({ says }) => says), endsLinks }
}

/** A difference in capitals does not make it another person. */
function isSamePerson (before: SentContent, now: SentContent): boolean {
  return canonicalAddress(before.to) === canonicalAddress(now.to)
}

const unnamed: ChangeInWords = { title: 'Your booking has changed', changes: [], isFirst: false, endsLinks: false }

function titleOf (differences: readonly Difference[]): string {
  const [first, second] = differences
  if (first === undefined || differences.length > 2) return unnamed.title
  return second === undefined ? first.alone : `New ${first.among} and ${second.among}`
}

function differencesBetween (before: SentContent, now: SentContent): Difference[] {
  const isOtherDay = before.day !== now.day
  const changed = (name: keyof SentContent) => before[name] !== now[name]
  return [
    changed('when') && {
      alone: isOtherDay ? 'New date' : 'New time',
      among: isOtherDay ? 'date' : 'time',
      says: fromTo('When', before.when, now.when)
    },
    changed('where') && placeDifference(before, now),
    changed('what') && { alone: 'New name', among: 'name', says: fromTo('What', before.what, now.what) },
    changed('places') && {
      alone: now.status === 'confirmed' ? `You now have ${placesInWords(now.places)}` : `You now ask for ${placesInWords(now.places)}`,
      among: 'number of places',
      says: fromTo('Places', String(before.places), String(now.places))
    },
    changed('name') && { alone: 'Your name', among: 'spelling of your name', says: fromTo('Your name', before.name, now.name) },
    changed('link') && before.status === 'confirmed' && now.status === 'confirmed' && linkDifference(before, now)
  ].filter(difference => difference !== false)
}

function linkDifference (before: SentContent, now: SentContent): Difference {
  const [alone, says] = before.link === ''
    ? ['Your link to join', 'The link to join: you now have it, see below.']
    : now.link === ''
      ? ['The link to join has ended', 'The link to join: the earlier one has ended. Please do not use it. We will send you another.']
      : ['New link to join', 'The link to join: it is a new one, see below. Please do not use the earlier one.']
  return { alone, among: 'link to join', says }
}

/** A place that its reader is not told any more, or was not told before, is not compared with another. */
function placeDifference (before: SentContent, now: SentContent): Difference {
  return before.tellsPlace && now.tellsPlace
    ? { alone: 'New place to meet', among: 'place to meet', says: fromTo('Where', before.where, now.where) }
    : { alone: 'Where to meet', among: 'words on where to meet', says: `Where: ${now.where}.` }
}

function fromTo (label: string, before: string, now: string): string {
  return `${label}: it was ${before}. It is now ${now}.`
}
