import { NotFound } from '../../platform/errors.ts'

/** A text that was deleted, by someone else or by the first press of the button. */
export class TextNotFound extends NotFound {
  readonly refusal = 'evaluation-text-not-found'
  override readonly title = 'This text is not here any more'

  constructor () {
    super('It has been deleted already.')
  }
}

/** There is no such question, or nobody counts its answers. */
export class ResultNotFound extends NotFound {
  readonly refusal = 'evaluation-result-not-found'

  constructor () {
    super('There are no answers to show here.')
  }
}
