import { Conflict, NotFound } from '../../platform/errors.ts'

export class BookingNotFound extends NotFound {
  readonly refusal = 'booking-not-found'
  override readonly title = 'Booking not found'

  constructor () {
    super('This link does not lead to a booking. We delete bookings some time after the activity.')
  }
}

/** The same for an ended link and for a link that we never made. */
export class LinkEnded extends NotFound {
  readonly refusal = 'booking-link-ended'
  override readonly title = 'This link does not work'

  constructor () {
    super('A newer link may have replaced it. Use the one in our latest email, or find your booking to get it again.')
  }
}

export class FullyBooked extends Conflict {
  readonly refusal = 'fully-booked'
  readonly title = 'Fully booked'

  constructor () {
    super('This activity is fully booked and has no waiting list.')
  }
}

export class TooManyPlaces extends Conflict {
  readonly refusal = 'too-many-places'
  readonly title = 'Too many places'

  constructor (limit: number) {
    super(limit === 1 ? 'You can book 1 place.' : `You can book up to ${limit} places.`)
  }
}

export class DistrictUnknown extends Conflict {
  readonly refusal = 'district-unknown'
  readonly title = 'The list of districts has changed'

  constructor () {
    super('Select the district you live in from the list.')
  }
}

export class NoPlacesLeft extends Conflict {
  readonly refusal = 'no-places-left'
  readonly title = 'Not enough places left'

  constructor () {
    super('There are not enough places left to add more to your booking.')
  }
}

/** People without an email address are called: without a number no one could tell them anything. */
export class PhoneNeeded extends Conflict {
  readonly refusal = 'phone-needed'
  readonly title = 'We need a phone number'

  constructor () {
    super('Enter a phone number: we have no email address for you.')
  }
}

export class AlreadyCancelled extends Conflict {
  readonly refusal = 'already-cancelled'
  readonly title = 'Already cancelled'

  constructor (bookings = 1) {
    super(bookings === 1 ? 'This booking has already been cancelled.' : 'These bookings have all been cancelled, or left the list, already.')
  }
}

/** Someone who was chosen from the list of attendees has no booking of the activity: not any more, or never. */
export class ChosenGone extends NotFound {
  readonly refusal = 'chosen-gone'
  override readonly title = 'Choose again'

  constructor () {
    super('Someone you chose is not on the list of this activity any more. They were moved to another date, or their details were deleted. Nothing is changed.')
  }
}

/** A form came again with the same answers, but the booking that it made is no longer live, or no longer here. */
export class BookingEnded extends Conflict {
  readonly refusal = 'sent-before'
  readonly title = 'This form was sent before'

  constructor () {
    super('This form was sent before, and its booking has been cancelled or has ended since. To book again, press the button once more.')
  }
}

/** Someone moved the booking to another activity between the lookup of its activity and the lock. */
export class BookingMoved extends Conflict {
  readonly refusal = 'booking-moved'
  readonly title = 'This booking has been moved'

  constructor () {
    super('This booking has just been moved to another date. Load the page again.')
  }
}
