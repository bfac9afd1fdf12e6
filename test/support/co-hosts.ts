import type { Test } from 'tap'
import { coHostedUntil } from '../../src/identity/staff/co-hosting.ts'
import { instant } from '../../src/platform/clock.ts'
import { sendCoHostInvitations } from '../../src/office/co-hosts/jobs.ts'
import type { CoHostContext } from '../../src/office/co-hosts/jobs.ts'
import type { Db } from '../../src/platform/database/connect.ts'
import type { Facts } from '../../src/platform/outbox.ts'
import { filledIn } from './filled-in.ts'
import { linksToCoHost, post, service } from './service.ts'
import { anAgency, signedIn } from './staff.ts'
import { anActivity, noon } from './world.ts'
import type { World } from './world.ts'

/** Someone co-hosts an activity from noon on. */
export async function aCoHost (db: Db, activityId: string, staffMemberId: string): Promise<void> {
  const { endsAt } = await db.activity.findUniqueOrThrow({ where: { id: activityId }, select: { endsAt: true } })
  const until = coHostedUntil({ endsAt: instant(endsAt) }).toJSDate()
  await db.activityCoHost.create({ data: { activityId, staffMemberId, since: noon.toJSDate(), until } })
}

/** The path of the link in an invitation. */
export function linkOf ({ id }: { id: string }): string {
  return `/co-hosting/${linksToCoHost.tokenOf({ id, version: 0 })}`
}

/** Sends the invitations that were announced; returns the errors. */
export async function sendInvited ({ boss }: World, context: CoHostContext): Promise<unknown[]> {
  const failures: unknown[] = []
  const jobs = await boss.fetch<Facts['co-host.invited']>('co-host.invited', { batchSize: 100, ignoreStartAfter: true })
  for (const { id, data } of jobs) {
    const [end] = await sendCoHostInvitations(context, [data])
    if (end?.status === 'rejected') failures.push(end.reason)
    await boss.complete('co-host.invited', id)
  }
  return failures
}

/** The service with a clock, and an activity that an agency leads, whose organiser is signed in. */
export async function ledActivity (t: Test, given: Parameters<typeof anActivity>[1] = {}) {
  const clock = { now: noon }
  const its = await service(t, { clock: () => clock.now })
  const leading = await anAgency(its.db, { name: 'Cumbria Police' })
  const activity = await anActivity(its.db, { leadAgencyId: leading.id, visibility: 'agency', ...given })
  const lead = await signedIn(its.app, its.db, { role: 'organiser', agencyId: leading.id, name: 'Olu Organiser' })
  return { ...its, clock, leading, activity, lead, at: `/staff/activities/${activity.slug}` }
}

/** The same, with someone of another agency who co-hosts it, and whom the smallest role lets do nothing else. */
export async function coHostedActivity (t: Test, given: Parameters<typeof anActivity>[1] = {}) {
  const its = await ledActivity(t, given)
  const other = await anAgency(its.db, { name: 'Kendal School' })
  const coHost = await signedIn(its.app, its.db, { role: 'host', agencyId: other.id, name: 'Cora Cohost' })
  await aCoHost(its.db, its.activity.id, coHost.member.id)
  return { ...its, other, coHost }
}

/** Fills in the form that invites someone and reads what it does; returns that page. */
export async function askToInvite (
  { app, at, lead }: Pick<Awaited<ReturnType<typeof ledActivity>>, 'app' | 'at' | 'lead'>, given: Record<string, string>
) {
  const page = await app.inject({ url: `${at}/co-hosts/new`, headers: lead.headers })
  return await post(app, `${at}/co-hosts/new`, {
    ...filledIn(page.body), name: 'Sal School', email: 'Sal@Kendal.sch.example', agency: 'another', organisation: 'Kendal School', ...given
  }, lead.headers)
}

/** The same, and sends the invitation as it was read. */
export async function invite (
  its: Pick<Awaited<ReturnType<typeof ledActivity>>, 'app' | 'at' | 'lead'>, given: Record<string, string> = {}
) {
  const read = await askToInvite(its, given)
  return await post(its.app, `${its.at}/co-hosts/new`, filledIn(read.body), its.lead.headers)
}
