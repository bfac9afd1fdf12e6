import { DateTime } from 'luxon'
import type { ActivityDraft } from '../../programme/activities/draft.ts'
import { objectionsTo } from '../../programme/activities/objections.ts'
import { calendarDayInWords, lastDayOf } from '../../programme/activities/when.ts'
import { daysOf, entryAudiences } from '../../programme/entries/entry-form.ts'
import type { EntryCampaign, EntryForm } from '../../programme/entries/entry-form.ts'
import { notForEveryone } from '../../programme/support/public-text.ts'
import { plainDay } from '../../platform/typed.ts'
import { answersOf, readAnswers } from '../editor/answers.ts'
import type { Answers, Surroundings, Wrong } from '../editor/answers.ts'
import { readMoment } from '../editor/moment.ts'
import { newDraft } from '../editor/new-draft.ts'
import { firstDayOf } from '../editor/repeats.ts'

/** What is read depends on the form, the campaign, and the activity as it is or as an empty form begins. */
export interface Surrounding { form: EntryForm, campaign: EntryCampaign, base: ActivityDraft }

/** What someone says about their activity. */
export interface ReadEntry { answers: Answers, draft: ActivityDraft }

/** The draft that an empty form begins with: led by the partnership, and never with places to book. */
export function baseOf ({ id, slug, title, zone, districts }: EntryCampaign, form: Pick<EntryForm, 'visibility'>): ActivityDraft {
  const empty = newDraft({ id, slug, title, zone, districts: [...districts] }, undefined, undefined)
  return { ...empty, visibility: form.visibility }
}

/**
 * Reads what was typed about an activity by the editor's own rules, and by those for people without an account: the
 * kinds and days that the campaign takes, and nothing that is one person's own. Returns everything that is wrong.
 */
export function readEntered (
  typed: Readonly<Record<string, string>>, { form, campaign, base }: Surrounding
): ReadEntry | { wrong: Wrong[] } {
  const answers = answersFrom(typed, base)
  const wrong: Wrong[] = []
  const refuse = (field: Wrong['field'], text: string) => {
    if (wrong.every(one => one.field !== field)) wrong.push({ field, text })
  }
  // Who leads it and takes part is not theirs to change.
  const agencies = base.partnerAgencyIds.map(id => ({ id, name: '' }))
  const around = { districts: campaign.districts, agencies, boundTo: base.leadAgencyId ?? 'nobody' }
  const read = readAnswers(answers, base, around)
  if ('wrong' in read) for (const { field, text } of read.wrong) refuse(...shownOn(field, text))

  // What organisers have made of it stays as it is.
  const isNew = (field: keyof Answers, was: string | undefined) => answers[field] !== (was ?? '')
  if (isNew('kind', base.kind) && !(form.kinds as readonly string[]).includes(answers.kind)) refuse('kind', 'Select what kind of activity it is')
  if (!['none', 'drop-in'].includes(answers.booking) && answers.booking !== base.booking) refuse('booking', 'Select whether anyone can come')
  if (answers.summary.trim() === '') refuse('summary', 'Say what happens, in a few sentences')
  if (answers.venue.trim() === '' && answers.booking === 'drop-in') refuse('venue', 'Enter where it is, so that people find it')
  if (campaign.districts.length > 0 && isNew('district', base.district) && !campaign.districts.includes(answers.district)) {
    refuse('district', 'Select the district')
  }
  for (const [field, noun] of [['title', 'Title'], ['venue', 'Where it is'], ['summary', 'What happens']] as const) {
    const because = notForEveryone(answers[field])
    if (because !== undefined) refuse(field, `${noun} ${because}`)
  }
  if (typed.all_day === 'yes' && (typed.starts_time ?? '').trim() + (typed.ends_time ?? '').trim() !== '') {
    refuse('all_day', 'It cannot last all day and have times. Untick this, or leave the times empty')
  }
  if (typed.all_day !== 'yes') {
    // Also where the day is wrong, which `readMoment` says first.
    for (const [moment, what] of [['starts', 'it starts'], ['ends', 'it ends']] as const) {
      const at = readMoment({ day: anyDay, time: answers[`${moment}_time`].trim(), which: '' }, base.zone, what)
      if ('wrong' in at) refuse(`${moment}_time`, at.text)
    }
  }
  const { draft } = 'draft' in read ? read : readAside(answers, wrong, base, around)
  if (draft !== undefined) {
    const because = dayRefused(draft, form, campaign)
    if (because !== undefined) refuse('starts_day', because)
    for (const { about, text } of objectionsTo(draft)) {
      if (wrong.some(({ field }) => field === about)) continue
      refuse(about === 'endsAt' ? (draft.allDay ? 'ends_day' : 'ends_time') : 'form', about === 'endsAt' ? 'The end must be after the start' : `This ${text}`)
    }
  }
  return wrong.length > 0 || 'wrong' in read ? { wrong } : { answers, draft: read.draft }
}

/**
 * Reads the rest of the answers, with harmless ones in the place of those that are wrong: what is wrong with the day is
 * said at once, and not only when everything else is right. Without a draft where it is the day that cannot be read.
 */
function readAside (
  answers: Answers, wrong: readonly Wrong[], base: ActivityDraft, around: Surroundings
): { draft?: ActivityDraft } {
  const isWrong = (...fields: Array<Wrong['field']>) => wrong.some(({ field }) => fields.includes(field))
  const harmless = { title: 'x', summary: '', kind: 'other', venue: '', district: '', audiences: '', booking: 'none' }
  const read = readAnswers({
    ...answers,
    ...Object.fromEntries(Object.entries(harmless).filter(([field]) => isWrong(field as keyof Answers))),
    ...isWrong('starts_time', 'ends_time') && { all_day: 'yes', starts_time: '', ends_time: '' }
  }, base, around)
  return 'draft' in read ? read : {}
}

/** Where the form asks for no more than that, the editor's questions have the answers of the base. */
function answersFrom (typed: Readonly<Record<string, string>>, base: ActivityDraft): Answers {
  const isOffered = (name: string) => (entryAudiences as readonly string[]).includes(name)
  const audiences = [...base.audiences.filter(name => !isOffered(name)), ...(typed.audiences ?? '').split(',').filter(isOffered)]
  const was = answersOf(base)
  return {
    ...was,
    starts_which: whichOf('starts', typed, was),
    ends_which: whichOf('ends', typed, was),
    ...typed,
    // Organisers may have given it another way to come, which this form does not ask about.
    ...!['none', 'drop-in'].includes(base.booking) && { booking: base.booking },
    ...typed.all_day === 'yes' && { starts_time: '', ends_time: '' },
    audiences: audiences.join(', ')
  }
}

/** Which of an hour that comes twice organisers have chosen: the form does not ask, so it holds for the same time. */
function whichOf (moment: 'starts' | 'ends', typed: Readonly<Record<string, string>>, was: Answers): string {
  const dayOf = (answers: Readonly<Record<string, string>>) =>
    plainDay(answers[`${moment}_day`] ?? '') || plainDay(answers.starts_day ?? '')
  const isSame = dayOf(typed) === dayOf(was) && typed[`${moment}_time`]?.trim() === was[`${moment}_time`]
  return isSame ? was[`${moment}_which`] : ''
}

/** In summer no clock changes. */
const anyDay = '2026-06-15'

const comesTwice = 'The clocks go back that night, so this time comes twice. Choose another time, for example 2:30am'

/** The form has no field for which of an hour that comes twice is meant: the time itself has to be another. */
function shownOn (field: Wrong['field'], text: string): [Wrong['field'], string] {
  if (field === 'starts_which') return ['starts_time', comesTwice]
  return field === 'ends_which' ? ['ends_time', comesTwice] : [field, text]
}

function dayRefused (draft: ActivityDraft, form: EntryForm, campaign: EntryCampaign): string | undefined {
  const { first, last } = daysOf(form, campaign)
  const [from, until] = [firstDayOf(draft), lastDayOf(draft)]
  if ((first === undefined || from >= first) && (last === undefined || until <= last)) return undefined
  if (first !== undefined && last !== undefined) {
    return first === last
      ? `It must take place on ${calendarDayInWords(first)}`
      : `It must take place from ${calendarDayInWords(first)} to ${calendarDayInWords(last)}`
  }
  return first === undefined ? `It must take place by ${calendarDayInWords(last ?? '')}` : `It must take place on or after ${calendarDayInWords(first)}`
}

/** The answers as the form shows them: what is for all is nothing ticked, and an end on the same day is left out. */
export function shownAnswers (answers: Answers): Answers {
  return {
    ...answers,
    audiences: answers.audiences.split(',').map(name => name.trim()).filter(name => name !== '').join(','),
    ends_day: answers.ends_day === answers.starts_day ? '' : answers.ends_day
  }
}

/**
 * The answers of an earlier entry for a later campaign: as many days after its first day, or on the same weekday of the
 * week in which that is; without a first day the same weekday, 52 weeks or a multiple later.
 */
export function movedAnswers (
  answers: Answers, from: { firstDay: string | undefined }, to: ReturnType<typeof daysOf>, today: string
): Answers {
  const at = (day: string) => DateTime.fromISO(day, { zone: 'utc' })
  const days = (one: string, other: string) => Math.round(at(other).diff(at(one), 'days').days)
  const start = answers.starts_day
  if (!at(start).isValid) return answers
  const shift = from.firstDay !== undefined && to.first !== undefined
    ? days(from.firstDay, to.first)
    : 364 * Math.max(1, Math.ceil(days(start, to.first ?? today) / 364))
  const moved = (day: string) => day === '' ? '' : at(day).plus({ days: shift }).toFormat('yyyy-MM-dd')
  const day = moved(start)
  const isInside = (to.first === undefined || day >= to.first) && (to.last === undefined || day <= to.last)
  // A day that the campaign does not have is left for the person to choose.
  return { ...answers, starts_day: isInside ? day : '', ends_day: isInside ? moved(answers.ends_day) : '', starts_which: '', ends_which: '' }
}
