import { ofAgency, ofPartnership, successionOf } from './succession.ts'
import type { Succession } from './succession.ts'

/** A campaign that a partnership runs, or a district of it. */
export interface ConcernedCampaign {
  id: string
  title: string
  partnership: string
  /** Its last day, such as `2027-04-01`; undefined: it has none. */
  lastDay: string | undefined
  /** Whether it says who journalists turn to. */
  hasPress: boolean
  /** Who runs which district of it, where that is not who runs it. */
  districts: ReadonlyArray<{ district: string, partnership: string }>
}

/** An activity of such a campaign, or of an agency. */
export interface ConcernedActivity {
  id: string
  title: string
  campaignId: string
  /** The day on which it begins where it is. */
  startsOn: string
  district: string | undefined
  /** Who runs it at present. */
  partnership: string
  leadAgencyId: string | undefined
  ledAsId: string | undefined
}

/** Something else of an agency that is about an activity, or about none. */
interface OfAgency { id: string, agencyId: string }
interface AtActivity extends OfAgency { activityId: string }

/** Everything that successions can be about. */
export interface Concerned {
  campaigns: readonly ConcernedCampaign[]
  activities: readonly ConcernedActivity[]
  /** Agencies that take part in activities without leading them. */
  partners: ReadonlyArray<Omit<AtActivity, 'id'>>
  /** Places kept that have not returned. */
  holds: readonly AtActivity[]
  /** With those whose account is disabled. */
  staff: ReadonlyArray<OfAgency & { name: string, disabledAt: Date | null }>
  feeds: readonly OfAgency[]
  invitations: ReadonlyArray<OfAgency & { activityId: string }>
}

/** What passes, each with its succession. */
export type Passing<What> = What & { by: Succession }

export interface Moves {
  /** Campaigns that another partnership runs as a whole. */
  campaigns: Array<Passing<ConcernedCampaign>>
  /** Those of them in which journalists turn to someone else. */
  press: Array<Passing<ConcernedCampaign>>
  /** Districts of campaigns that another partnership runs. */
  districts: Array<Passing<{ campaignId: string, district: string }>>
  /** Activities that another partnership runs: those that begin on the day or later. */
  run: Array<Passing<ConcernedActivity>>
  /** Activities that another agency leads. */
  led: Array<Passing<ConcernedActivity>>
  /** Activities that began before, which another agency looks after: their pages and reports keep who led them. */
  kept: Array<Passing<ConcernedActivity>>
  partners: Array<Passing<Omit<AtActivity, 'id'>>>
  holds: Array<Passing<AtActivity>>
  staff: Array<Passing<Concerned['staff'][number]>>
  feeds: Array<Passing<OfAgency>>
  invitations: Array<Passing<OfAgency>>
  /** Activities that begin on the day or later, of what passes only in some districts, in none of these. */
  left: Array<ConcernedActivity & { with: string }>
}

/**
 * What the successions of one day move. What began before the day stays as it was for everyone who reads of it; who
 * looks after it follows its agency, whose people and papers they are.
 */
export function movesOf (concerned: Concerned, successions: readonly Succession[], day: string): Moves {
  const { campaigns, activities } = concerned
  const byId = new Map(activities.map(activity => [activity.id, activity]))
  const begins = ({ startsOn }: ConcernedActivity) => startsOn >= day
  const passingIn = (activity: ConcernedActivity) =>
    successionOf(successions, ofPartnership(activity.partnership), activity.district)
  const leadOf = ({ leadAgencyId, district }: ConcernedActivity) =>
    leadAgencyId === undefined ? undefined : successionOf(successions, ofAgency(leadAgencyId), district)
  const ofWhole = ({ agencyId }: { agencyId: string }) => successionOf(successions, ofAgency(agencyId), undefined)
  const inItsDistrict = ({ agencyId, activityId }: { agencyId: string, activityId: string }) => {
    const activity = byId.get(activityId)
    return activity === undefined || !begins(activity)
      ? undefined
      : successionOf(successions, ofAgency(agencyId), activity.district)
  }
  const going = campaigns.filter(({ id, lastDay }) => lastDay === undefined || lastDay >= day ||
    activities.some(activity => activity.campaignId === id && begins(activity)))
  const leads = passing(activities, leadOf)
  const whole = passing(going, ({ partnership }) => successionOf(successions, ofPartnership(partnership), undefined))
  return {
    campaigns: whole,
    press: whole.filter(({ hasPress, by: { press } }) => hasPress && press !== undefined),
    districts: going.flatMap(campaign => districtsOf(campaign, successions)),
    run: passing(activities.filter(begins), passingIn),
    led: leads.filter(begins),
    kept: leads.filter(activity => !begins(activity)),
    partners: passing(concerned.partners, inItsDistrict),
    holds: passing(concerned.holds, inItsDistrict),
    staff: passing(concerned.staff, ofWhole),
    feeds: passing(concerned.feeds, ofWhole),
    invitations: passing(concerned.invitations, ofWhole),
    left: activities.filter(begins).flatMap(activity => {
      const { partnership, leadAgencyId } = activity
      const stays = [
        ...passingIn(activity) === undefined ? [ofPartnership(partnership)] : [],
        ...leadAgencyId !== undefined && leadOf(activity) === undefined ? [ofAgency(leadAgencyId)] : []
      ]
      return successions.filter(({ agencyId, partnership }) =>
        stays.some(one => one.agencyId === agencyId && one.partnership === partnership))
        .slice(0, 1).map(({ name }) => ({ ...activity, with: name }))
    })
  }
}

/** Districts that pass by a name of their own, and those that had passed before to one that passes now. */
function districtsOf (campaign: ConcernedCampaign, successions: readonly Succession[]): Moves['districts'] {
  const { id: campaignId, districts } = campaign
  const named = successions.flatMap(({ district, agencyId }) => district === '' || agencyId !== undefined ? [] : [district])
  const all = [...new Set([...named, ...districts.map(({ district }) => district)])]
  return all.flatMap(district => {
    const own = districts.find(one => one.district === district)?.partnership
    const by = successionOf(successions, ofPartnership(own ?? campaign.partnership), district)
    // What no row names goes with the campaign.
    return by === undefined || (own === undefined && by.district === '') ? [] : [{ campaignId, district, by }]
  })
}

function passing<What> (all: readonly What[], by: (one: What) => Succession | undefined): Array<Passing<What>> {
  return all.flatMap(one => {
    const succession = by(one)
    return succession === undefined ? [] : [{ ...one, by: succession }]
  })
}

/** How many of what a succession moves. */
export type Counts = Record<Exclude<keyof Moves, 'left'>, number>

export function countsOf (moves: Moves, id: string): Counts {
  const count = (some: ReadonlyArray<{ by: Succession }>) => some.filter(({ by }) => by.id === id).length
  const { left: _, ...all } = moves
  return Object.fromEntries(Object.entries(all).map(([what, some]) => [what, count(some)])) as Counts
}
