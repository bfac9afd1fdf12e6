import type { Names } from '../../identity/staff/queries.ts'
import type { OutcomeNumber } from '../../programme/activities/outcome-numbers.ts'
import { shortMoment } from '../../programme/activities/when.ts'
import type { Outcome, OutcomeField } from './outcome.ts'
import { unusualIn } from './outcome.ts'
import type { Asked } from './queries.ts'

/** What each number is called, how it is asked for, and how many there are of what. */
export const numbersInWords: Record<OutcomeNumber, { name: string, hint: string, counted: string }> = {
  peopleReached: {
    name: 'People reached', hint: 'Everyone who saw or heard you, at your stall or in your talk. An estimate is fine.', counted: 'people reached'
  },
  premisesVisited: { name: 'Premises visited', hint: 'Hotels, takeaways, taxi offices and others.', counted: 'premises visited' },
  leafletsGiven: { name: 'Leaflets given out', hint: 'Leaflets, posters, cards and wristbands together.', counted: 'leaflets' },
  conversations: {
    name: 'Conversations', hint: 'How many people you spoke with for more than a moment.', counted: 'conversations'
  }
}

export const outcomeFieldsInWords: Record<OutcomeField, string> = {
  tookPlace: 'Did it take place?',
  peopleReached: numbersInWords.peopleReached.name,
  premisesVisited: numbersInWords.premisesVisited.name,
  leafletsGiven: numbersInWords.leafletsGiven.name,
  conversations: numbersInWords.conversations.name,
  learnt: 'What you learnt'
}

/** What a field says; not said is never 0. */
export function saidAs (field: OutcomeField, text: string): string {
  if (text === '') return 'Not said'
  return field === 'tookPlace' ? (text === 'true' ? 'Yes' : 'No') : text
}

/** The questions about unusual numbers: “12,000 leaflets: is that right?” */
export function unusualInWords (outcome: Outcome): Array<{ number: OutcomeNumber, text: string }> {
  return unusualIn(outcome).map(({ number, count }) =>
    ({ number, text: `${count.toLocaleString('en-GB')} ${numbersInWords[number].counted}: is that right?` }))
}

const occasionsInWords: Record<string, string> = {
  first: 'Asked', 'after-3-days': 'Reminded', 'after-10-days': 'Reminded', 'before-due': 'Reminded for the last time'
}

/** One time that somebody was asked, in a line. */
export function askedInWords (
  { occasion, askedAt, sentAt, refusedAt, staffMemberId }: Asked, zone: string, names: Names
): string {
  const who = staffMemberId === undefined ? '' : ` ${names.get(staffMemberId) ?? 'someone who worked here'}`
  const end = refusedAt !== undefined ? '. The email was refused' : sentAt === undefined ? '. The email is on its way' : ''
  return `${occasionsInWords[occasion] ?? 'Asked again'}${who} on ${shortMoment(askedAt, zone)}${end}`
}
