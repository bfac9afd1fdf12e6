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
