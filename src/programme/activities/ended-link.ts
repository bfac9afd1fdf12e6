import type { DateTime } from 'luxon'
import { linkEndsAt, shortLinkDays } from '../teams/join-link.ts'
import { dayInWords } from './when.ts'

interface Linked {
  joinUrl: string | undefined
  /** End of the meeting for which the link was pasted; undefined if we move the meeting along. */
  linkedMeetingEndsAt?: DateTime<true> | undefined
}

/**
 * Says that a Teams link will have ended when an activity takes place, because its meeting was long before; undefined
 * if it lasts. Moving an activity here does not move that meeting in Teams.
 */
export function endedLink (
  { joinUrl, linkedMeetingEndsAt }: Linked, { endsAt, zone }: { endsAt: DateTime<true>, zone: string }
): string | undefined {
  const end = joinUrl === undefined || linkedMeetingEndsAt === undefined
    ? undefined
    : linkEndsAt(joinUrl, linkedMeetingEndsAt)
  if (end === undefined || endsAt <= end) return undefined
  return `The Teams link will have ended by then: it works until ${dayInWords(end, zone)}, ${shortLinkDays} days after the ` +
    'meeting that it was made for. Move the meeting in Teams too, or give another link.'
}

/** The same for a change that leaves the link as it was. */
export function endedLinkAfter (
  current: Linked, draft: { joinUrl: string | undefined, endsAt: DateTime<true>, zone: string }
): string[] {
  return draft.joinUrl === current.joinUrl ? [endedLink(current, draft) ?? []].flat() : []
}
