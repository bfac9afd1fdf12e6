import type { Booking } from '../bookings/booking.ts'

/** Whether letters reach whoever made a booking, as far as is known. */
export function isReached ({ email, unreachableAt }: Pick<Booking, 'email' | 'unreachableAt'>): boolean {
  return email !== undefined && unreachableAt === undefined
}

/** What it means that somebody is owed a letter and none reaches them. */
export const notReached =
  'Letters do not reach them: they are on the list of people to telephone until you have told them.'
