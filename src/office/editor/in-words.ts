import type { Visibility } from '../../programme/activities/activity.ts'
import type { BookingWindow } from '../../programme/activities/booking-window.ts'
import { localTime } from '../../programme/activities/local-time.ts'
import { kindInWords } from '../../programme/activities/page.ts'
import { timeInWords } from '../../programme/activities/when.ts'
import type { Change } from '../../identity/staff/confirmation.ts'
import type { Answers, Moment, Surroundings } from './answers.ts'
import { units, unitsChanged } from './both-changed.ts'
import type { Unit } from './both-changed.ts'

/** Who sees an activity. */
export const visibilityInWords: Record<Visibility, { name: string, who: string }> = {
  public: { name: 'Everyone', who: 'It is on the programme for parents, and in the public calendar.' },
  partners: { name: 'Partners only', who: 'Staff of the partnership, and of every partner agency once it is published.' },
  agency: { name: 'Agency only', who: 'Staff of the partnership, and of the agencies that lead it or take part.' },
  operational: { name: 'Operational', who: 'Only people you name, those who host or co-host it, and admins. You are named at once. Disruption and compliance visits must be this.' }
}

/** How people come to an activity. */
export const bookingInWords: Record<BookingWindow['booking'], string> = {
  none: 'Nobody books: it is news, a poster or work of our own',
  'drop-in': 'People drop in, without booking',
  places: 'People book places',
  invitation: 'By invitation only'
}

const toldOnlyInWords = 'told only to people who have a place'

/** What each part of an activity is called in the list of changes. */
export const unitInWords: Record<Unit, string> = {
  title: 'Title',
  summary: 'Summary',
  kind: 'Kind',
  when: 'When',
  venue: 'Venue',
  district: 'District',
  audiences: 'Who it is for',
  visibility: 'Who may see it',
  embargo: 'Keep it from the public until',
  lead_agency: 'Led by',
  partners: 'Taking part',
  booking: 'How people come',
  places_per_booking: 'Places in one booking',
  opens: 'Booking opens',
  closes: 'Booking closes'
}

/** The parts in which two activities differ, as people say them. */
export function changesInWords (before: Answers, after: Answers, around: Surroundings): Change[] {
  return unitsChanged(before, after).map(unit => ({
    what: unitInWords[unit], from: inWords(before, unit, around), to: inWords(after, unit, around)
  }))
}

/** A part of an activity, in words. */
export function inWords (answers: Answers, unit: Unit, { agencies }: Surroundings): string {
  const nameOf = (id: string) => agencies.find(agency => agency.id === id)?.name ?? 'an agency'
  const words = wordsOf()
  return words === '' ? 'Nothing' : words

  function wordsOf (): string {
    switch (unit) {
      case 'when': return whenTyped(answers)
      case 'kind': return kindInWords[answers.kind as keyof typeof kindInWords]
      case 'visibility': return visibilityInWords[answers.visibility as Visibility].name
      case 'booking': return bookingInWords[answers.booking as BookingWindow['booking']]
      case 'lead_agency': return answers.lead_agency === '' ? 'The partnership' : nameOf(answers.lead_agency)
      case 'partners': return answers.partners.split(';').filter(id => id !== '').map(nameOf).join(', ')
      case 'audiences': return answers.audiences === '' ? 'Everyone' : answers.audiences
      case 'venue': return [answers.venue, ...answers.secret_place === 'yes' ? [toldOnlyInWords] : []].join(': ')
      case 'embargo':
      case 'opens':
      case 'closes': return momentTyped(answers, unit)
      default: return units[unit].map(field => answers[field]).join(' ')
    }
  }
}

function whenTyped (answers: Answers): string {
  const starts = momentTyped(answers, 'starts')
  const ends = momentTyped(answers, 'ends')
  if (answers.all_day === 'yes') return ends === '' ? `${starts}, all day` : `${starts} to ${ends}`
  return `${starts} to ${ends}`
}

function momentTyped (answers: Answers, moment: Moment): string {
  const [day, time, which] = [answers[`${moment}_day`], answers[`${moment}_time`], answers[`${moment}_which`]]
  const at = localTime(`${day} 12:00`, 'utc')?.at
  const dayShown = at?.setLocale('en-GB').toFormat('cccc d LLLL yyyy') ?? ''
  const clock = localTime(`2026-12-01 ${time}`, 'utc')?.at
  const timeShown = clock === undefined ? '' : timeInWords(clock, 'utc')
  const twice = which === '' ? '' : which === 'first' ? ' (the first)' : ' (the second)'
  return [dayShown, timeShown === '' ? [] : `${timeShown}${twice}`].flat().filter(text => text !== '').join(', ')
}
