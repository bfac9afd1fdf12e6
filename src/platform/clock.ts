import { DateTime } from 'luxon'

/** Returns the current time, in UTC. Passed down and never called by a rule: rules take instants. */
export type Clock = () => DateTime<true>

export const systemClock: Clock = () => DateTime.utc()

/** Reads an instant as the database driver gives it. */
export function instant (date: Date): DateTime<true> {
  const at = DateTime.fromJSDate(date, { zone: 'utc' })
  if (!at.isValid) throw new Error('The database holds a date that does not exist.')
  return at
}
