import { z } from 'zod'
import { bookingModes, kinds, visibilities } from '../../programme/activities/activity.ts'
import type { ActivityDraft } from '../../programme/activities/draft.ts'
import { localDay, wallClock } from '../../programme/activities/local-time.ts'
import { answer, answerInLine, answerInNumbers, optional } from '../../platform/http/form-answers.ts'
import { looksEqual, plainDay } from '../../platform/typed.ts'
import { dayWrong, readMoment, typedMoment } from './moment.ts'

export type Moment = 'starts' | 'ends' | 'opens' | 'closes' | 'embargo'

/** The fields of the form about an activity, in order. */
export const activityFields = [
  'title', 'summary', 'kind', 'all_day', 'starts_day', 'starts_time', 'starts_which', 'ends_day', 'ends_time', 'ends_which',
  'venue', 'secret_place', 'district', 'audiences', 'visibility', 'embargo_day', 'embargo_time', 'embargo_which', 'lead_agency',
  'partners', 'booking', 'capacity', 'places_per_booking',
  'opens_day', 'opens_time', 'opens_which', 'closes_day', 'closes_time', 'closes_which'
] as const
export type ActivityField = typeof activityFields[number]

/** The answers of the form as text; ticked partners are their ids joined by `;`. */
export type Answers = Record<ActivityField, string>

/** What answers may refer to, for the person who gives them. */
export interface Surroundings {
  /** Districts of the campaign; empty: any place name is accepted. */
  districts: readonly string[]
  agencies: ReadonlyArray<{ id: string, name: string }>
  /** The agency of an organiser who may lead only for that one; undefined: for any. */
  boundTo: string | undefined
  /** Whether they may change it only because they co-host it; see both-changed.ts. */
  asCoHost?: boolean
}

/** What is wrong with an answer, in a sentence; about the form as a whole where `field` is no field of it. */
export interface Wrong {
  field: ActivityField | 'form' | 'days'
  text: string
}

const kindMissing = 'Select what kind of activity it is'
const visibilityMissing = 'Select who may see it'
const bookingMissing = 'Select how people come to it'

const plainAnswers = z.object({
  title: answerInLine('Title', 'Enter a title', 200),
  summary: answer('Summary').trim()
    .refine(text => Array.from(text).length <= 5000, 'Summary must be 5,000 characters or fewer'),
  kind: answer('Kind', kindMissing).pipe(z.enum(kinds, kindMissing)),
  venue: optional(answerInLine('Venue', '', 200)),
  secret_place: z.string().transform(text => text === 'yes'),
  district: optional(answerInLine('District', '', 100)),
  audiences: answer('Who it is for')
    .transform(text => [...new Set(text.split(/[,;]/).map(audienceOf).filter(name => name !== ''))])
    .refine(names => names.length <= 20 && names.every(name => name.length <= 80 &&
      /^[\p{L}\p{N}]+(-[\p{L}\p{N}]+)*$/u.test(name)),
    'Who it is for must be names in letters and digits with commas between, like parents, carers'),
  visibility: answer('Who may see it', visibilityMissing).pipe(z.enum(visibilities, visibilityMissing)),
  booking: answer('How people come', bookingMissing).pipe(z.enum(bookingModes, bookingMissing)),
  capacity: optional(answerInNumbers('Places', 1, 100_000)),
  places_per_booking: answerInNumbers('Places in one booking', 1, 100)
})

function audienceOf (text: string): string {
  return text.trim().toLowerCase().replace(/\s+/g, '-')
}

/**
 * Reads the answers over an existing activity, or over the defaults: what the form does not ask stays. Returns
 * everything that is wrong with any of them at once.
 */
export function readAnswers (
  answers: Answers, base: ActivityDraft, around: Surroundings
): { draft: ActivityDraft } | { wrong: Wrong[] } {
  const wrong: Wrong[] = []
  const plain = readPlain(answers, base, around)
  for (const { path: [field], message } of plain.error?.issues ?? []) {
    wrong.push({ field: field as ActivityField, text: message })
  }
  const times = timesOf(answers, base.zone, wrong)
  const [bookingOpensAt, bookingClosesAt] = [
    maybeMoment('opens', 'booking opens'), maybeMoment('closes', 'booking closes')
  ]
  const embargoUntil = maybeMoment('embargo', 'the embargo ends')
  const agencies = agenciesOf(answers, base, around, wrong)
  if (plain.data !== undefined) {
    const { district, kind, venue } = plain.data
    const isOurs = around.districts.length === 0 || district === base.district || around.districts.includes(district ?? '')
    if (district !== undefined && !isOurs) {
      wrong.push({ field: 'district', text: 'Select a district of the campaign' })
    }
    if (kind === 'online-workshop' && venue !== undefined) {
      wrong.push({ field: 'venue', text: 'Leave the venue empty for an online workshop, or select another kind' })
    }
  }
  if (wrong.length > 0 || plain.data === undefined || times === undefined) return { wrong: inOrder(wrong) }

  const { places_per_booking: placesPerBooking, secret_place: hasSecretPlace, ...given } = plain.data
  const { capacity = base.capacity, ...rest } = given
  const window = { bookingOpensAt, bookingClosesAt }
  const saysNow = { ...rest, hasSecretPlace, embargoUntil, capacity, placesPerBooking }
  return { draft: { ...base, ...saysNow, ...times, ...window, ...agencies } }

  function maybeMoment (moment: Moment, what: string) {
    const typed = momentOf(answers, moment)
    if (typed.day === '' && typed.time === '') return undefined
    const read = readMoment(typed, base.zone, what)
    if ('at' in read) return read.at
    wrong.push({ field: `${moment}_${read.wrong}`, text: read.text })
    return undefined
  }
}

/**
 * The answers other than times and agencies. A text that looks unchanged is unchanged: a form brings back no more than
 * is visible.
 */
function readPlain (answers: Answers, base: ActivityDraft, { districts }: Surroundings) {
  const read = plainAnswers.safeParse(answers)
  if (!read.success) return read
  const { title, summary, venue, district } = read.data
  const current = (read: string | undefined, ...known: ReadonlyArray<string | undefined>) =>
    read && known.find(text => text !== undefined && looksEqual(text, read))
  return {
    ...read,
    data: {
      ...read.data,
      title: current(title, base.title) ?? title,
      summary: current(summary, base.summary) ?? summary,
      venue: current(venue, base.venue) ?? venue,
      district: current(district, base.district, ...districts) ?? district
    }
  }
}

function timesOf (
  answers: Answers, zone: string, wrong: Wrong[]
): Pick<ActivityDraft, 'startsAt' | 'endsAt' | 'allDay'> | undefined {
  const starts = momentOf(answers, 'starts')
  const typedEnd = momentOf(answers, 'ends')
  // Most activities end on the day on which they start: the day of the end may be left empty.
  const ends = { ...typedEnd, day: typedEnd.day === '' ? starts.day : typedEnd.day }
  if (answers.all_day === 'yes') {
    const about = {
      starts_day: dayWrong(starts.day, 'it starts'),
      ends_day: typedEnd.day === '' ? undefined : dayWrong(ends.day, 'it ends')
    }
    for (const field of ['starts_day', 'ends_day'] as const) {
      if (about[field] !== undefined) wrong.push({ field, text: about[field] })
    }
    const [first, last] = [localDay(starts.day, zone), localDay(ends.day, zone)]
    return first === undefined || last === undefined
      ? undefined
      : { startsAt: first.startsAt, endsAt: last.endsAt, allDay: true }
  }
  const start = readMoment(starts, zone, 'it starts')
  const end = readMoment(ends, zone, 'it ends')
  if ('wrong' in start) wrong.push({ field: `starts_${start.wrong}`, text: start.text })
  // A wrong day is reported once, for the start, where the end has no day of its own.
  if ('wrong' in end && !(end.wrong === 'day' && typedEnd.day === '')) {
    wrong.push({ field: `ends_${end.wrong}`, text: end.text })
  } else if (ends.time === '') {
    wrong.push({ field: 'ends_time', text: 'Enter the time at which it ends' })
  }
  return 'at' in start && 'at' in end ? { startsAt: start.at, endsAt: end.at, allDay: false } : undefined
}

/** Who leads and who takes part; someone who is bound to an agency cannot give its lead away. */
function agenciesOf (
  { lead_agency: lead, partners }: Answers, base: ActivityDraft, { agencies, boundTo }: Surroundings, wrong: Wrong[]
): Pick<ActivityDraft, 'leadAgencyId' | 'partnerAgencyIds'> {
  const isKnown = (id: string) => agencies.some(agency => agency.id === id)
  const isBound = boundTo !== undefined
  if (isBound && lead !== '' && lead !== base.leadAgencyId) {
    wrong.push({ field: 'form', text: 'Only the partnership’s own organisers choose which agency leads' })
  } else if (lead !== '' && !isKnown(lead)) {
    wrong.push({ field: 'lead_agency', text: 'Select an agency from the list' })
  }
  const ids = partners.split(';').filter(id => id !== '')
  if (!ids.every(isKnown)) wrong.push({ field: 'partners', text: 'Select agencies from the list' })
  return {
    leadAgencyId: isBound ? base.leadAgencyId : lead === '' ? undefined : lead,
    partnerAgencyIds: [...new Set(ids)].sort()
  }
}

function momentOf (answers: Answers, moment: Moment) {
  return {
    day: plainDay(answers[`${moment}_day`]), time: answers[`${moment}_time`].trim(), which: answers[`${moment}_which`]
  }
}

/** The sentences in the order of the form. */
export function inOrder (wrong: readonly Wrong[]): Wrong[] {
  const place = ({ field }: Wrong) => field === 'form' || field === 'days' ? -1 : activityFields.indexOf(field)
  return [...wrong].sort((one, other) => place(one) - place(other))
}

/** The answers that describe an activity: `readAnswers` gives it back. */
export function answersOf (draft: ActivityDraft): Answers {
  const { startsAt, endsAt, allDay, zone } = draft
  const starts = allDay
    ? { day: wallClock(startsAt, zone).slice(0, 10), time: '', which: '' }
    : typedMoment(startsAt, zone)
  // A form names the last day, where we store the midnight at its end.
  const ends = allDay
    ? { day: wallClock(endsAt.minus({ milliseconds: 1 }), zone).slice(0, 10), time: '', which: '' }
    : typedMoment(endsAt, zone)
  const [opens, closes] = [typedMoment(draft.bookingOpensAt, zone), typedMoment(draft.bookingClosesAt, zone)]
  const embargo = typedMoment(draft.embargoUntil, zone)
  return {
    title: draft.title,
    summary: draft.summary,
    kind: draft.kind,
    all_day: allDay ? 'yes' : '',
    starts_day: starts.day,
    starts_time: starts.time,
    starts_which: starts.which,
    ends_day: ends.day === starts.day ? '' : ends.day,
    ends_time: ends.time,
    ends_which: ends.which,
    venue: draft.venue ?? '',
    secret_place: draft.hasSecretPlace ? 'yes' : '',
    district: draft.district ?? '',
    audiences: draft.audiences.join(', '),
    visibility: draft.visibility,
    embargo_day: embargo.day,
    embargo_time: embargo.time,
    embargo_which: embargo.which,
    lead_agency: draft.leadAgencyId ?? '',
    partners: draft.partnerAgencyIds.join(';'),
    booking: draft.booking,
    capacity: draft.capacity?.toString() ?? '',
    places_per_booking: draft.placesPerBooking.toString(),
    opens_day: opens.day,
    opens_time: opens.time,
    opens_which: opens.which,
    closes_day: closes.day,
    closes_time: closes.time,
    closes_which: closes.which
  }
}
