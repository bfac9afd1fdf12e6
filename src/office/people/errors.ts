import { Conflict } from '../../platform/errors.ts'

export class NothingToAnswer extends Conflict {
  readonly refusal = 'nothing-to-answer'
  readonly title = 'There is nothing to answer'

  constructor () {
    super('There is nothing to answer any more: the access need was taken back, the booking has ended, or the activity is over.')
  }
}

export class AnsweredMeanwhile extends Conflict {
  readonly refusal = 'answered-meanwhile'
  readonly title = 'Somebody else has answered this'

  constructor () {
    super('Someone else has changed this since you opened the page. Read what it says now, then answer again.')
  }
}
