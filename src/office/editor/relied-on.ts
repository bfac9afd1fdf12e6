/** What relies on an activity. */
export interface ReliedOn {
  /** Bookings of any kind that their holders know about. */
  bookings: number
  /** Holds that have not ended. */
  holds: number
  /** Whether people came or were written to. */
  wasUsed: boolean
  isLegallyHeld: boolean
  /** Activities that are another date of it. */
  otherDates: number
}

/**
 * Why an activity cannot be deleted: because it is no draft, or because of what relies on it. Undefined where it can.
 */
export function whyNotDeleted ({ status }: { status: string }, relied: ReliedOn): string | undefined {
  return status === 'draft' ? whyItStays(relied) : 'Only a draft can be deleted. Take this down first, or cancel it.'
}

/** Why a draft cannot be deleted, in a sentence or two; undefined where nothing relies on it. */
function whyItStays ({ bookings, holds, wasUsed, isLegallyHeld, otherDates }: ReliedOn): string | undefined {
  if (isLegallyHeld) return 'A legal hold was set on it, so everything about it stays.'
  if (bookings > 0) {
    return `${bookings === 1 ? '1 booking was' : `${bookings} bookings were`} made for it. ` +
      'It can be deleted once the details of everyone who booked are deleted.'
  }
  if (wasUsed) return 'People came to it or were emailed about it. The numbers that are left stay with it.'
  if (holds > 0) return 'Places are kept for an agency. Give the hold back first, and tell the agency.'
  if (otherDates > 0) return 'Another date was made of it. Delete that first, if it is a draft too.'
  return undefined
}
