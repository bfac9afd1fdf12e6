import { Conflict, NotFound } from '../../platform/errors.ts'

/** Nobody made this feed, or it was ended: nothing tells which. */
export class FeedNotFound extends NotFound {
  readonly refusal = 'feed-not-found'

  constructor () {
    super('There is no such calendar.')
  }
}

/** A form that makes a feed was sent once more: its address was shown, and is not kept. */
export class FeedMadeBefore extends Conflict {
  readonly refusal = 'feed-made-before'
  readonly title = 'This link was shown before'

  constructor () {
    super('This link was made already, and it is shown only once. If you did not keep it, end it and make another')
  }
}
