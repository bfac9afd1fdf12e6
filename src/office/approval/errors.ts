import { Conflict } from '../../platform/errors.ts'

/** Why an activity cannot be shown to everyone, in a sentence. */
export class NotToBeReleased extends Conflict {
  readonly refusal = 'not-to-be-released'
  readonly title = 'This stays as it is'
}
