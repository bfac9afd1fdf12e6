import { Conflict } from '../../platform/errors.ts'

/** Why an activity cannot be shown to everyone, in a sentence. */
export class NotToBeReleased extends Conflict {
  readonly refusal = 'not-to-be-released'
  readonly title = 'This stays as it is'
}

/** Why an activity cannot be approved, sent back or asked about, in a sentence. */
export class NotToBeApproved extends Conflict {
  readonly refusal = 'not-to-be-approved'
  readonly title = 'This cannot be approved'
}

/** Some of the drafts that were chosen cannot be approved: why, in a sentence for each. Nothing was done. */
export class NotAllApproved extends Conflict {
  readonly refusal = 'not-all-approved'
  readonly title = 'Not all of these can be approved'
  readonly sentences: readonly string[]

  constructor (sentences: readonly string[]) {
    super('Not all of the activities you chose can be approved. Nothing is published yet.')
    this.sentences = sentences
  }
}
