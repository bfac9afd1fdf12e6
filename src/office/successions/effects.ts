import { people } from '../../identity/staff/confirmation.ts'
import type { Effects } from '../../identity/staff/confirmation.ts'
import { calendarDayInWords } from '../../programme/activities/when.ts'
import type { Moves } from './moves.ts'
import type { Succession } from './succession.ts'

/** How many names a sentence has at most. */
const mostNamed = 20

/** What else is known of what passes. */
export interface Around {
  /** How many have booked or wait. */
  booked: number
  /** Texts that have the old name in them. */
  naming: ReadonlyArray<{ title: string, what: string }>
  /** Whether there is an agency of the successor's name. */
  isThere: boolean
}

/** What a succession does on its day, with the others that are planned for it. */
export function successionEffects (one: Succession, moves: Moves, { booked, naming, isThere }: Around): Effects {
  const { name, successor } = one
  const day = calendarDayInWords(one.day)
  const its = <What extends { by: Succession }>(all: readonly What[]) => all.filter(({ by }) => by.id === one.id)
  const [campaigns, run, led, kept] = [its(moves.campaigns), its(moves.run), its(moves.led), its(moves.kept)]
  const staff = its(moves.staff).filter(({ disabledAt }) => disabledAt === null)
  const left = moves.left.filter(activity => activity.with === name)
  const isAgency = one.agencyId !== undefined
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
      ...naming.length === 0
        ? []
        : [`“${name}” is also in texts that we do not change. Change them yourselves: ${listed(naming.map(({ title, what }) => `“${title}” (${what})`))}.`]
    ],
    changes: []
  }
}

/** A succession in one sentence. */
export function passes ({ name, successor, district, day }: Succession): string {
  return `From ${calendarDayInWords(day)} “${name}” becomes “${successor}”${district === '' ? '' : ` in ${district}`}.`
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
