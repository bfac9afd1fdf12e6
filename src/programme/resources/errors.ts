import { Conflict, DomainError, NotFound } from '../../platform/errors.ts'

export class ResourceNotFound extends NotFound {
  readonly refusal = 'resource-not-found'

  constructor () {
    super('There is no such resource.')
  }
}

export class ResourceNameTaken extends Conflict {
  readonly refusal = 'resource-name-taken'
  readonly title = 'This name is taken'

  constructor (name: string) {
    super(`There is a resource named ${name} already`)
  }
}

export class ResourceChanged extends Conflict {
  readonly refusal = 'resource-changed'
  readonly title = 'This has been changed'

  constructor () {
    super('Someone has changed this resource since you opened it. Your changes are not saved. ' +
      'Compare both below, then press “Save” to keep yours.')
  }
}

export class StockChanged extends Conflict {
  readonly refusal = 'stock-changed'
  readonly title = 'The stock has changed'

  constructor (stock: number) {
    super(`The stock has changed since you opened this page: there are ${stock} now. Press the button again if your change is still right.`)
  }
}

export class BelowPromised extends Conflict {
  readonly refusal = 'below-promised'
  readonly title = 'These are promised'

  constructor (promised: number) {
    super(`${promised} are promised to people who asked, so there cannot be fewer. Refuse a request first.`)
  }
}

export class DownloadNotFound extends NotFound {
  readonly refusal = 'download-not-found'

  constructor () {
    super('There is no such file, or not any more.')
  }
}

/** A file of another kind than those that we give out, whatever its name says. */
export class NotAFileToGiveOut extends DomainError {
  readonly refusal = 'not-a-file-to-give-out'
  readonly status = 400
  readonly title = 'This file cannot be given out'

  constructor () {
    super('Choose a PDF, PNG or JPEG file. This file is something else, whatever its name says.')
  }
}
