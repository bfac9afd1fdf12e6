import type { DateTime } from 'luxon'
import { draft } from '../../platform/draft.ts'
import type { BookingWindow } from '../../programme/activities/booking-window.ts'

/** How far the planning of an activity is, as organisers say it. */
export const stages = ['idea', 'confirmed', 'done'] as const
export type Stage = typeof stages[number]

/** What the board shows: cancelled is the status of an activity, of which people were told. */
export const shownStages = [...stages, 'cancelled'] as const
export type ShownStage = typeof shownStages[number]

export const risks = ['not-said', 'not-needed', 'needed', 'done'] as const
export type Risk = typeof risks[number]

/** What is planned for an activity. Days as `2026-12-01`; a text that is not given is empty. */
export interface Plan {
  stage: Stage
  /** The member of staff who looks after it; undefined: someone who is named, or nobody yet. */
  ownerId: string | undefined
  ownerName: string
  /** Address of their role, not of a person. */
  ownerEmail: string
  staffing: string
  materials: string
  risk: Risk
  /** Who did the risk assessment, and when. */
  riskBy: string
  riskOn: string
  notes: string
}

export const planDraft = draft([
  'stage', 'ownerId', 'ownerName', 'ownerEmail', 'staffing', 'materials', 'risk', 'riskBy', 'riskOn', 'notes'
])
export type PlanField = typeof planDraft.fields[number]

/** The plan of an activity that nobody has planned here yet. */
export const noPlan: Plan = {
  stage: 'idea',
  ownerId: undefined,
  ownerName: '',
  ownerEmail: '',
  staffing: '',
  materials: '',
  risk: 'not-said',
  riskBy: '',
  riskOn: '',
  notes: ''
}

type Moment = Pick<BookingWindow, 'status' | 'endsAt'>

/**
 * The stage of an activity. What is published is confirmed, whoever says so, and what was moved to a later day is not
 * done any more.
 */
export function stageOf (
  { status, endsAt }: Moment, { stage }: Pick<Plan, 'stage'>, now: DateTime<true>
): ShownStage {
  if (status === 'cancelled') return 'cancelled'
  if (stage === 'done' && now >= endsAt) return 'done'
  return stage !== 'idea' || status === 'published' ? 'confirmed' : 'idea'
}

/** Why an activity cannot be at a stage, to follow its title; undefined where it can. */
export function stageWrong ({ status, endsAt }: Moment, stage: Stage, now: DateTime<true>): string | undefined {
  if (status === 'cancelled') return 'is cancelled, as people were told'
  if (stage === 'done' && now < endsAt) return 'is not over yet, so it cannot be done'
  if (stage === 'idea' && status === 'published') return 'is published, so it is more than an idea. Take it down first'
  return undefined
}

/** Whether somebody still has to do the risk assessment, or to say that none is needed. */
export function isRiskOpen (stage: ShownStage, { risk }: Pick<Plan, 'risk'>): boolean {
  return (stage === 'idea' || stage === 'confirmed') && (risk === 'needed' || risk === 'not-said')
}
