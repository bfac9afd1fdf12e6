import { Conflict } from '../../platform/errors.ts'

export class NothingToAnswer extends Conflict {
  readonly refusal = 'nothing-to-answer'
  readonly title = 'There is nothing to answer'

  constructor () {
    super('There is nothing to answer any more: the access need was taken back, the booking has ended, or the activity is over.')
  }
}
