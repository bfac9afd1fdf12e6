import { DomainError } from '../../platform/errors.ts'

/** Someone who waits accepted or refused what nobody offered them. */
export class NothingOffered extends DomainError {
  readonly refusal = 'nothing-offered'

  constructor () {
    super('You are on the waiting list, and no place is offered to you at the moment.')
  }
}

/** The offer ran out, was answered before, or is of a booking that is no more. */
export class OfferEnded extends DomainError {
  readonly refusal = 'offer-ended'

  constructor () {
    super('This offer has ended.')
  }
}

/** Free places were open to the first who accepts, and somebody was. */
export class PlaceTaken extends DomainError {
  readonly refusal = 'place-taken'

  constructor (places: number) {
    super(places === 1
      ? 'Somebody else was quicker, and the place is gone. You keep your turn.'
      : 'Not enough places are left for you. You keep your turn.')
  }
}

/** An organiser meant somebody who waits, and by now they do not. */
export class NotWaiting extends DomainError {
  readonly refusal = 'not-waiting'

  constructor () {
    super('This booking is not on the waiting list any more.')
  }
}

/** Picking would overtake people whom the list serves in their order. */
export class NotByHand extends DomainError {
  readonly refusal = 'not-by-hand'

  constructor () {
    super('This waiting list gives places in its order. Let organisers pick by hand first.')
  }
}

export class PartyDoesNotFit extends DomainError {
  readonly refusal = 'party-does-not-fit'

  constructor (free: number, places: number) {
    const are = free === 1 ? '1 place is' : `${Math.max(free, 0)} places are`
    super(`${are} free, and this booking asks for ${places}.`)
  }
}

export class PriorityGroupUnknown extends DomainError {
  readonly refusal = 'priority-group-unknown'

  constructor () {
    super('This activity has no such priority group.')
  }
}

/** Another date must be one on which people can still book. */
export class DateWrong extends DomainError {
  readonly refusal = 'date-wrong'

  constructor (why: 'past' | 'closed') {
    super(why === 'past'
      ? 'The new date must be in the future.'
      : 'Booking for that date would have closed already: it closes as long before as for the first one. Choose a later date.')
  }
}
