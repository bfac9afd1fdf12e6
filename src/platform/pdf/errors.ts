import { DomainError } from '../errors.ts'

/** A document was not made: too many are asked for at once, or making it failed. Nothing else is affected. */
export class PdfNotMade extends DomainError {
  readonly refusal = 'pdf-not-made'
  readonly status = 503
  readonly title = 'We could not make the PDF'

  constructor () {
    super('Try again in a minute.')
  }
}
