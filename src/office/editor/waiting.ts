import type { DateTime } from 'luxon'
import type { Reader } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Visibility } from '../../programme/activities/activity.ts'
import { isForCoordinators, readByEveryone } from '../../programme/activities/approval.ts'
import type { ActivityDraft, CurrentActivity } from '../../programme/activities/draft.ts'
import { answersOf, readAnswers } from './answers.ts'
import type { Answers, Surroundings } from './answers.ts'
import { unitNames, units, unitsChanged } from './both-changed.ts'
import type { Unit } from './both-changed.ts'
import { problemsWith } from './problems.ts'
import { changesOf, onlyOf, withChanges } from './proposals.ts'
import type { Changes, Proposal } from './proposals.ts'

/** What of an activity each part of the form is about, by what stands for it. */
const aboutOf: Readonly<Record<Unit, keyof ActivityDraft>> = {
  title: 'title',
  summary: 'summary',
  kind: 'kind',
  when: 'startsAt',
  venue: 'venue',
  district: 'district',
  audiences: 'audiences',
  visibility: 'visibility',
  embargo: 'embargoUntil',
  lead_agency: 'leadAgencyId',
  partners: 'partnerAgencyIds',
  booking: 'booking',
  places_per_booking: 'placesPerBooking',
  opens: 'bookingOpensAt',
  closes: 'bookingClosesAt'
}

/** Where and by whom an activity is read: what decides whose approval it needs. */
type Place = Pick<ActivityDraft, 'campaignId' | 'district' | 'visibility'>

/**
 * Whether a coordinator has to approve that an activity becomes as someone wants it: one of the district in which it
 * is, and of the one in which it is to be. What is to be hidden needs nobody's leave.
 */
async function isForOthers (
  db: Reader, current: Pick<Place, 'district'>, { campaignId, district, visibility }: Place, by: StaffMember
): Promise<boolean> {
  return await isForCoordinators(db, { campaignId, district, visibility }, by) ||
    await isForCoordinators(db, { campaignId, visibility, district: current.district }, by)
}

/** Whether the change that waits is of somebody like this: of those who cannot approve it. */
export async function continues (
  db: Reader, { current, proposal }: { current: CurrentActivity, proposal: Proposal | undefined }, by: StaffMember
): Promise<boolean> {
  return proposal !== undefined && await isForOthers(db, current, placeOf(current, proposal), by)
}

/** Where and by whom an activity is read once the change is approved that waits. */
export function placeOf (current: CurrentActivity, { changes }: Pick<Proposal, 'changes'>): Place {
  const { district, visibility } = withChanges(answersOf(current), changes)
  return {
    campaignId: current.campaignId,
    district: district === '' ? undefined : district,
    visibility: visibility as Visibility
  }
}

/**
 * What the form shows: the activity as it is; to those whose change waits, as it is to be with that. So they go on
 * where they were, and saving it again loses nothing.
 */
export function shownIn (
  { current, proposal, isTheirs }: { current: CurrentActivity, proposal: Proposal | undefined, isTheirs: boolean }
): Answers {
  const asItIs = answersOf(current)
  return proposal === undefined || !isTheirs ? asItIs : withChanges(asItIs, proposal.changes)
}

/**
 * The parts of what someone wants that wait for a coordinator; none of a draft. What would be wrong without them waits
 * with them, such as a time at which booking closes after a later end. Hiding a place waits for nobody.
 */
export async function unitsToWait (
  db: Reader, { current, wanted, around }: { current: CurrentActivity, wanted: ActivityDraft, around: Surroundings },
  by: StaffMember, now: DateTime<true>
): Promise<Unit[]> {
  const changed = unitsChanged(answersOf(current), answersOf(wanted))
  const read = changed.filter(unit =>
    readByEveryone.has(aboutOf[unit]) && !(unit === 'venue' && isOnlyHidden(current, wanted)))
  if (current.status !== 'published' || read.length === 0) return []
  if (!await isForOthers(db, current, wanted, by)) return []
  const rest = readAnswers(answersWithout(read, { current, wanted }), current, around)
  return 'wrong' in rest || problemsWith(current, rest.draft, now).length > 0 ? changed : read
}

/** Whether the place is as it was, and only people who have one are told it from now on: that cannot wait. */
function isOnlyHidden (current: ActivityDraft, wanted: ActivityDraft): boolean {
  return !current.hasSecretPlace && wanted.hasSecretPlace && current.venue === wanted.venue
}

/** The answers that are wanted, with some parts as they are now. */
export function answersWithout (
  parts: readonly Unit[], { current, wanted }: { current: ActivityDraft, wanted: ActivityDraft }
): Answers {
  const answers = answersOf(wanted)
  const asItIs = answersOf(current)
  for (const field of parts.flatMap(unit => units[unit])) answers[field] = asItIs[field]
  return answers
}

/** An edit, and the change that waited before it. */
interface Edited {
  current: CurrentActivity
  wanted: ActivityDraft
  proposal: Proposal | undefined
  isTheirs: boolean
  /** The parts in which it differs from what the form showed. */
  touched: readonly Unit[]
  /** The parts that are to wait. */
  waiting: readonly Unit[]
}

/**
 * What waits after an edit, if it is another change than before or is asked anew; undefined: it stays. Those whose
 * change waits go on with it: of what they did not touch, it stays known what it was when they first asked. What
 * someone else asks for is added to what waits.
 */
export function proposedBy (
  { current, wanted, proposal, isTheirs, touched, waiting }: Edited
): Changes | undefined {
  const fresh = changesOf(answersOf(current), answersOf(wanted), waiting)
  if (proposal === undefined) return waiting.length === 0 ? undefined : fresh
  if (!isTheirs) {
    const next = { ...onlyOf(proposal.changes, unitNames.filter(unit => !waiting.includes(unit))), ...fresh }
    const isTheSame = isSame(next, proposal.changes) && proposal.returned === undefined
    return waiting.length === 0 || isTheSame ? undefined : next
  }
  const next = { ...fresh, ...onlyOf(proposal.changes, waiting.filter(unit => !touched.includes(unit))) }
  const isAskedAnew = proposal.returned !== undefined &&
    (touched.length === 0 || touched.some(unit => waiting.includes(unit)))
  return isAskedAnew || !isSame(next, proposal.changes) ? next : undefined
}

function isSame (one: Changes, other: Changes): boolean {
  const inOneOrder = (changes: Changes) => JSON.stringify(Object.entries(changes).sort(([a], [b]) => a < b ? -1 : 1))
  return inOneOrder(one) === inOneOrder(other)
}
