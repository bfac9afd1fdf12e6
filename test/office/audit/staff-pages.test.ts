import { parse } from 'csv-parse/sync'
import t from 'tap'
import type { Test } from 'tap'
import { record } from '../../../src/identity/staff/audit.ts'
import type { AuditedAction } from '../../../src/identity/staff/audit.ts'
import type { Db } from '../../../src/platform/database/connect.ts'
import { countedService, perceived, post, service } from '../../support/service.ts'
import { aStaffMember, signedIn } from '../../support/staff.ts'
import { aBooking, anActivity, noon } from '../../support/world.ts'

const url = '/staff/audit'

async function aDeed (db: Db, given: Partial<AuditedAction> = {}, now = noon): Promise<void> {
  await record(db, { staffMemberId: undefined, action: 'campaign.added', subject: 'its-not-ok', ...given }, now)
}

async function context (t: Test) {
  const its = await service(t)
  return { ...its, ...await signedIn(its.app, its.db, { role: 'admin', name: 'Ada Admin' }) }
}

/** The sentences of a page, newest first. */
function linesOf ({ body }: { body: string }): string[] {
  return [...body.matchAll(/<li class="pk-trail">[\s\S]*?<\/li>/g)].map(([line]) => perceived({ body: line }).text)
}

t.test('an admin reads who did what to what, newest first, with what from and to', async t => {
  const { app, db, headers } = await context(t)
  const anne = await aStaffMember(db, { name: 'Anne Example' })
  const { slug } = await anActivity(db, { title: 'Online safety' })
  await aDeed(db, { staffMemberId: anne.id, action: 'attendees.exported', subject: slug, details: { rows: 12 } }, noon.minus({ days: 1 }))
  await aDeed(db, { staffMemberId: anne.id, action: 'places.changed', subject: slug, details: { capacity: ['20', '30'] } })
  await aDeed(db, { staffMemberId: '6f1c6a0e-52b0-4a53-9f0e-3c1f6d1b7a11', action: 'activity.cancelled', subject: 'gone' })

  const page = await app.inject({ url, headers })

  t.strictSame(linesOf(page).slice(0, 4), [
    'Monday 23 November 2026 at midday Someone who has left cancelled gone',
    'Monday 23 November 2026 at midday Anne Example changed the places of Online safety Capacity: from “20” to “30”',
    'Sunday 22 November 2026 at midday Anne Example exported the attendees of Online safety Rows: 12',
    'Monday 23 November 2026 at midday Ada Admin signed in By: link'
  ])
  t.match(page.body, `href="/staff/activities/${slug}"`)
})

t.test('the trail is narrowed by who, what, day and subject', async t => {
  const { app, db, headers, member } = await context(t)
  const anne = await aStaffMember(db, { name: 'Anne Example' })
  const { id: activityId } = await anActivity(db)
  const booking = await aBooking(db, activityId)
  await aDeed(db, { subject: 'first' }, noon.minus({ days: 2 }))
  await aDeed(db, { staffMemberId: anne.id, action: 'agency.added', subject: 'second' })
  await aDeed(db, { staffMemberId: anne.id, action: 'booking.picked', subject: booking.id })
  // Half past midnight on the 23rd in the partnership's zone is the 22nd in UTC in summer.
  await aDeed(db, { subject: 'summer' }, noon.set({ month: 7, day: 22, hour: 23, minute: 30 }))
  const asked: Array<[string, string[]]> = [
    [`who=${anne.id}`, ['gave a place', 'agency second']],
    ['who=terminal&what=campaign.added', ['summer', 'first']],
    ['what=agency.added', ['second']],
    ['day=2026-11-21', ['first']],
    ['day=2026-07-23', ['summer']],
    ['day=2026-07-22', []],
    ['subject=SECOND', ['second']],
    [`subject=${booking.reference.toLowerCase()}`, [`the booking ${booking.reference}`]],
    [`who=${member.id}&subject=second`, []],
    ['who=&what=&day=&subject=first', ['first']]
  ]

  for (const [query, expected] of asked) {
    const lines = linesOf(await app.inject({ url: `${url}?${query}`, headers }))
    t.equal(lines.length, expected.length, query)
    for (const [n, text] of expected.entries()) t.ok(lines[n]?.includes(text), `${query}: ${lines[n] ?? 'nothing'}`)
  }
})

t.test('each wrong filter gets a sentence beside its field, with what was typed', async t => {
  const { app, headers } = await context(t)
  const cases: Array<[string, string, string]> = [
    ['who=anne', 'who', 'Select who from those on the page'],
    ['what=%27', 'what', 'Select what from those on the page'],
    ['day=2026-02-30', 'day', 'Day must be a date like 2026-12-01'],
    ['day=0000-01-01', 'day', 'Day must be a date like 2026-12-01'],
    ['day=yesterday', 'day', 'Day must be a date like 2026-12-01'],
    [`subject=${'x'.repeat(201)}`, 'subject', 'About must be 200 characters or fewer'],
    ['subject=a%0Ab', 'subject', 'About must be on one line'],
    ['subject=a&subject=b', 'subject', 'About must be given only once']
  ]

  for (const [query, field, sentence] of cases) {
    const answer = await app.inject({ url: `${url}?${query}`, headers })
    t.equal(answer.statusCode, 400, query)
    t.strictSame(perceived(answer).errors, [{ field, sentence }], query)
    t.ok(perceived(answer).has(field), query)
    t.equal((await post(app, `${url}/export`, query, headers)).statusCode, 400, `${query}: nor is it exported`)
  }
  t.match((await app.inject({ url: `${url}?day=yesterday&subject=hub`, headers })).body, 'value="hub"')
  for (const query of ['before=x', 'after=', `before=${'9'.repeat(40)}`, 'before=1&before=2', 'view=past']) {
    t.equal((await app.inject({ url: `${url}?${query}`, headers })).statusCode, 200, query)
  }
})

t.test('pages lead on and back without a gap, and nothing that is added meanwhile moves them', async t => {
  const { app, db, headers } = await context(t)
  await db.auditEntry.createMany({
    data: Array.from({ length: 120 }, (_, n) => ({ at: noon.toJSDate(), action: 'campaign.added', subject: `number-${n}` }))
  })
  const linkTo = (body: string, rel: string) => new RegExp(`rel="${rel}" href="([^"]*)"`).exec(body)?.[1]?.replaceAll('&amp;', '&')
  const numbers = ({ body }: { body: string }) => [...body.matchAll(/number-(\d+)/g)].map(([, number]) => Number(number))

  const seen: number[] = []
  let page = await app.inject({ url: `${url}?what=campaign.added`, headers })
  t.notOk(linkTo(page.body, 'prev'))
  seen.push(...numbers(page))
  for (let next = linkTo(page.body, 'next'); next !== undefined; next = linkTo(page.body, 'next')) {
    await aDeed(db, { subject: 'meanwhile' })
    page = await app.inject({ url: next, headers })
    seen.push(...numbers(page))
  }
  const back = await app.inject({ url: linkTo(page.body, 'prev') ?? '', headers })

  t.strictSame(seen, Array.from({ length: 120 }, (_, n) => 119 - n))
  t.strictSame(numbers(back), seen.slice(50, 100))
})

t.test('what the filter shows goes out as CSV, which is itself in the trail', async t => {
  const { app, db, headers, member } = await context(t)
  await aDeed(db, { subject: '=cmd()' })
  await db.auditEntry.createMany({
    data: Array.from({ length: 1100 }, (_, n) => ({ at: noon.toJSDate(), action: 'agency.added', subject: `agency-${n}` }))
  })

  const some = await post(app, `${url}/export`, { what: 'campaign.added', who: '' }, headers)
  const all = await post(app, `${url}/export`, {}, headers)
  const rows = parse(some.body, { columns: true, bom: true }) as Array<Record<string, string>>
  const allRows = parse(all.body, { columns: true, bom: true }) as Array<Record<string, string>>

  t.match(some.headers, { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': 'attachment; filename="audit-2026-11-23-1200.csv"' })
  t.match(rows, [{
    at: '2026-11-23 12:00:00', who: 'Someone at a terminal', did: 'added the campaign =cmd()', action: 'campaign.added', subject: "'=cmd()", details: '{}'
  }])
  t.equal(rows.length, 1)
  t.equal(allRows.length, await db.auditEntry.count() - 1, 'all but the entry of this very export')
  t.equal(new Set(allRows.map(({ entry }) => entry)).size, allRows.length)
  t.match(await db.auditEntry.findMany({ where: { action: 'audit.exported' }, orderBy: { id: 'asc' } }), [
    { staffMemberId: member.id, details: { rows: 1, what: 'campaign.added' } }, { staffMemberId: member.id }
  ])
})

t.test('looking writes nothing down, and what is written down stays, also for the service itself', async t => {
  const { app, db, headers } = await context(t)
  const before = await db.auditEntry.findMany()

  await app.inject({ url, headers })
  await app.inject({ url: `${url}/export`, headers })
  await t.rejects(db.$executeRaw`UPDATE audit_entries SET action = 'another'`, /permission denied/)
  await t.rejects(db.$executeRaw`DELETE FROM audit_entries WHERE id = ${before[0]?.id}`, /permission denied/)
  await t.rejects(db.$executeRaw`TRUNCATE audit_entries`, /permission denied/)
  await t.rejects(db.$executeRaw`TRUNCATE audit_entries CASCADE`, /permission denied/)

  t.strictSame(await db.auditEntry.findMany(), before)
})

t.test('a page asks as much of the database for fifty entries as for one', async t => {
  const { app, db, counted } = await countedService(t)
  const { headers } = await signedIn(app, db, { role: 'admin' })
  const ask = async () => {
    counted.queries = 0
    const { statusCode } = await app.inject({ url, headers })
    t.equal(statusCode, 200)
    return counted.queries
  }

  const few = await ask()
  for (let n = 0; n < 20; n++) {
    const { id, slug } = await anActivity(db)
    await aDeed(db, { action: 'places.changed', subject: slug, staffMemberId: (await aStaffMember(db)).id })
    await aDeed(db, { action: 'booking.picked', subject: (await aBooking(db, id)).id })
  }
  t.equal(await ask(), few)
})

t.test('only admins read the trail', async t => {
  const { app, db } = await service(t)

  for (const role of ['organiser', 'staff', 'host', 'admin']) {
    const { headers } = await signedIn(app, db, { role })
    const allowed = role === 'admin'
    t.equal((await app.inject({ url, headers })).statusCode, allowed ? 200 : 403, role)
    t.equal((await post(app, `${url}/export`, {}, headers)).statusCode, allowed ? 200 : 403, role)
    t.equal((await app.inject({ url: '/staff', headers })).body.includes(`href="${url}"`), allowed, `${role}: the link`)
  }
  t.equal(await db.auditEntry.count({ where: { action: 'audit.exported' } }), 1)
})
