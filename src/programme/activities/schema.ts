import { z } from 'zod'
import { confirmed } from '../../identity/staff/schema.ts'
import { answer, answerInNumbers, optional, unknownField, ticked } from '../../platform/http/form-answers.ts'
import { joinModes, reminders, waitingListModes } from './activity.ts'
import type { Activity, Arrangements } from './activity.ts'
import type { SupplyDraft } from './supply.ts'

const howTheListWorks = 'Select how the waiting list works'

/** The form on which organisers say how many places there are and how the waiting list works. */
export const supplyForm = z.strictObject({
  capacity: answerInNumbers('Places', 1, 100_000),
  over_booking: answerInNumbers('Over-booking', 0, 100),
  waiting_list: answer('Waiting list', howTheListWorks).pipe(z.enum(waitingListModes, howTheListWorks)),
  offer_hours: answerInNumbers('Hours to answer an offer', 1, 168),
  another_date_at: optional(answerInNumbers('How many bookings wait', 1, 100_000)),
  confirmed
}, { error: unknownField }).transform((form): { draft: SupplyDraft, confirmed: string | undefined } => ({
  draft: {
    capacity: form.capacity,
    overBookingPercent: form.over_booking,
    waitingList: form.waiting_list,
    offerHours: form.offer_hours,
    anotherDateAt: form.another_date_at
  },
  confirmed: form.confirmed
}))

export const supplyFields = ['capacity', 'over_booking', 'waiting_list', 'offer_hours', 'another_date_at'] as const

const howPeopleGetIn = 'Select how people get in'
const reminderUnknown = 'Select reminders from those on the page'
const followUpUnknown = 'Writing after the end is ticked or not'

/** Those of these values that are ticked, in their order. */
function boxes <const Values extends readonly [string, ...string[]]> (values: Values, wrong: string) {
  return ticked(z.enum(values, wrong), { wrong })
    .transform(given => values.filter(value => given.includes(value)) as Array<Values[number]>)
}

/**
 * The form on which organisers say how people get in and which emails they get. If no one joins online, it does not ask
 * how.
 */
export function arrangementsForm ({ isOnline, joinMode }: Pick<Activity, 'isOnline' | 'joinMode'>) {
  const choice = answer('How people get in', howPeopleGetIn).pipe(z.enum(joinModes, howPeopleGetIn))
  return z.strictObject({
    entry: isOnline ? choice : choice.default(joinMode),
    reminders: boxes(reminders, reminderUnknown),
    follow_up: boxes(['yes'], followUpUnknown),
    confirmed
  }, { error: unknownField }).transform((form): { draft: Arrangements, confirmed: string | undefined } => ({
    draft: { joinMode: form.entry, reminders: form.reminders, followUp: form.follow_up.length > 0 },
    confirmed: form.confirmed
  }))
}

export const arrangementsFields = ['entry', 'reminders', 'follow_up'] as const
