import { Conflict, NotFound } from '../../platform/errors.ts'

/** It has been carried out: what passed is not taken back. */
export class SuccessionDone extends Conflict {
  readonly refusal = 'succession-done'
  readonly title = 'This is done'

  constructor () {
    super('Its day has come and it is done, so it cannot be withdrawn. Plan another change to move things on.')
  }
}

/** It was withdrawn, or never planned. */
export class SuccessionNotPlanned extends NotFound {
  readonly refusal = 'succession-not-planned'
  override readonly title = 'This is not planned any more'

  constructor () {
    super('This change is not planned any more: someone has withdrawn it.')
  }
}

/** Nothing passes to itself. */
export class SuccessorIsSame extends Conflict {
  readonly refusal = 'successor-is-same'
  readonly title = 'This is the same name'

  constructor () {
    super('Enter another name than the one it has now')
  }
}

/** On one day it could only pass to one. */
export class AlreadyPasses extends Conflict {
  readonly refusal = 'already-passes'
  readonly title = 'This is planned already'

  constructor (name: string, where: string) {
    super(`It is planned already where ${name} goes on that day ${where}. Withdraw that first`)
  }
}

/** What someone receives on a day would pass on the same day: the outcome would depend on which is done first. */
export class PassesOn extends Conflict {
  readonly refusal = 'passes-on'
  readonly title = 'This would pass on at once'

  constructor (name: string) {
    super(`${name} hands over and takes over on the same day. Choose another day, or name who has it in the end`)
  }
}

/** Replies to one successor go to one address. */
export class RepliesGoElsewhere extends Conflict {
  readonly refusal = 'replies-go-elsewhere'
  readonly title = 'Replies go to another address'

  constructor (successor: string, address: string) {
    super(`It is planned already that replies to ${successor} go to ${address}. Enter the same address, or none`)
  }
}

/** What was to pass is not there. */
export class PredecessorGone extends Conflict {
  readonly refusal = 'predecessor-gone'
  readonly title = 'This is not there any more'

  constructor () {
    super('Nothing has that name any more. Load the page again and choose from the list')
  }
}
