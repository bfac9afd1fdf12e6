import type { Booking } from './booking.ts'

/** What the holder of a booking can change of what we know of them; their places have a form of their own. */
export type OwnDetails = Pick<Booking, 'name' | 'phone' | 'accessNeeds' | 'question'>

export const ownDetailNames = ['name', 'phone', 'accessNeeds', 'question'] as const satisfies Array<keyof OwnDetails>

/** A change of some of them; null: what there was goes. */
export type OwnChange = { [Detail in keyof OwnDetails]?: Exclude<OwnDetails[Detail], undefined> | null }

/** The details that a change makes otherwise than they are. */
export function changedBy (change: OwnChange, before: OwnDetails): Array<keyof OwnDetails> {
  return ownDetailNames.filter(name => change[name] !== undefined && (change[name] ?? undefined) !== before[name])
}
