import { Conflict, NotFound } from '../../platform/errors.ts'

/** There is none, or it is someone else's. */
export class StandingListNotFound extends NotFound {
  readonly refusal = 'standing-list-not-found'

  constructor () {
    super('There is no such list, or it is not yours.')
  }
}

/** Its owner has changed it elsewhere since this form was shown. */
export class StandingListChanged extends Conflict {
  readonly refusal = 'standing-list-changed'
  readonly title = 'This has been changed'

  constructor () {
    super('You have changed this list in another window since you opened this one.')
  }
}

/** Its moment has passed already. */
export class TooLate extends Conflict {
  readonly refusal = 'standing-list-too-late'
  readonly title = 'This is too late'

  constructor () {
    super('The activity begins sooner than that. Enter fewer hours')
  }
}

/** There is nothing that it can be about any more. */
export class ScopeGone extends Conflict {
  readonly refusal = 'standing-list-scope-gone'
  readonly title = 'This list is not sent any more'

  constructor () {
    super('What this list was about is deleted, or you cannot see its attendees any more.')
  }
}
