import type { Clock } from '../../platform/clock.ts'
import { TeamsTrouble } from '../../programme/teams/errors.ts'
import type { Facts } from '../../platform/outbox.ts'
import { keepingKey } from '../../programme/teams/meeting.ts'
import type { Meetings } from '../../programme/teams/meeting.ts'
import { noteMade, noteRemoved, noteTold, noteTrouble, planMeeting } from './keeping.ts'
import type { MeetingParts } from './keeping.ts'
import type { Step } from './kept-meeting.ts'
import { activitiesWithMeeting } from './queries.ts'

/** What keeping Teams meetings needs. */
export interface MeetingContext extends MeetingParts {
  clock: Clock
  /** Undefined where Microsoft Graph is not configured. */
  meetings: Meetings | undefined
}

type ConnectedContext = MeetingContext & { meetings: Meetings }

/**
 * Maximum number of steps in one job: a meeting that needs more is changed faster than we can follow, and the next job
 * goes on.
 */
const maxSteps = 10

/** Longer than all steps together take when Microsoft is at its slowest. */
const turnMs = 300_000

const done: PromiseFulfilledResult<void> = { status: 'fulfilled', value: undefined }

/**
 * Brings the Teams meetings of these activities up to date, where the service was asked to make one; returns each one's
 * result, in the order given. One after another: once Microsoft is away the rest is not tried, and comes back with the
 * queue.
 *
 * Runs at least once. What was done and not recorded is done again, with the same result: meetings are made by name,
 * changed to what they already are, and deleting a missing one succeeds. Fails where there is to be another try.
 */
export async function keepMeetings (
  context: MeetingContext, activityIds: readonly string[]
): Promise<Array<PromiseSettledResult<void>>> {
  const { db, meetings } = context
  const ends = new Map<string, PromiseSettledResult<void>>()
  let away: TeamsTrouble | undefined
  if (meetings === undefined) return activityIds.map(() => done)
  for (const activityId of await activitiesWithMeeting(db, activityIds)) {
    const [end] = await Promise.allSettled([
      away === undefined ? keepMeeting({ ...context, meetings }, activityId) : Promise.reject(away)
    ])
    ends.set(activityId, end)
    if (end.status === 'rejected' && end.reason instanceof TeamsTrouble) away = end.reason
  }
  return activityIds.map(id => ends.get(id) ?? done)
}

/**
 * Keeps one meeting, as `keepMeetings` does. One worker at a time: two could tell Teams what they each read, and the
 * older state could arrive last. No row is locked while Microsoft is asked.
 */
export async function keepMeeting (context: ConnectedContext, activityId: string): Promise<void> {
  await context.db.$transaction(async tx => {
    // While Microsoft is asked, this transaction sends the database nothing, which would otherwise close it as idle.
    await tx.$executeRaw`SELECT set_config('idle_in_transaction_session_timeout', ${String(turnMs)}, true)`
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${keepingKey}::int, hashtext(${activityId}))`
    for (let steps = 0; steps < maxSteps; steps++) {
      const step = await planMeeting(context, activityId, context.clock())
      if (step === undefined) return
      try {
        await performStep(context, activityId, step)
      } catch (error) {
        if (!(error instanceof TeamsTrouble)) throw error
        await noteTrouble(context, activityId, error, context.clock())
        if (error.isFinal) return
        throw error
      }
    }
  }, { timeout: turnMs })
}

/**
 * Deletes the meetings of activities that no longer exist. Runs at least once: a meeting that is gone already counts as
 * deleted. Does nothing where Microsoft Graph is not configured any more.
 */
export async function removeMeetings (
  { meetings, seal }: MeetingContext, left: ReadonlyArray<Facts['meeting.left']>
): Promise<Array<PromiseSettledResult<void>>> {
  return await Promise.allSettled(left.map(async ({ meetingIdSealed }) => {
    try {
      await meetings?.remove(seal.open(meetingIdSealed))
    } catch (error) {
      if (!(error instanceof TeamsTrouble) || !error.isFinal) throw error
    }
  }))
}

/** Takes the next step at Microsoft, and records it. A new meeting gets its options before anyone has its link. */
async function performStep (context: ConnectedContext, activityId: string, step: Step): Promise<void> {
  const { meetings, clock } = context
  switch (step.do) {
    case 'make': {
      const made = await meetings.createOrGet(step.externalId, step.wanted)
      await meetings.change(made.id, step.wanted)
      await noteMade(context, activityId, made, step, clock())
      return
    }
    case 'change':
      await meetings.change(step.meetingId, step.wanted)
      await noteTold(context, activityId, step.meetingId, step.wanted, clock())
      return
    case 'remove':
      await meetings.remove(step.meetingId)
      await noteRemoved(context, activityId, step.meetingId, clock())
  }
}
