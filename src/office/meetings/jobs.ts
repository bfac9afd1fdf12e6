import type { Clock } from '../../platform/clock.ts'
import { TeamsTrouble } from '../../programme/teams/errors.ts'
import type { Facts } from '../../platform/outbox.ts'
import { keepingKey } from '../../programme/teams/meeting.ts'
import type { Meetings } from '../../programme/teams/meeting.ts'
import type { MeetingParts } from './commands.ts'
import { noteMade, noteRemoved, noteTold, noteTrouble, planMeeting } from './commands.ts'
import type { Step } from './kept-meeting.ts'
import { activitiesWithMeeting } from './queries.ts'

/** What keeping Teams meetings takes. */
export interface MeetingRoom extends MeetingParts {
  clock: Clock
  /** Undefined where Microsoft Graph is not configured. */
  meetings: Meetings | undefined
}

type ConnectedRoom = MeetingRoom & { meetings: Meetings }

/** With this many still to do somebody changes it faster than we can follow; the next job goes on. */
const mostSteps = 10

/** Longer than all steps together take when Microsoft is at its slowest. */
const turnMs = 300_000

const done: PromiseFulfilledResult<void> = { status: 'fulfilled', value: undefined }

/**
 * Makes the Teams meetings of these activities be as wanted, where the service was asked to make one; gives
 * the end of each, in their order. One after another: once Microsoft is away the rest is not tried, and
 * comes back with the queue.
 *
 * Runs at least once. What was done and not noted is done again, to the same end: meetings are made by name,
 * changed to what they already are, and removed where there is none. Fails where there is to be another try.
 */
export async function keepMeetings (
  room: MeetingRoom, activityIds: readonly string[]
): Promise<Array<PromiseSettledResult<void>>> {
  const { db, meetings } = room
  const ends = new Map<string, PromiseSettledResult<void>>()
  let away: TeamsTrouble | undefined
  if (meetings === undefined) return activityIds.map(() => done)
  for (const activityId of await activitiesWithMeeting(db, activityIds)) {
    const [end] = await Promise.allSettled([
      away === undefined ? keepMeeting({ ...room, meetings }, activityId) : Promise.reject(away)
    ])
    ends.set(activityId, end)
    if (end.status === 'rejected' && end.reason instanceof TeamsTrouble) away = end.reason
  }
  return activityIds.map(id => ends.get(id) ?? done)
}

/**
 * One meeting, as `keepMeetings`. One worker at a time: two could tell Teams what they each read, and the
 * one that read first could be heard last. No row is locked while Microsoft is asked.
 */
export async function keepMeeting (room: ConnectedRoom, activityId: string): Promise<void> {
  await room.db.$transaction(async tx => {
    // While Microsoft is asked, this transaction asks nothing of the database, which would take it for dead.
    await tx.$executeRaw`SELECT set_config('idle_in_transaction_session_timeout', ${String(turnMs)}, true)`
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${keepingKey}::int, hashtext(${activityId}))`
    for (let steps = 0; steps < mostSteps; steps++) {
      const step = await planMeeting(room, activityId, room.clock())
      if (step === undefined) return
      try {
        await take(room, activityId, step)
      } catch (error) {
        if (!(error instanceof TeamsTrouble)) throw error
        await noteTrouble(room, activityId, error, room.clock())
        if (error.isFinal) return
        throw error
      }
    }
  }, { timeout: turnMs })
}

/**
 * Takes away the meetings of activities that are no more. Runs at least once: what is gone already is as good. Where
 * Microsoft Graph is not configured any more nobody could take them away.
 */
export async function removeMeetings (
  { meetings, seal }: MeetingRoom, left: ReadonlyArray<Facts['meeting.left']>
): Promise<Array<PromiseSettledResult<void>>> {
  return await Promise.allSettled(left.map(async ({ meetingIdSealed }) => {
    try {
      await meetings?.remove(seal.open(meetingIdSealed))
    } catch (error) {
      if (!(error instanceof TeamsTrouble) || !error.isFinal) throw error
    }
  }))
}

/** Does at Microsoft what is next, and notes that. A new meeting has its options before anybody has its link. */
async function take (room: ConnectedRoom, activityId: string, step: Step): Promise<void> {
  const { meetings, clock } = room
  switch (step.do) {
    case 'make': {
      const made = await meetings.createOrGet(step.externalId, step.wanted)
      await meetings.change(made.id, step.wanted)
      await noteMade(room, activityId, made, step, clock())
      return
    }
    case 'change':
      await meetings.change(step.meetingId, step.wanted)
      await noteTold(room, activityId, step.meetingId, step.wanted, clock())
      return
    case 'remove':
      await meetings.remove(step.meetingId)
      await noteRemoved(room, activityId, step.meetingId, clock())
  }
}
