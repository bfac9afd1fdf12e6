import type { DateTime } from 'luxon'
import type { ActivityDraft, CurrentActivity } from '../../programme/activities/draft.ts'
import { objectionsTo, objectionsToChange } from '../../programme/activities/objections.ts'
import { inOrder } from './answers.ts'
import type { Wrong } from './answers.ts'

/** The field of the form for each part of an activity, and its name there. */
const asked: Partial<Record<keyof ActivityDraft, [field: Wrong['field'], name: string]>> = {
  title: ['title', 'Title'],
  summary: ['summary', 'Summary'],
  capacity: ['capacity', 'Places'],
  visibility: ['visibility', 'Who may see it'],
  embargoUntil: ['embargo_day', 'The end of the embargo'],
  booking: ['booking', 'How people come'],
  venue: ['venue', 'Venue'],
  hasSecretPlace: ['secret_place', 'The place']
}

/** The rules that an activity would break, by field of the form; not those that it broke before. */
export function problemsWith (
  current: CurrentActivity | undefined, draft: ActivityDraft, now: DateTime<true>
): Wrong[] {
  const wrong: Wrong[] = [...objectionsTo(draft), ...objectionsToChange(current, draft)].map(({ about, text }) => {
    if (about === 'endsAt') return { field: draft.allDay ? 'ends_day' : 'ends_time', text: 'The end must be after the start' }
    const [field, name] = asked[about] ?? ['form', 'This activity']
    return { field, text: `${name} ${text}` }
  })
  const isMoved = current === undefined || current.startsAt.toMillis() !== draft.startsAt.toMillis() ||
    current.booking !== draft.booking
  if (draft.booking === 'places' && isMoved && draft.startsAt <= now) {
    wrong.push({ field: 'starts_day', text: 'It must start in the future where people book places' })
  }
  const { bookingOpensAt: opens, bookingClosesAt: closes } = draft
  if (closes !== undefined && closes > draft.endsAt) {
    wrong.push({ field: 'closes_day', text: 'Booking must close by the end of the activity' })
  }
  if (opens !== undefined && opens >= (closes ?? draft.startsAt)) {
    wrong.push({ field: 'opens_day', text: closes === undefined ? 'Booking must open before the start' : 'Booking must open before it closes' })
  }
  return inOrder(wrong)
}
