import type { Booking } from './booking.ts'

/** Details that the holder of a booking can change; the number of places has a form of its own. */
export type OwnDetails = Pick<Booking, 'name' | 'phone' | 'accessNeeds' | 'question'>

const ownDetailNames = ['name', 'phone', 'accessNeeds', 'question'] as const satisfies Array<keyof OwnDetails>

/** A change of some of them; null deletes the answer. */
export type OwnChange = { [Detail in keyof OwnDetails]?: Exclude<OwnDetails[Detail], undefined> | null }

/** Names of the details that a change makes different. */
export function changedBy (change: OwnChange, before: OwnDetails): Array<keyof OwnDetails> {
  return ownDetailNames.filter(name => change[name] !== undefined && (change[name] ?? undefined) !== before[name])
}
