import type { DateTime } from 'luxon'
import { DateTime as Luxon } from 'luxon'
import { peopleInWords } from '../../programme/activities/in-words.ts'
import { shortMoment } from '../../programme/activities/when.ts'
import { officeZone } from '../../platform/clock.ts'
import type { LastRun } from './queries.ts'
import { mostFailures } from './standing-list.ts'
import type { Failure, Scope, Stopping, Timing } from './standing-list.ts'

export const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const

/** Of which activities a list is. */
export function aboutInWords ({ about, activity, campaign }: Scope): string {
  switch (about) {
    case 'activity': return activity?.title ?? 'An activity that was deleted'
    case 'campaign': return campaign === undefined ? 'A campaign that was deleted' : `Activities of ${campaign.title}`
    case 'mine': return 'All activities whose attendees you can see'
  }
}

/** When a list is sent: `Every Monday at 8:30am`, `24 hours before it begins`. */
export function timingInWords (timing: Timing, { about }: Pick<Scope, 'about'>): string {
  if (timing.how === 'weekly') return `Every ${weekdays[timing.weekday - 1]} at ${clockInWords(timing.timeOfDay)}`
  return `${hoursInWords(timing.hours)} before ${about === 'activity' ? 'it begins' : 'each activity'}`
}

/** Which activities a weekly list has, where it is about several. */
export function spanInWords (timing: Timing, { about }: Pick<Scope, 'about'>): string | undefined {
  if (timing.how !== 'weekly' || about === 'activity') return undefined
  return timing.days === undefined ? 'All activities to come' : `Activities of the next ${timing.days} days`
}

/** `1 hour`, `24 hours`, `2 days`. */
export function hoursInWords (hours: number): string {
  if (hours > 24 && hours % 24 === 0) return `${hours / 24} days`
  return hours === 1 ? '1 hour' : `${hours} hours`
}

/** `08:30` as people say it. */
function clockInWords (timeOfDay: string): string {
  const at = Luxon.fromISO(`2026-01-01T${timeOfDay}`, { zone: 'utc' })
  const minutes = at.minute === 0 ? '' : `:${timeOfDay.slice(3)}`
  if (minutes === '' && at.hour % 12 === 0) return at.hour === 0 ? 'midnight' : 'midday'
  return `${at.hour % 12 === 0 ? 12 : at.hour % 12}${minutes}${at.hour < 12 ? 'am' : 'pm'}`
}

/** Why a list was not sent, for its owner. */
const failuresInWords: Record<Failure, string> = {
  disabled: 'you could not sign in',
  'not-allowed': 'you cannot have lists of these attendees any more',
  gone: 'what it was about is deleted',
  tells: 'you cannot have a list of people found by their access need or question any more',
  refused: 'the mail server refused the email',
  late: 'the email could not go in time'
}

export function failureInWords (failure: Failure): string {
  return failuresInWords[failure]
}

/** What became of a list the last time, for its owner; with other words for its failures, for others. */
export function lastInWords (last: LastRun | undefined, failures = failuresInWords): string {
  if (last === undefined) return 'Not yet'
  const on = shortMoment(last.dueAt, officeZone)
  switch (last.outcome) {
    case undefined: return `${on}: on its way`
    case 'sent': return `${on}: sent, ${last.people === 0 ? 'nobody' : peopleInWords(last.people ?? 0)} on it`
    case 'nothing': return `${on}: nothing to send, as there was no activity`
    case 'missed': return `${on}: not sent, as the service was not running`
    case 'overtaken':
    case 'over': return 'Not yet'
    default: return `${on}: not sent, as ${failures[last.outcome]}`
  }
}

/** Why a list is stopped, for its owner. */
export function stoppedInWords ({ at, because }: { at: DateTime<true>, because: Stopping }): string {
  const on = shortMoment(at, officeZone)
  switch (because) {
    case 'owner': return `You stopped it on ${on}.`
    case 'admin': return `An admin stopped it on ${on}.`
    default: return `It stopped on ${on}. It could not be sent ${mostFailures} times in a row. The last time, ${failuresInWords[because]}.`
  }
}

/** Why someone else's list was not sent, for an admin. */
export const theirFailures: Record<Failure, string> = {
  disabled: 'they could not sign in',
  'not-allowed': 'they cannot have lists of these attendees any more',
  gone: 'what it was about is deleted',
  tells: 'they cannot have a list of people found by their access need or question any more',
  refused: 'the mail server refused the email',
  late: 'the email could not go in time'
}

/** Why someone else's list is stopped, for an admin. */
export function theirsStoppedInWords ({ at, because }: { at: DateTime<true>, because: Stopping }): string {
  const on = shortMoment(at, officeZone)
  switch (because) {
    case 'owner': return `They stopped it on ${on}`
    case 'admin': return `An admin stopped it on ${on}`
    default: return `Stopped on ${on} after ${mostFailures} failures: ${theirFailures[because]}`
  }
}
