import type { DateTime } from 'luxon'

/** Days after the end of an activity for which its co-hosts still see it: they may have to say who came. */
export const daysOfCoHosting = 7

/** When co-hosting is over of an activity that ends then. */
export function coHostedUntil ({ endsAt }: { endsAt: DateTime<true> }): DateTime<true> {
  return endsAt.plus({ days: daysOfCoHosting })
}

/**
 * Database filter for co-hosting that is not over: after the end of the activity, and after its end as its organisers
 * last set it. The end alone would let co-hosts stay, because they may move it.
 */
export function coHostingAt (now: DateTime<true>) {
  return {
    until: { gt: now.toJSDate() }, activity: { endsAt: { gt: now.minus({ days: daysOfCoHosting }).toJSDate() } }
  }
}
