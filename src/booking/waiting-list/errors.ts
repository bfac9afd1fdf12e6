import { Conflict } from '../../platform/errors.ts'

/** Someone who waits accepted or refused without having an offer. */
export class NothingOffered extends Conflict {
  readonly refusal = 'nothing-offered'
  readonly title = 'No place is offered to you yet'

  constructor () {
    super('You are on the waiting list, and no place is offered to you at the moment.')
  }
}

/** The offer ran out, was answered before, or belongs to a booking that no longer exists. */
export class OfferEnded extends Conflict {
  readonly refusal = 'offer-ended'
  readonly title = 'This offer has ended'

  constructor () {
    super('This offer has ended.')
  }
}

/** Free places were open to the first who accepts, and someone else was first. */
export class PlaceTaken extends Conflict {
  readonly refusal = 'place-taken'
  readonly title = 'Someone else was quicker'

  constructor (places: number) {
    super(places === 1
      ? 'Someone else was quicker, and the place is gone. You keep your turn.'
      : 'Not enough places are left for you. You keep your turn.')
  }
}

/** An organiser chose someone who waits, and by now they do not. */
export class NotWaiting extends Conflict {
  readonly refusal = 'not-waiting'
  readonly title = 'Not on the waiting list any more'

  constructor () {
    super('This booking is not on the waiting list any more.')
  }
}

/** Picking someone would overtake people, because the list serves them in order. */
export class NotByHand extends Conflict {
  readonly refusal = 'not-by-hand'
  readonly title = 'This list gives places in its order'

  constructor () {
    super('This waiting list gives places in order. To choose who gets one, first change how it works to “By hand”.')
  }
}

export class PartyDoesNotFit extends Conflict {
  readonly refusal = 'party-does-not-fit'
  readonly title = 'Not enough places are free'

  constructor (free: number, places: number) {
    const are = free === 1 ? '1 place is' : `${Math.max(free, 0)} places are`
    super(`${are} free, and this booking asks for ${places}.`)
  }
}

export class PriorityGroupUnknown extends Conflict {
  readonly refusal = 'priority-group-unknown'
  readonly title = 'There is no such group'

  constructor () {
    super('This activity has no such priority group.')
  }
}

/** The other date must be one for which people can still book. */
export class DateWrong extends Conflict {
  readonly refusal = 'date-wrong'
  readonly title = 'Choose another date'

  constructor (why: 'past' | 'closed') {
    super(why === 'past'
      ? 'The new date must be in the future.'
      : 'Booking for that date would have closed already. It closes as long before the start as for the first date. Choose a later date.')
  }
}
