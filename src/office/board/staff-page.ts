import { DateTime } from 'luxon'
import { may, mayEver } from '../../identity/staff/roles.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import type { Candidate } from '../../programme/activities/hosts.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { factsOf } from '../../programme/activities/page.ts'
import { runningOf, staffCardOf } from '../../programme/activities/staff-page.ts'
import { calendarDayInWords, calendarDaysInWords, timeInWords, whenInWords } from '../../programme/activities/when.ts'
import type { KnownCampaign } from '../../programme/activities/known-campaign.ts'
import type { Clash } from '../clashes/clash.ts'
import type { PlannedActivity } from '../clashes/planned-activity.ts'
import { layOut, rowsOf } from './board.ts'
import type { BoardWeek, Planned } from './board.ts'
import { planFieldsInWords, risksInWords, stageTags, stagesInWords } from './in-words.ts'
import { onPaper } from './on-paper.ts'
import { planDraft, risks, shownStages, stages } from './plan.ts'
import type { Plan } from './plan.ts'
import type { NamedPlan } from './queries.ts'
import { someoneElse } from './schema.ts'
import type { BoardField, BoardFilter, planFields } from './schema.ts'

type NamedPlanned = Planned<NamedPlan>

interface Board {
  staff: StaffMember
  campaign: KnownCampaign
  week: BoardWeek
  filter: BoardFilter
  /** Everything of these days that this person knows of. */
  all: readonly NamedPlanned[]
  /** What of it is asked for. */
  shown: readonly NamedPlanned[]
  /** Those of these days between activities that this person knows of. */
  clashes: ReadonlyArray<Clash<PlannedActivity>>
  /** Ids that are ticked. */
  chosen?: readonly string[]
}

/** The board of a campaign: seven days beside each other, in rows of agencies or districts. */
export function boardPageOf ({ staff, campaign, week, filter, all, shown, clashes, chosen = [] }: Board) {
  const { long, days } = layOut(shown, week, campaign, filter.rows)
  const paper = onPaper(days.map(({ count }) => count), long.length)
  const cardFor = (one: NamedPlanned) =>
    ({ ...cardOf(one, staff, filter.rows, chosen), clash: clashInWords(one.activity, clashes) })
  const at = (more: Partial<Record<BoardField, string | undefined>>) => boardAddress(campaign.slug, filter, more)
  return {
    campaign: { title: campaign.title, slug: campaign.slug },
    dates: calendarDaysInWords(week.days[0] ?? '', week.days.at(-1) ?? ''),
    ...formOf(filter, all),
    hiddenFrom: filter.from,
    isNarrowed: filter.isRiskOpen || [filter.agency, filter.district, filter.stage].some(asked => asked !== undefined),
    everythingHref: boardAddress(campaign.slug, { ...noFilter, from: filter.from, rows: filter.rows }),
    csvHref: boardAddress(campaign.slug, { ...filter, from: undefined }, {}, 'board.csv'),
    // Back from a form, it is the same board.
    postHref: boardAddress(campaign.slug, filter, {}, 'board/stages'),
    deleteHref: boardAddress(campaign.slug, filter, {}, 'board/deletion'),
    clashesHref: `/staff/campaigns/${campaign.slug}/clashes`,
    clashCount: clashes.length,
    copyHref: mayEver(staff, 'edit what everyone reads') ? `/staff/campaigns/${campaign.slug}/copy` : undefined,
    previous: week.previous === undefined ? undefined : at({ from: week.previous }),
    next: week.next === undefined ? undefined : at({ from: week.next }),
    counts: shownStages.map(stage => ({ ...stageTags[stage], count: shown.filter(one => one.stage === stage).length }))
      .filter(({ count }) => count > 0),
    total: shown.length,
    printed: paper.size,
    missingRisks: shown.filter(({ isRiskOpen }) => isRiskOpen).length,
    riskHref: at({ risk: 'missing' }),
    marks: stages.map(stage => ({ value: stage, text: `Mark as ${stagesInWords[stage].toLowerCase()}` })),
    mayMark: shown.some(({ activity }) => may(staff, 'run activities', activity)),
    long: long.map(one => ({ ...cardFor(one), time: whenInWords(one.activity) })),
    days: days.map(({ day, count, groups }, n) => {
      const of = DateTime.fromISO(day, { zone: 'utc' }).setLocale('en-GB')
      return {
        day,
        weekday: of.toFormat('cccc'),
        date: of.toFormat('d LLLL'),
        count,
        printedColumns: paper.days[n]?.columns,
        groups: groups.map(({ name, planned }) => ({ name, cards: planned.map(cardFor) }))
      }
    })
  }
}

const noFilter: BoardFilter = {
  from: undefined, rows: 'agency', agency: undefined, district: undefined, stage: undefined, isRiskOpen: false
}

/** The address at which this is shown, or what else there is of the board. */
export function boardAddress (
  slug: string, filter: BoardFilter, more: Partial<Record<BoardField, string | undefined>> = {},
  page: 'board' | 'board.csv' | 'board/stages' | 'board/deletion' = 'board'
): string {
  const given = {
    from: filter.from,
    rows: filter.rows === 'agency' ? undefined : filter.rows,
    agency: filter.agency,
    district: filter.district,
    stage: filter.stage,
    risk: filter.isRiskOpen ? 'missing' : undefined,
    ...more
  }
  const asked = new URLSearchParams()
  for (const [name, value] of Object.entries(given)) if (value !== undefined) asked.set(name, value)
  return `/staff/campaigns/${slug}/${page}${asked.size === 0 ? '' : `?${asked}`}`
}

/** The form that filters the board, as it is filled in, with what there is to choose on these days. */
function formOf (filter: BoardFilter, all: readonly NamedPlanned[]) {
  const itemsOf = (chosen: string | undefined, items: ReadonlyArray<{ value: string, text: string }>) => {
    // What is asked for stays in sight, also on days without it.
    const known = chosen === undefined || items.some(({ value }) => value === chosen)
    return [{ value: '', text: 'All' }, ...items, ...known ? [] : [{ value: chosen, text: 'None on these days' }]]
      .map(item => ({ ...item, selected: item.value === (chosen ?? '') }))
  }
  return {
    rowChoices: [{ value: 'agency', text: 'Agencies' }, { value: 'district', text: 'Districts' }]
      .map(item => ({ ...item, selected: item.value === filter.rows })),
    agencies: itemsOf(filter.agency, rowsOf(all, 'agency').map(({ id, name }) => ({ value: id, text: name }))),
    districts: itemsOf(filter.district,
      rowsOf(all, 'district').filter(({ id }) => id !== '').map(({ id, name }) => ({ value: id, text: name }))),
    stages: itemsOf(filter.stage, shownStages.map(value => ({ value, text: stagesInWords[value] }))),
    risks: itemsOf(filter.isRiskOpen ? 'missing' : undefined, [{ value: 'missing', text: 'Missing' }])
  }
}

function cardOf ({ activity, plan, stage, isRiskOpen }: NamedPlanned, staff: StaffMember, rows: BoardFilter['rows'], chosen: readonly string[]) {
  const { fullness, href } = staffCardOf(activity)
  return {
    id: activity.id,
    title: activity.title,
    href,
    planHref: may(staff, 'run activities', activity) ? `${href}/plan` : undefined,
    time: timesOf(activity),
    stage: stageTags[stage],
    stageIs: stage,
    owner: plan && ownerInWords(plan),
    staffing: plan?.staffing,
    materials: plan?.materials,
    risk: plan && riskInWords(plan),
    isRiskOpen,
    facts: [
      factsOf(activity).where,
      activity.runBy ?? (rows === 'agency' ? undefined : activity.leadAgency ?? 'The partnership'),
      fullness && `${fullness.confirmed} of ${fullness.bookable} booked`,
      activity.status === 'draft' && stage !== 'idea' ? 'not published' : undefined
    ].filter(fact => fact !== undefined),
    mayChoose: may(staff, 'run activities', activity),
    isChosen: chosen.includes(activity.id)
  }
}

/** The risk assessment of an activity, by whom and when; undefined where nobody has said anything. */
function riskInWords ({ risk, riskBy, riskOn }: NamedPlan): string | undefined {
  if (risk === 'not-said') return undefined
  const on = DateTime.fromISO(riskOn, { zone: 'utc' }).setLocale('en-GB')
  return [
    risksInWords[risk], riskBy === '' ? '' : `by ${riskBy}`, on.isValid ? `on ${on.toFormat('d LLLL yyyy')}` : ''
  ].filter(part => part !== '').join(' ')
}

/** What an activity clashes with, and in which campaign if in another; undefined if with nothing. */
function clashInWords ({ id, campaign }: KnownActivity, clashes: Board['clashes']): string | undefined {
  const [first, ...others] = clashes.filter(({ one, other }) => one.id === id || other.id === id)
  if (first === undefined) return undefined
  const needed = first.one.id === id ? first.other : first.one
  const of = needed.campaign.id === campaign.id ? '' : `, in “${needed.campaign.title}”`
  return `Clashes with ${needed.title}${of}${others.length === 0 ? '' : ` and ${others.length} more`}`
}

/** Short, for a narrow column: `9am`, `9am to 5pm`. */
function timesOf ({ startsAt, endsAt, allDay, zone }: KnownActivity): string {
  return allDay ? 'All day' : `${timeInWords(startsAt, zone)} to ${timeInWords(endsAt, zone)}`
}

/** Who looks after an activity; empty if nobody does yet. */
export function ownerInWords ({ ownerId, ownerStaffName, ownerName }: NamedPlan): string {
  return ownerId === undefined ? ownerName : ownerStaffName ?? ''
}

type Typed = Record<typeof planFields[number], string>

/** What was tried, and why it was not saved. */
export interface TriedPlan {
  typed: Partial<Typed>
  errors: FormErrors
  versionHash?: string | undefined
  /** The plan that was typed, where a colleague has changed it meanwhile. */
  mine?: Plan | undefined
}

/** The form about what is planned for an activity. */
export function planPageOf (
  activity: KnownActivity, plan: NamedPlan, candidates: readonly Candidate[], tried?: TriedPlan
) {
  const values = tried === undefined ? typedOf(plan) : { ...noAnswers, ...tried.typed }
  // Who looks after it stays, also where this person could not choose them.
  const isListed = plan.ownerId === undefined || candidates.some(({ id }) => id === plan.ownerId)
  const owners = [
    { value: '', text: 'Nobody yet' },
    { value: someoneElse, text: 'Someone else: their name and address are below' },
    ...isListed ? [] : [{ value: plan.ownerId, text: plan.ownerStaffName ?? 'Someone who worked here' }],
    ...candidates.map(({ id, name, agency }) => ({ value: id, text: agency === undefined ? name : `${name}, ${agency}` }))
  ]
  const nameOf = (id: string) => owners.find(({ value }) => value === id)?.text ?? ''
  return {
    ...runningOf(activity),
    boardHref: `/staff/campaigns/${activity.campaign.slug}/board`,
    campaign: activity.campaign.title,
    values,
    errors: tried?.errors,
    versionHash: tried?.versionHash ?? planDraft.versionHash(plan),
    isCancelled: activity.status === 'cancelled',
    stages: stages.map(value =>
      ({ value, text: stagesInWords[value], checked: values.stage === value, hint: { text: stageHints[value] } })),
    owners: owners.map(item => ({ ...item, selected: item.value === values.owner })),
    risks: Object.fromEntries(risks.map(value => [value.replace('-', '_'), { value, text: risksInWords[value], checked: values.risk === value }])),
    comparison: tried?.mine === undefined
      ? []
      : planDraft.compared(plan, tried.mine, planFieldsInWords, (field, text) => saidAs(field, text, nameOf))
  }
}

const stageHints: Record<Plan['stage'], string> = {
  idea: 'Someone has thought of it. Nothing is agreed.',
  confirmed: 'It is agreed who does it, when and where.',
  done: 'It has taken place. You can say so when it is over.'
}

const noAnswers: Typed = {
  stage: '', owner: '', owner_name: '', owner_email: '', staffing: '', materials: '', risk: '', risk_by: '', risk_on: '', notes: ''
}

function typedOf (plan: Plan): Typed {
  return {
    stage: plan.stage,
    owner: plan.ownerId ?? (plan.ownerName === '' ? '' : someoneElse),
    owner_name: plan.ownerName,
    owner_email: plan.ownerEmail,
    staffing: plan.staffing,
    materials: plan.materials,
    risk: plan.risk,
    risk_by: plan.riskBy,
    risk_on: plan.riskOn,
    notes: plan.notes
  }
}

function saidAs (field: string, text: string, nameOf: (id: string) => string): string {
  if (field === 'stage') return stagesInWords[text as Plan['stage']]
  if (field === 'risk') return risksInWords[text as Plan['risk']]
  if (text === '') return 'Nothing'
  return field === 'ownerId' ? nameOf(text) : field === 'riskOn' ? calendarDayInWords(text) : text
}
