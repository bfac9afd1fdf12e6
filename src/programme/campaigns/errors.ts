import { CommandError, Conflict, NotFound } from '../../platform/errors.ts'

export class CampaignNotFound extends NotFound {
  readonly refusal = 'campaign-not-found'

  constructor () {
    super('There is no such campaign.')
  }
}

export class AgencyNotFound extends NotFound {
  readonly refusal = 'agency-not-found'

  constructor () {
    super('There is no such agency.')
  }
}

/** Two agencies with one name could not be told apart in a list. */
export class AgencyNameTaken extends Conflict {
  readonly refusal = 'agency-name-taken'
  readonly title = 'This name is taken'

  constructor (name: string) {
    super(`There is an agency named ${name} already`)
  }
}

/** Someone has changed the texts of a campaign since they were read. */
export class CampaignChanged extends Conflict {
  readonly refusal = 'campaign-changed'
  readonly title = 'This has been changed'

  constructor () {
    super('Someone has changed this campaign since you opened it. Your changes are not saved. ' +
      'Compare both below, then press “Save” to keep yours.')
  }
}

/** How much still takes place or is booked in a district that is to be removed from the list. */
export interface DistrictInUse { district: string, activities: number, bookings: number }

export class DistrictsInUse extends Conflict {
  readonly refusal = 'districts-in-use'
  readonly title = 'People live there'
  readonly districts: readonly DistrictInUse[]

  constructor (districts: readonly DistrictInUse[]) {
    super('Something is still to come in districts that you are removing. Look at them below, and confirm that you want to remove them.')
    this.districts = districts
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
