import { Conflict } from '../../platform/errors.ts'

/** Why an activity cannot be shown to everyone, in a sentence. */
export class NotToBeDisclosed extends Conflict {
  readonly refusal = 'not-to-be-disclosed'
  readonly title = 'This stays as it is'
}
