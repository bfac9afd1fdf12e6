import type { DateTime } from 'luxon'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { calendarDayInWords, momentInWords } from '../../programme/activities/when.ts'
import type { EditedCampaign } from '../../programme/campaigns/queries.ts'
import { campaignSections } from '../../programme/campaigns/sections.ts'
import { awarenessDaysFrom } from './awareness-days.ts'
import { cycleAnswers, cycleDraft, dateKinds, goneBefore, statesOf, stepsOf, suggested, usualDay } from './dates.ts'
import type { Cycle } from './dates.ts'
import { saidAs } from './effects.ts'
import { datesInWords, nameOf, stateTags, whenInWords } from './in-words.ts'
import type { PlannedCampaign } from './queries.ts'
import { fieldOf } from './schema.ts'
import { timelineOf } from './timeline.ts'
import { campaignEffectsPageOf } from '../../programme/campaigns/staff-page.ts'

/** What an editor tried to save, and why it was not. */
export interface TriedCycle {
  typed: Partial<Record<string, string>>
  errors: FormErrors
  /** The editor's own input, parsed, if a colleague has changed the same meanwhile. */
  mine?: Cycle | undefined
  versionHash?: string | undefined
}

interface Shown {
  campaign: PlannedCampaign
  embargoes: ReadonlyArray<{ endsAt: DateTime<true>, count: number }>
  /** When the form for entries opens and closes; undefined: there is none. */
  entryDays: { opensOn: string | undefined, closesOn: string | undefined } | undefined
  /** The day that others keep for which dates are suggested. */
  from?: string | undefined
  today: string
}

/** The year of a campaign: a picture, a list, what is next and late, and the form that plans it. */
export function cyclePageOf ({ campaign, embargoes, entryDays, from, today }: Shown, tried?: TriedCycle) {
  const { title, slug, cycle, firstDay, lastDay, zone } = campaign
  const steps = stepsOf(cycle, campaign)
  const states = statesOf(steps, today)
  const counted = from === undefined ? undefined : daysCountedFrom(from, lastDay)
  const filled = counted === undefined ? cycle : suggested(cycle, counted, today)
  const values = tried?.typed ?? typedAs(filled)
  const href = `/staff/campaigns/${slug}/cycle`
  return {
    title,
    href,
    sections: campaignSections(slug, '/cycle'),
    basicsHref: `/staff/campaigns/${slug}/basics`,
    askingHref: `/staff/campaigns/${slug}/outcomes`,
    timeline: timelineOf(steps, states, today),
    steps: steps.map((step, n) => ({
      n: n + 1, name: nameOf(step), when: whenInWords(step), tag: stateTags[states[n] ?? 'later'], state: states[n]
    })),
    next: steps.flatMap((step, n) => states[n] === 'next' || states[n] === 'today' ? [`${nameOf(step)}: ${whenInWords(step)}`] : []).slice(0, 1)[0],
    late: steps.flatMap((step, n) => states[n] === 'late' ? [`${nameOf(step)}: ${whenInWords(step)}`] : []),
    entries: entryDays && {
      href: `/staff/campaigns/${slug}/entry-form`,
      days: entryDaysInWords(entryDays),
      isOther: isOtherThan(cycle['entries-open'].day, entryDays.opensOn) ||
        isOtherThan(cycle['entries-close'].day, entryDays.closesOn)
    },
    embargoes: embargoes.map(({ endsAt, count }) => ({
      text: `${count === 1 ? '1 activity' : `${count} activities`} until ${momentInWords(endsAt, zone)}`,
      isOther: cycle['embargo-ends'].day !== '' && !isAsPlanned(endsAt, cycle, zone)
    })),
    values,
    dates: dateKinds.map(kind => ({
      kind,
      ...datesInWords[kind],
      day: fieldOf.day(kind),
      time: kind === 'embargo-ends' ? fieldOf.time(kind) : undefined,
      label: fieldOf.label(kind),
      done: fieldOf.isDone(kind)
    })),
    isSuggested: counted !== undefined && tried === undefined,
    gone: counted === undefined || tried !== undefined
      ? []
      : goneBefore(cycle, counted, today).map(kind =>
        `${nameOf({ kind, label: '' })} (usually ${calendarDayInWords(usualDay(kind, counted))})`),
    suggestions: [
      ...firstDay === undefined || isAllGone(cycle, daysCountedFrom(firstDay, lastDay), today) ? [] : [{ text: 'the first day of the campaign', day: calendarDayInWords(firstDay), href: `${href}?from=${firstDay}#form`, about: '', url: '' }],
      ...awarenessDaysFrom(today).map(({ name, day, isAnnounced, source, checkedOn }) => ({
        text: name,
        day: calendarDayInWords(day),
        href: `${href}?from=${day}#form`,
        about: `${isAnnounced ? source.name : `Expected, not announced yet. ${source.name}`}, looked up on ${calendarDayInWords(checkedOn)}`,
        url: source.url
      }))
    ],
    versionHash: tried?.versionHash ?? cycleDraft.versionHash(cycleAnswers(cycle)),
    comparison: tried?.mine === undefined
      ? []
      : cycleDraft.changed(cycleAnswers(cycle), cycleAnswers(tried.mine)).map(kind =>
        ({ field: datesInWords[kind].name, now: saidAs(cycle, kind), typed: saidAs(tried.mine ?? cycle, kind) })),
    errors: tried?.errors,
    lastDay
  }
}

/** What dates are counted from: a day, and the last day of the campaign where that is later. */
function daysCountedFrom (from: string, lastDay: string | undefined): { firstDay: string, lastDay: string } {
  return { firstDay: from, lastDay: lastDay !== undefined && lastDay > from ? lastDay : from }
}

/** Whether nothing is left to suggest, because all that is not planned yet would be gone. */
function isAllGone (cycle: Cycle, days: { firstDay: string, lastDay: string }, today: string): boolean {
  return goneBefore(cycle, days, today).length === dateKinds.filter(kind => cycle[kind].day === '').length
}

/** `from Monday 1 March 2027 to Sunday 7 March 2027`; empty where the form has no days. */
function entryDaysInWords ({ opensOn, closesOn }: NonNullable<Shown['entryDays']>): string {
  return [
    ...opensOn === undefined ? [] : [`from ${calendarDayInWords(opensOn)}`],
    ...closesOn === undefined ? [] : [`to ${calendarDayInWords(closesOn)}`]
  ].join(' ')
}

/** Whether a planned day is another than the one that acts; without a plan nothing is. */
function isOtherThan (planned: string, acting: string | undefined): boolean {
  return planned !== '' && planned !== acting
}

/** Whether an embargo of an activity ends as it is planned; without a time any time of the day does. */
function isAsPlanned (endsAt: DateTime<true>, cycle: Cycle, zone: string): boolean {
  const { day, time } = cycle['embargo-ends']
  const local = endsAt.setZone(zone)
  return local.toFormat('yyyy-MM-dd') === day && (time === '' || local.toFormat('HH:mm') === time)
}

function typedAs (cycle: Cycle): Record<string, string> {
  return Object.fromEntries(dateKinds.flatMap(kind => {
    const { day, time, label, isDone } = cycle[kind]
    return [
      [fieldOf.day(kind), day], [fieldOf.time(kind), time], [fieldOf.label(kind), label], [fieldOf.isDone(kind), isDone ? 'yes' : '']
    ]
  }))
}

/** What follows from other dates, before they are saved. */
export function cycleEffectsPageOf (campaign: EditedCampaign, required: ConfirmationRequired, body: unknown) {
  const at = { href: `/staff/campaigns/${campaign.slug}/cycle`, backText: 'Back to the year' }
  return campaignEffectsPageOf(campaign, at, required, body)
}

/** Number of days ahead that the home page shows. */
const daysAhead = 14

/** What is late in the years of campaigns, or comes soon, for the home page: the earliest first. */
export function comingDatesOf (campaigns: readonly PlannedCampaign[], today: string, until: string) {
  return campaigns.flatMap(campaign => {
    const steps = stepsOf(campaign.cycle, campaign)
    return statesOf(steps, today).flatMap((state, n) => {
      const step = steps[n]
      if (step === undefined || step.kind === 'week' || state === 'done' || (state !== 'late' && step.from > until)) return []
      return [{
        day: step.from,
        name: nameOf(step),
        when: whenInWords(step),
        tag: stateTags[state],
        campaign: campaign.title,
        href: `/staff/campaigns/${campaign.slug}/cycle`
      }]
    })
  }).sort((one, other) => one.day < other.day ? -1 : one.day > other.day ? 1 : 0)
}

/** The last day that the home page looks ahead to. */
export function lookedAheadTo (now: DateTime<true>, zone: string): string {
  return now.setZone(zone).plus({ days: daysAhead }).toFormat('yyyy-MM-dd')
}
