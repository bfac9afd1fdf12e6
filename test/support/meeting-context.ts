import type { DateTime } from 'luxon'
import type { Test } from 'tap'
import type { MeetingParts } from '../../src/office/meetings/keeping.ts'
import { keepMeetings } from '../../src/office/meetings/jobs.ts'
import type { MeetingContext } from '../../src/office/meetings/jobs.ts'
import type { Facts } from '../../src/platform/outbox.ts'
import { graphMeetings } from '../../src/programme/teams/graph.ts'
import { retryPolicy } from '../../src/programme/teams/retry-policy.ts'
import { joinLinkSeal } from '../../src/programme/teams/seal.ts'
import { graphServer } from './graph-server.ts'
import type { GraphServer } from './graph-server.ts'
import { noon, secretKey } from './world.ts'
import type { World } from './world.ts'

export interface TestMeetingContext extends MeetingContext {
  graph: GraphServer
  parts: MeetingParts
  turnClock: (to: DateTime<true>) => void
  /** Does each due job once, as the worker would; returns the errors of those that failed. */
  doJobs: () => Promise<unknown[]>
}

export const seal = joinLinkSeal(secretKey)

/** Where Teams meetings are kept in tests: one try for each call, so that failures are seen. */
export async function meetingContext (t: Test, { db, boss, outbox }: World): Promise<TestMeetingContext> {
  const graph = await graphServer(t)
  let now = noon
  const clock = () => now
  const meetings = graphMeetings({
    access: graph.access, clock, log: { info () {}, warn () {} }, retryPolicy: { ...retryPolicy, tries: 1 }
  })
  const parts = { db, outbox, seal }
  const context = { ...parts, clock, meetings }
  return { ...context, graph, parts, turnClock: to => { now = to }, doJobs }

  async function doJobs (): Promise<unknown[]> {
    const jobs = await boss.fetch<Facts['activity.changed']>('activity.changed', { batchSize: 1000, ignoreStartAfter: true })
    const ends = await keepMeetings(context, jobs.map(({ data }) => data.activityId))
    const errors: unknown[] = []
    for (const [n, { id }] of jobs.entries()) {
      const end = ends[n]
      if (end?.status === 'rejected') {
        errors.push(end.reason)
        await boss.fail('activity.changed', id)
      } else {
        await boss.complete('activity.changed', id)
      }
    }
    return errors
  }
}
