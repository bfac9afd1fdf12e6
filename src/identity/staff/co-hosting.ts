import type { DateTime } from 'luxon'

/** Days after the end of an activity for which its co-hosts still see it: they may have to say who came. */
export const daysOfCoHosting = 7

/** Database filter for co-hosting that is not over, of an activity that still takes place or did. */
export function coHostingAt (now: DateTime<true>): { activity: { endsAt: { gt: Date } } } {
  return { activity: { endsAt: { gt: now.minus({ days: daysOfCoHosting }).toJSDate() } } }
}
