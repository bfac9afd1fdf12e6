import { people } from '../../identity/staff/confirmation.ts'
import type { Effects } from '../../identity/staff/confirmation.ts'
import { calendarDayInWords } from '../../programme/activities/when.ts'
import type { Counts, Moves } from './moves.ts'
import type { Succession, SuccessorPress } from './succession.ts'

/** How many names a sentence has at most. */
const mostNamed = 20

/** What else is known of what passes. */
export interface Around {
  /** How many have booked or wait. */
  booked: number
  /** Texts that have the old name in them. */
  naming: ReadonlyArray<{ title: string, what: string }>
  /** Where replies to emails of a partnership go from that day on; undefined: to the address that sends them. */
  replyTo: string | undefined
  /** Whether there is an agency of the successor's name. */
  isThere: boolean
}

/** What a succession does on its day, with the others that are planned for it. */
export function successionEffects (
  one: Succession, moves: Moves, { booked, naming, replyTo, isThere }: Around
): Effects {
  const { name, successor } = one
  const day = calendarDayInWords(one.day)
  const its = <What extends { by: Succession }>(all: readonly What[]) => all.filter(({ by }) => by.id === one.id)
  const [campaigns, run, led, kept] = [its(moves.campaigns), its(moves.run), its(moves.led), its(moves.kept)]
  const staff = its(moves.staff).filter(({ disabledAt }) => disabledAt === null)
  const left = moves.left.filter(activity => activity.with === name)
  const isAgency = one.agencyId !== undefined
  const [press, pressKept] = [its(moves.press), campaigns.filter(({ hasPress }) => hasPress && one.press === undefined)]
  return {
    sentences: [
      passes(one),
      ...isAgency && !isThere ? [`“${successor}” is added to the agencies on that day.`] : [],
      ...named(campaigns, '1 campaign is', 'campaigns are', `run by “${successor}” as a whole`),
      ...named(run, '1 activity from that day on is', 'activities from that day on are', `run by “${successor}”`),
      ...named(led, '1 activity from that day on is', 'activities from that day on are', `led by “${successor}”`),
      ...kept.length === 0
        ? []
        : [`${activities(kept.length)} before ${day}, ${kept.length === 1 ? 'which' : 'all of which'} “${successor}” looks after from then on: pages and reports still say “${name}”.`],
      ...counted(its(moves.partners).length, 'activity has', 'activities have', `“${successor}” taking part instead`),
      ...counted(its(moves.holds).length, 'group of kept places passes', 'groups of kept places pass', `to “${successor}”. Codes stay as they are`),
      ...staff.length === 0
        ? []
        : [`${people(staff.length, 'works', 'work')} for “${successor}” from then on, and can do what they do now: ${listed(staff.map(person => person.name))}.`],
      ...counted(its(moves.feeds).length, 'calendar link shows', 'calendar links show', `what “${successor}” may know of. The links stay as they are`),
      ...counted(its(moves.invitations).length, 'invitation to co-host is', 'invitations to co-host are', `for “${successor}”`),
      ...left.length === 0
        ? []
        : [`${activities(left.length)} from that day on stay${left.length === 1 ? 's' : ''} with “${name}”, because no change is planned for where ${left.length === 1 ? 'it is' : 'they are'}: ${listed(left.map(({ title }) => `“${title}”`))}.`],
      ...isAgency && !moves.staff.some(({ by }) => by.agencyId === one.agencyId)
        ? [`People who work for “${name}”, if any, stay with it. You can change that on their accounts.`]
        : [],
      `Links, bookings, waiting lists and calendar entries stay as they are. ${booked === 0 ? 'Nobody is emailed' : `${people(booked, 'has', 'have')} booked or wait${booked === 1 ? 's' : ''}: nobody is emailed`}. Emails from that day on have the new name.`,
      ...isAgency ? [] : [repliesGo(one, replyTo)],
      ...one.press === undefined ? [] : named(press, '1 campaign sends', 'campaigns send', `journalists to ${pressInWords(one.press)}`),
      ...named(pressKept, '1 campaign keeps', 'campaigns keep', 'the press contact of now'),
      ...naming.length === 0
        ? []
        : [`“${name}” is also in texts that we do not change. Change them yourselves: ${listed(naming.map(({ title, what }) => `“${title}” (${what})`))}.`]
    ],
    changes: []
  }
}

function repliesGo ({ successor, district }: Succession, replyTo: string | undefined): string {
  if (replyTo === undefined) return 'Replies to emails still go to the address that sends them. Plan another address here if nobody there reads them.'
  const before = district === '' ? ', and about what was before,' : ''
  return `Replies to emails about what “${successor}” runs${before} go to ${replyTo} from then on.`
}

function pressInWords ({ pressContact, pressEmail, pressPhone }: SuccessorPress): string {
  const reached = [pressEmail, pressPhone].filter(said => said !== '').join(' and ')
  return pressContact === '' ? reached : `“${pressContact}” (${reached})`
}

/** What only people can do, for those who are emailed of it: without titles of activities, which may be secret. */
export function leftToPeople (
  one: Succession, { naming, moved, isSplit }: { naming: Around['naming'], moved: Partial<Counts>, isSplit: boolean }
): string[] {
  const { name, agencyId } = one
  const texts = naming.filter(({ what }) => what !== 'activity')
  const others = naming.filter(({ what }) => what === 'activity')
  return [
    ...texts.length === 0
      ? []
      : [`“${name}” is still in these texts. Change them: ${listed(texts.map(({ title, what }) => `“${title}” (${what})`))}.`],
    ...others.length === 0
      ? []
      : [`“${name}” is still in the title or summary of ${activities(others.length)} to come. Change ${others.length === 1 ? 'it' : 'them'}.`],
    ...isSplit && (moved.staff ?? 0) > 0
      ? ['Look at the accounts of the people who passed: each may belong to another agency.']
      : [],
    ...agencyId === undefined
      ? ['Emails still come from the same address. If its mailbox is to end, tell the person who runs this service.']
      : []
  ]
}

const passed: Record<keyof Counts, readonly [one: string, many: string]> = {
  campaigns: ['campaign', 'campaigns'],
  press: ['press contact', 'press contacts'],
  districts: ['district of a campaign', 'districts of campaigns'],
  run: ['activity with a new name on it', 'activities with a new name on them'],
  led: ['activity to lead', 'activities to lead'],
  kept: ['earlier activity to look after', 'earlier activities to look after'],
  partners: ['activity to take part in', 'activities to take part in'],
  holds: ['group of kept places', 'groups of kept places'],
  staff: ['account', 'accounts'],
  feeds: ['calendar link', 'calendar links'],
  invitations: ['invitation to co-host', 'invitations to co-host']
}

/** How many of what passes, or passed; empty: nothing. */
export function countsInWords (counts: Partial<Counts>): string {
  return (Object.keys(passed) as Array<keyof Counts>).flatMap(what => {
    const count = counts[what] ?? 0
    return count === 0 ? [] : [`${count} ${passed[what][count === 1 ? 0 : 1]}`]
  }).join(', ')
}

/** A succession in one sentence. */
export function passes (one: Succession): string {
  return `From ${calendarDayInWords(one.day)} ${becomes(one)}.`
}

/** The same where the day is said once for all of them. */
export function becomes ({ name, successor, district }: Succession): string {
  return `“${name}” becomes “${successor}”${district === '' ? '' : ` in ${district}`}`
}

function activities (count: number): string {
  return count === 1 ? '1 activity' : `${count} activities`
}

function named (all: ReadonlyArray<{ title: string }>, one: string, many: string, what: string): string[] {
  return all.length === 0
    ? []
    : [`${all.length === 1 ? one : `${all.length} ${many}`} ${what}: ${listed(all.map(({ title }) => `“${title}”`))}.`]
}

function counted (count: number, one: string, many: string, what: string): string[] {
  return count === 0 ? [] : [`${count} ${count === 1 ? one : many} ${what}.`]
}

function listed (names: readonly string[]): string {
  const more = names.length - mostNamed
  return more > 0 ? `${names.slice(0, mostNamed).join(', ')} and ${more} more` : names.join(', ')
}
