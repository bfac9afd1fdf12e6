import type { DateTime } from 'luxon'
import { mayEver } from '../../identity/staff/roles.ts'
import type { EmailContext } from '../../mail/emails/email-context.ts'
import { sendStandalone } from '../../mail/emails/standalone.ts'
import { namedId } from '../../platform/named-id.ts'
import { oneLine } from '../../platform/one-line.ts'
import type { Facts, Outbox } from '../../platform/outbox.ts'
import { peopleInWords } from '../../programme/activities/in-words.ts'
import { whenInWords } from '../../programme/activities/when.ts'
import { columnsFor, mayTake } from '../exports/choosing.ts'
import type { ListColumn } from '../exports/columns.ts'
import { whoInOneLine } from '../exports/in-words.ts'
import { countListed, listActivitiesFor } from '../exports/queries.ts'
import type { ListedActivity } from '../exports/queries.ts'
import { mostActivities } from '../exports/schema.ts'
import { endRun } from './runs.ts'
import type { RunEnd } from './runs.ts'
import { aboutInWords, failureInWords, timingInWords } from './in-words.ts'
import { isAnotherStart, isWorthSending } from './occasions.ts'
import { findRun, findStopped } from './run-queries.ts'
import type { Run } from './run-queries.ts'
import { activitiesOfRun, scopeSelection } from './selecting.ts'
import { mostFailures } from './standing-list.ts'
import type { Outcome } from './standing-list.ts'

/** How many activities an email names; the others are on the page. */
const mostNamed = 20

/** What the sending of standing lists needs. */
export type StandingListContext = EmailContext & { outbox: Outbox }

/**
 * Tells people that their lists are ready, by an email with a link and without anyone's name; returns each one's
 * result, in the order given. Whether they may have the list is asked here, of what is true now. Runs at least once:
 * another copy is the same email. Fails where there is to be another try.
 */
export async function sendStandingLists (
  context: StandingListContext, dues: ReadonlyArray<Facts['standing-list.due']>
): Promise<Array<PromiseSettledResult<void>>> {
  return await Promise.allSettled(dues.map(async ({ runId }) => {
    const { db, outbox, clock } = context
    const run = await findRun(db, runId, clock())
    if (run === undefined || run.outcome !== undefined) return
    const outcome = timelinessOf(run, clock())
    const end = outcome === undefined ? await send(context, run) : { outcome }
    await endRun(db, outbox, run, end, clock())
  }))
}

/** Why a run is not sent any more, whoever it is for; undefined: it is still sent. */
function timelinessOf ({ list, dueAt, before }: Run, now: DateTime<true>): Outcome | undefined {
  if (list.stopped !== undefined) return 'overtaken'
  if (before === undefined) return isWorthSending(dueAt, now) ? undefined : 'late'
  const { activity, startedThenAt } = before
  if (activity?.isPublished !== true || isAnotherStart(startedThenAt, activity.startsAt)) return 'overtaken'
  return activity.startsAt > now ? undefined : 'late'
}

async function send (context: StandingListContext, run: Run): Promise<RunEnd> {
  const { db } = context
  const { list, owner } = run
  if (owner.isDisabled) return { outcome: 'disabled' }
  if (!mayEver(owner, 'know attendees')) return { outcome: 'not-allowed' }
  const found = await activitiesOfRun(db, owner, run)
  if (found === undefined) return { outcome: 'gone' }
  const { activities, total } = found
  if (activities.length === 0) return { outcome: await outcomeWithout(context, run) }
  if (!mayTake({ staff: owner, activities, filter: list.filter })) return { outcome: 'tells' }
  const theirs = new Set(columnsFor({ staff: owner, activities }))
  const columns = list.columns.filter(column => theirs.has(column))
  if (columns.length === 0) return { outcome: 'not-allowed' }

  const counts = await countListed(db, activities.map(({ id }) => id), list.filter)
  const rows = new Map(activities.map(({ id, slug }) => [slug, counts.get(id) ?? 0]))
  const leftOut = list.columns.filter(column => !theirs.has(column))
  const end = await sendStandalone(context, {
    emailId: namedId(`standing-list ${run.id}`),
    to: owner.email,
    template: 'standing-list',
    model: modelOf(context, run, { activities, total, rows, leftOut })
  })
  return end === 'sent' ? { outcome: 'sent', rows, columns: columns.map(({ name }) => name) } : { outcome: 'refused' }
}

/** What a run without activities amounts to: one that is theirs no more is a failure, and none to come is not. */
async function outcomeWithout ({ db }: StandingListContext, { list, owner, before }: Run): Promise<Outcome> {
  const whole = scopeSelection(list)
  const isTheirs = list.about !== 'activity' ||
    (whole !== undefined && (await listActivitiesFor(db, owner, whole, mostActivities)).total > 0)
  if (!isTheirs) return 'not-allowed'
  return before === undefined ? 'nothing' : 'overtaken'
}

interface Found {
  activities: readonly ListedActivity[]
  total: number
  rows: ReadonlyMap<string, number>
  leftOut: readonly ListColumn[]
}

function modelOf (
  { publicUrl }: StandingListContext, { id, list, owner }: Run, { activities, total, rows, leftOut }: Found
) {
  const people = [...rows.values()].reduce((sum, some) => sum + some, 0)
  return {
    name: oneLine(owner.name),
    about: oneLine(aboutInWords(list)),
    who: oneLine(whoInOneLine(list.filter)),
    people: people === 0 ? 'Nobody yet' : peopleInWords(people),
    activities: activities.slice(0, mostNamed).map(one => ({
      when: whenInWords(one), title: oneLine(one.title), people: peopleInWords(rows.get(one.slug) ?? 0)
    })),
    more: activities.length - Math.min(activities.length, mostNamed),
    isCut: total > activities.length && { total, most: mostActivities },
    leftOut: leftOut.map(({ heading }) => heading).join(', '),
    timing: timingInWords(list.timing, list),
    url: `${publicUrl}/staff/lists/standing/${list.id}/runs/${id}`,
    settingsUrl: `${publicUrl}/staff/lists/standing`
  }
}

/**
 * Tells people that a list of theirs was stopped because it failed too often; returns each one's result, in the order
 * given. Whoever may not sign in any more is not told: the audit trail has it. Runs at least once: another copy is the
 * same email.
 */
export async function tellOfStoppedLists (
  context: EmailContext, stopped: ReadonlyArray<Facts['standing-list.stopped']>
): Promise<Array<PromiseSettledResult<void>>> {
  return await Promise.allSettled(stopped.map(async ({ standingListId }) => {
    const found = await findStopped(context.db, standingListId, context.clock())
    if (found?.list.stopped === undefined || found.owner.isDisabled) return
    const { list, list: { stopped: { at, because } }, owner } = found
    if (because === 'owner' || because === 'admin') return
    await sendStandalone(context, {
      emailId: namedId(`standing-list stopped ${list.id} ${at.toISO()}`),
      to: owner.email,
      template: 'standing-list-stopped',
      model: {
        name: oneLine(owner.name),
        about: oneLine(aboutInWords(list)),
        times: mostFailures,
        because: failureInWords(because),
        url: `${context.publicUrl}/staff/lists/standing`
      }
    })
  }))
}
