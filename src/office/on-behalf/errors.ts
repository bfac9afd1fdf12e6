import { Conflict } from '../../platform/errors.ts'

/** No bookings for an activity that strangers cannot see yet: the links in the emails would lead to nothing. */
export class StillDraft extends Conflict {
  readonly refusal = 'not-bookable'
  readonly title = 'There is nothing to book'

  constructor () {
    super('This activity is a draft. Publish it before you book people in.')
  }
}

/** An address has at most one live booking of an activity, and another booking has this one. */
export class BookedThere extends Conflict {
  readonly refusal = 'booked-there'
  readonly title = 'There is a booking already'
  /** The booking that has the address. */
  readonly bookingId: string

  constructor (bookingId: string, sentence: string) {
    super(sentence)
    this.bookingId = bookingId
  }
}

/** Someone else changed the booking since its form was opened. */
export class DetailsChanged extends Conflict {
  readonly refusal = 'details-changed'
  readonly title = 'Someone else has changed this'

  constructor () {
    super('Someone else has changed this booking since you opened it. What you typed is below, beside what is there now. Nothing is saved yet.')
  }
}

const reasons = {
  'not-offered': 'This date cannot be chosen. Choose one of those below.',
  full: 'There is no longer room for them on that date. Choose another.',
  'party-too-large': 'That date gives fewer places to one booking. Choose another.',
  carried: 'They were put on this waiting list from another date’s, and never asked for this one. Move their booking on that other date.'
}

const turnReasons = {
  'never-lost': 'There is no turn to restore: this booking waits, has or had a place, or never waited.',
  'no-list': 'There is no waiting list any more on which to restore their turn.'
}

/** The person's turn on a waiting list cannot be restored. */
export class NoTurnToRestore extends Conflict {
  readonly refusal = 'no-turn-to-restore'
  readonly title = 'There is no turn to restore'

  constructor (why: keyof typeof turnReasons) {
    super(turnReasons[why])
  }
}

/** A booking cannot be moved to the chosen date. */
export class CannotMoveThere extends Conflict {
  readonly refusal = 'cannot-move-there'
  readonly title = 'Choose another date'

  constructor (why: keyof typeof reasons) {
    super(reasons[why])
  }
}

/** Someone who cannot be moved, and why; `there` is the booking that their address has on the other date. */
export interface Obstacle {
  why: 'carried' | 'party-too-large' | 'booked-there'
  name: string
  there?: { id: string, reference: string }
}

/** Why some of several people cannot be moved, who are named. */
const reasonsOf: Record<Obstacle['why'], (names: string, isOne: boolean) => string> = {
  'booked-there': (names, isOne) => `${names} ${isOne ? 'has a booking' : 'have bookings'} on that date already.`,
  'party-too-large': (names, isOne) => `${names} ${isOne ? 'has' : 'have'} more places than that date gives to one booking.`,
  carried: (names, isOne) =>
    `${names} ${isOne ? 'was' : 'were'} put on this waiting list from another date’s, and never asked for this one.`
}

const mostNamed = 5

/** Names in a sentence, of many the first. */
function named (names: readonly string[]): string {
  const said = names.length > mostNamed
    ? [...names.slice(0, mostNamed), `${names.length - mostNamed} more`]
    : names
  return new Intl.ListFormat('en-GB').format(said)
}

/** Some of several people cannot be moved, so none of them is: all of these are told at once. */
export class PeopleInTheWay extends Conflict {
  readonly refusal = 'people-in-the-way'
  readonly title = 'Choose another date'
  /** The bookings on the other date that the page links to. */
  readonly there: Array<{ name: string, bookingId: string }>

  constructor (obstacles: readonly Obstacle[]) {
    const of = (why: Obstacle['why']) => obstacles.filter(one => one.why === why).map(({ name }) => name)
    const told = (Object.keys(reasonsOf) as Array<Obstacle['why']>).filter(why => of(why).length > 0)
    super([
      ...told.map(why => reasonsOf[why](named(of(why)), of(why).length === 1)),
      told.includes('carried') ? 'Choose the others only.' : 'Choose another date, or the others only.'
    ].join(' '))
    this.there = obstacles.flatMap(({ name, there }) => there === undefined ? [] : { name, bookingId: there.id })
      .slice(0, mostNamed)
  }
}

/** Another date has not enough places for all who are to be moved there, so none of them is. */
export class TooFewPlaces extends Conflict {
  readonly refusal = 'too-few-places'
  readonly title = 'Choose another date'

  constructor (free: number, needed: number) {
    const places = needed === 1 ? '1 place' : `${needed} places`
    super(free === 0
      ? `That date has no place free for these people, who need ${places}. Choose another date.`
      : `That date has ${free === 1 ? '1 place' : `${free} places`} free, and these people need ${places}. Choose another date, or fewer people.`)
  }
}
