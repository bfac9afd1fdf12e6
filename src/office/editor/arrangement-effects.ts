import type { DateTime } from 'luxon'
import type { Activity, Arrangements, Entry, Reminder } from '../../programme/activities/activity.ts'
import { remindersOf } from '../../programme/activities/reminder-times.ts'
import { momentInWords } from '../../programme/activities/when.ts'
import type { Reach } from '../../booking/bookings/queries.ts'
import { people, toCallInWords } from '../../identity/staff/confirmation.ts'
import type { Change, Effects } from '../../identity/staff/confirmation.ts'

const entryInWords: Record<Entry, { name: string, told: string }> = {
  invitation: { name: 'The Teams link is in the invitation', told: 'It has the Teams link.' },
  personal: { name: 'Everyone has their own link', told: 'It has their own link, and no Teams link.' }
}

const reminderInWords: Record<Reminder, string> = {
  week: 'A week before', day: 'The day before', hour: 'An hour before'
}

/** A change to how people join and which emails they get, and the activity it is for. */
export interface ArrangementChange {
  standing: Activity
  draft: Arrangements
  reach: Pick<Reach, 'confirmed' | 'toCallWithPlace'>
}

/**
 * The effects on people of a change to how they join and to their emails: emails that they get now, and later ones that
 * they would otherwise not get. Fewer emails have no effect on anyone.
 */
export function arrangementEffects (
  { standing, draft, reach }: ArrangementChange, now: DateTime<true>
): Effects {
  const changes = changesOf(standing, draft)
  const { confirmed, toCallWithPlace } = reach
  if (standing.status !== 'published' || confirmed + toCallWithPlace.count === 0) return { sentences: [], changes }
  const isToCome = now < standing.endsAt
  const isToldNow = isToCome && standing.isOnline && draft.entry !== standing.entry
  const added = remindersOf({ ...standing, reminders: [...draft.reminders] })
    .filter(({ reminder, until }) => !standing.reminders.includes(reminder) && now < until)
  const sentences = [
    ...isToldNow && confirmed > 0
      ? [`${people(confirmed, 'gets', 'get')} an updated invitation. ${entryInWords[draft.entry].told}`]
      : [],
    ...added.map(({ reminder, dueAt }) => now < dueAt
      ? `People who have a place are reminded ${reminderInWords[reminder].toLowerCase()} too: on ${momentInWords(dueAt, standing.zone)}.`
      : `People who have a place are reminded ${reminderInWords[reminder].toLowerCase()} too. That is now, so the reminder goes out at once.`),
    ...isToCome && draft.followUp && !standing.followUp
      ? ['Everyone who had a place gets an email the morning after.']
      : []
  ]
  if (sentences.length === 0 && !isToldNow) return { sentences, changes }
  return { changes, sentences: [...sentences, ...toCallInWords(toCallWithPlace)], toCall: toCallWithPlace }
}

function changesOf (standing: Activity, draft: Arrangements): Change[] {
  const listed = (reminders: readonly Reminder[]) => reminders.map(reminder => reminderInWords[reminder]).join(', ') || 'None'
  const afterwards = (followUp: boolean) => followUp ? 'We email everyone who had a place' : 'Nobody is emailed'
  return [
    { what: 'How people get in', from: entryInWords[standing.entry].name, to: entryInWords[draft.entry].name },
    { what: 'Reminders', from: listed(standing.reminders), to: listed(draft.reminders) },
    { what: 'Afterwards', from: afterwards(standing.followUp), to: afterwards(draft.followUp) }
  ].filter(({ from, to }) => from !== to)
}
