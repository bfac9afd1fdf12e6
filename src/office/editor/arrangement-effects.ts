import type { DateTime } from 'luxon'
import type { Activity, Arrangements, JoinMode, Reminder } from '../../programme/activities/activity.ts'
import { remindersOf } from '../../programme/activities/reminder-times.ts'
import { momentInWords } from '../../programme/activities/when.ts'
import type { RecipientCounts } from '../../booking/bookings/recipients.ts'
import { people, toCallInWords } from '../../identity/staff/confirmation.ts'
import type { Change, Effects } from '../../identity/staff/confirmation.ts'

const entryInWords: Record<JoinMode, { name: string, told: string }> = {
  invitation: { name: 'The Teams link is in the invitation', told: 'It has the Teams link.' },
  personal: { name: 'Everyone has their own link', told: 'It has their own link, and no Teams link.' }
}

const reminderInWords: Record<Reminder, string> = {
  week: 'A week before', day: 'The day before', hour: 'An hour before'
}

/** A change to how people join and which emails they get, and the activity it is for. */
export interface ArrangementChange {
  current: Activity
  draft: Arrangements
  recipients: Pick<RecipientCounts, 'confirmed' | 'toCallWithPlace'>
}

/**
 * The effects on people of a change to how they join and to their emails: emails that they get now, and later ones that
 * they would otherwise not get. Fewer emails have no effect on anyone.
 */
export function arrangementEffects (
  { current, draft, recipients }: ArrangementChange, now: DateTime<true>
): Effects {
  const changes = changesOf(current, draft)
  const { confirmed, toCallWithPlace } = recipients
  if (current.status !== 'published' || confirmed + toCallWithPlace.count === 0) return { sentences: [], changes }
  const isToCome = now < current.endsAt
  const isToldNow = isToCome && current.isOnline && draft.joinMode !== current.joinMode
  const added = remindersOf({ ...current, reminders: [...draft.reminders] })
    .filter(({ reminder, until }) => !current.reminders.includes(reminder) && now < until)
  const sentences = [
    ...isToldNow && confirmed > 0
      ? [`${people(confirmed, 'gets', 'get')} an updated invitation. ${entryInWords[draft.joinMode].told}`]
      : [],
    ...added.map(({ reminder, dueAt }) => now < dueAt
      ? `People who have a place are reminded ${reminderInWords[reminder].toLowerCase()} too: on ${momentInWords(dueAt, current.zone)}.`
      : `People who have a place are reminded ${reminderInWords[reminder].toLowerCase()} too. That is now, so the reminder goes out at once.`),
    ...isToCome && draft.followUp && !current.followUp
      ? ['Everyone who had a place gets an email the morning after.']
      : []
  ]
  if (sentences.length === 0 && !isToldNow) return { sentences, changes }
  return { changes, sentences: [...sentences, ...toCallInWords(toCallWithPlace)], toCall: toCallWithPlace }
}

function changesOf (current: Activity, draft: Arrangements): Change[] {
  const listed = (reminders: readonly Reminder[]) => reminders.map(reminder => reminderInWords[reminder]).join(', ') || 'None'
  const afterwards = (followUp: boolean) => followUp ? 'We email everyone who had a place' : 'Nobody is emailed'
  return [
    { what: 'How people get in', from: entryInWords[current.joinMode].name, to: entryInWords[draft.joinMode].name },
    { what: 'Reminders', from: listed(current.reminders), to: listed(draft.reminders) },
    { what: 'Afterwards', from: afterwards(current.followUp), to: afterwards(draft.followUp) }
  ].filter(({ from, to }) => from !== to)
}
