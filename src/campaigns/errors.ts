import { CommandError, DomainError } from '../errors.ts'

export class CampaignNotFound extends DomainError {
  readonly refusal = 'campaign-not-found'

  constructor () {
    super('There is no such campaign.')
  }
}

export class CampaignExists extends CommandError {
  constructor (slug: string) {
    super(`There is a campaign ${slug} already.`)
  }
}

export class AgencyExists extends CommandError {
  constructor (slug: string) {
    super(`There is an agency ${slug} already.`)
  }
}
