import { NotFound } from '../../platform/errors.ts'

export class NoBadge extends NotFound {
  readonly refusal = 'no-badge'

  constructor () {
    super('There is no badge at this address. It is there once an activity has taken place.')
  }
}
