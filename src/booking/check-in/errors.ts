import { Conflict } from '../../platform/errors.ts'
import type { CheckInState } from '../bookings/check-in-times.ts'

/** What someone typed is not the code of what they booked. It says no more, however near it is. */
export class WrongCode extends Conflict {
  readonly refusal = 'wrong-code'
  readonly title = 'This is not the code'

  constructor () {
    super('This is not the code. Check the last slide, or ask the host, and type it again.')
  }
}

/** It cannot be said now that someone was here: not yet, not any more, or they have no place. */
export class NotCheckInTime extends Conflict {
  readonly refusal = 'not-check-in-time'
  readonly title = 'You cannot do this now'

  constructor (state: Exclude<CheckInState, 'open'>) {
    super({
      'not-yet': 'You can do this when it is about to end. Nothing was changed.',
      over: 'It is too late to do this here. Nothing was changed.',
      'no-place': 'This booking has no place. Nothing was changed.'
    }[state])
  }
}
