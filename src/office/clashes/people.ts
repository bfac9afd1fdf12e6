import { wordsOf } from './venue.ts'

/** Someone whom an activity needs, as far as what is known of them tells. */
export interface Person {
  /** What is the same where they are needed again. */
  key: string
  name: string
}

/** Who is said to be needed for an activity. */
export interface Needed {
  /** The agency that leads; undefined: the partnership. */
  leadAgencyId: string | undefined
  /** The organisation that entered it without an account, and runs it instead. */
  runBy: string | undefined
  hosts: ReadonlyArray<{ id: string, name: string }>
  /** Who looks after it: someone with an account, or someone who is only named. */
  owner: { id: string, name: string } | undefined
  ownerName: string
  /** As organisers typed it: `PC Sam Carter, 2 officers`. */
  staffing: string
}

/**
 * Who an activity needs. An account is one person wherever it is named, and so is the name of who looks after it. Names
 * among the staffing count within the agency that leads, or the organisation that runs it: of two agencies each may
 * have its own Sam Carter.
 */
export function peopleOf ({ leadAgencyId, runBy, hosts, owner, ownerName, staffing }: Needed): Person[] {
  const accounts = [...hosts, ...owner === undefined ? [] : [owner]]
  const named = isPerson(ownerName) ? [ownerName] : []
  const inAgency = [...accounts.map(({ name }) => name), ...named, ...namesIn(staffing)]
  const runner = runBy === undefined ? leadAgencyId ?? 'the partnership' : wordsOf(runBy).join(' ')
  const people = [
    ...accounts.map(({ id, name }) => ({ key: `account ${id}`, name })),
    ...named.map(name => ({ key: `name ${keyOf(name)}`, name })),
    ...inAgency.map(name => ({ key: `of ${runner}: ${keyOf(name)}`, name }))
  ]
  return [...new Map(people.map(person => [person.key, person])).values()]
}

/** Before names, and not part of them. */
const titles = new Set([
  'mr', 'mrs', 'ms', 'miss', 'mx', 'dr', 'rev', 'cllr', 'pc', 'pcso', 'dc', 'ds', 'di', 'ps', 'sgt', 'sergeant', 'insp', 'inspector'
])

/** What a group of people is called, or a kind of work: several at once are no clash. */
const notAPerson = /^(?:teams?|services?|units?|staff|officers?|volunteers?|workers?|cadets?|nurses?|students?|teachers?|wardens?|council|police|schools?|partnership|hub|trust|nhs|needed)$/

/** A name without its titles, in the form in which it counts. */
function keyOf (name: string): string {
  const words = wordsOf(name)
  return words.slice(words.findIndex(word => !titles.has(word))).join(' ')
}

/** True for a first name and a surname; with one word alone it is anybody. */
function isPerson (name: string): boolean {
  const words = keyOf(name).split(' ')
  return words.length >= 2 && words.length <= 4 && !words.some(word => notAPerson.test(word))
}

/** The people who are named in a text about staffing: two or more words with capitals, and no number. */
function namesIn (staffing: string): string[] {
  return staffing.split(/[,;\n&]|\band\b/)
    .map(part => part.replaceAll(/\([^)]*\)/g, '').trim())
    .filter(part => part.split(/\s+/).every(word => /^\p{Lu}[\p{L}.'’-]*$/u.test(word)) && isPerson(part))
}
