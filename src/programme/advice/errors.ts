import { Conflict, NotFound } from '../../platform/errors.ts'

export class AdviceNotFound extends NotFound {
  readonly refusal = 'advice-not-found'

  constructor () {
    super('There is no such page of advice, or it has been removed.')
  }
}

/** Someone has changed a page of advice since it was read. */
export class AdviceChanged extends Conflict {
  readonly refusal = 'advice-changed'
  readonly title = 'This has been changed'

  constructor () {
    super('Someone has changed this page since you opened it. Your changes are not saved. ' +
      'Compare both below, then press “Save” to keep yours.')
  }
}
