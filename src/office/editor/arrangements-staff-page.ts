import type { DateTime } from 'luxon'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { people, toCallInWords } from '../../identity/staff/confirmation.ts'
import type { ToCall } from '../../identity/staff/confirmation.ts'
import { joinModes, reminders } from '../../programme/activities/activity.ts'
import type { JoinMode, Reminder } from '../../programme/activities/activity.ts'
import { bookability } from '../../programme/activities/booking-window.ts'
import type { Bookability } from '../../programme/activities/booking-window.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { runningOf } from '../../programme/activities/staff-page.ts'
import { opensMinutesBefore } from '../../booking/joining/join-times.ts'

/** The ways in, as organisers choose between them. */
export const joinModesInWords: Record<JoinMode, { name: string, does: string }> = {
  invitation: {
    name: 'The Teams link is in the invitation',
    does: 'Emails and calendars have the Teams link. Best for most workshops: people can join from their calendar with one press.'
  },
  personal: {
    name: 'Everyone has their own link',
    does: `Their link opens ${opensMinutesBefore} minutes before the start and leads to Teams only while they have a place. ` +
      'Best for sensitive topics: the Teams link does not spread, you can replace it without emailing anyone, and you see who joined.'
  }
}

export const remindersInWords: Record<Reminder, { name: string, when: string }> = {
  week: { name: 'A week before', when: 'To people who had their place 10 days before or earlier.' },
  day: { name: 'The day before', when: 'At the time of day it starts, or in the morning if it lasts all day.' },
  hour: {
    name: 'An hour before',
    when: 'It begins with what people need at that moment. Not for activities that last all day.'
  }
}

/**
 * The form that changes how people get in and which emails they get, with the stored values or those that were tried.
 */
export function arrangementsPageOf (
  activity: KnownActivity, withPlace: WithPlace, now: DateTime<true>, given?: { typed: unknown, errors: FormErrors }
) {
  const ticked = given === undefined ? currentArrangements(activity) : tickedOf(given.typed)
  const state = bookability(activity, now)
  return {
    ...runningOf(activity),
    closed: state === 'cancelled'
      ? 'This activity is cancelled. Nobody joins it, and everyone has been told. There is nothing to change.'
      : undefined,
    isOver: state === 'over',
    asksJoinMode: activity.isOnline,
    joinModes: joinModes.map(value => {
      const { name, does } = joinModesInWords[value]
      return { value, text: name, hint: { text: does }, checked: ticked.includes(value) }
    }),
    mayGetAround: activity.joinMode === 'invitation' && activity.joinUrlSealed !== undefined &&
      withPlace.reached + withPlace.toCall.count > 0,
    told: toldOfJoinMode(activity, withPlace, state),
    reminders: reminders.map(value => {
      const { name, when } = remindersInWords[value]
      return { value, text: name, hint: { text: when }, checked: ticked.includes(value) }
    }),
    followsUp: ticked.includes('yes'),
    errors: given?.errors
  }
}

function currentArrangements ({ joinMode, reminders, followUp }: KnownActivity): string[] {
  return [joinMode, ...reminders, ...followUp ? ['yes'] : []]
}

/** Everything that was ticked, in any field: no two have a value in common. */
function tickedOf (body: unknown): string[] {
  return Object.values(body ?? {}).flat().filter(value => typeof value === 'string')
}

/** Those who have a place: how many get emails, and the people to call. */
interface WithPlace { reached: number, toCall: ToCall }

/** Says who is emailed when the way in changes. */
function toldOfJoinMode ({ status }: KnownActivity, { reached, toCall }: WithPlace, state: Bookability): string {
  if (state === 'over') return 'If you change it, nobody is emailed, because this has taken place.'
  if (status === 'draft') return 'If you change it, nobody is emailed, because this activity is a draft.'
  if (reached + toCall.count === 0) return 'If you change it, nobody is emailed, because nobody has a place yet.'
  const told = reached === 0 ? 'nobody is emailed' : `${people(reached, 'gets', 'get')} an updated invitation`
  return [`If you change it, ${told}.`, ...toCallInWords(toCall)].join(' ')
}
