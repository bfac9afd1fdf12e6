import type { DateTime } from 'luxon'
import { linkEndsAt, shortLinkDays } from '../teams/join-link.ts'
import { dayInWords } from './when.ts'

interface Linked {
  joinUrl: string | undefined
  /** When the meeting ends for which the link was pasted; undefined where we move the meeting along. */
  linkedMeetingEndsAt?: DateTime<true> | undefined
}

/**
 * Says that a Teams link will have ended when an activity takes place, because it was made for a meeting long before;
 * undefined where it lasts. Whoever moves an activity here has not moved that meeting in Teams.
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

/** The same of a change that leaves the link as it was. */
export function endedLinkAfter (
  standing: Linked, draft: { joinUrl: string | undefined, endsAt: DateTime<true>, zone: string }
): string[] {
  return draft.joinUrl === standing.joinUrl ? [endedLink(standing, draft) ?? []].flat() : []
}
