import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { systemClock } from '../../../src/platform/clock.ts'
import { forgetDue } from '../../../src/office/forgetting/commands.ts'
import { forget } from '../../../src/office/forgetting/jobs.ts'
import { openTraces } from '../../../src/office/forgetting/traces.ts'
import { placekeeper } from '../../support/command.ts'
import { anEmail } from '../../support/email-context.ts'
import { aStaffMember } from '../../support/staff.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { aBooking, anActivity, noon, world } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

/** The bookings of `anActivity` are deleted on 31 December 2026. */
const theDay = noon.plus({ days: 38 })

const nobody = {
  handovers: 0,
  bookings: 0,
  activities: 0,
  again: 0,
  held: 0,
  links: 0,
  sessions: 0,
  invitations: 0,
  accounts: 0,
  uploads: 0,
  proposals: 0,
  counts: 0,
  requests: 0,
  resourceRequests: 0,
  entrants: 0,
  laterContacts: 0,
  texts: 0,
  entries: 0,
  emails: 0
}
const silent = { warn () {} }
const notFollowed = async () => {}

async function booked (w: World, people: number, given: Parameters<typeof anActivity>[1] = {}) {
  const { id } = await anActivity(w.db, { capacity: 100, ...given })
  for (let n = 0; n < people; n++) await aBooking(w.db, id)
  return id
}

t.test('on their day people are forgotten, whatever became of their booking, and a second time nobody is', async t => {
  const w = await world(t)
  const dataDir = temporaryFolder(t)
  const traces = openTraces(dataDir, silent)
  const activityId = await booked(w, 1)
  for (const status of ['waiting', 'offered', 'lapsed', 'cancelled']) await aBooking(w.db, activityId, { status })
  const later = await booked(w, 1, { endsAt: noon.plus({ days: 20 }).toJSDate() })

  t.strictSame(await forget(w.db, traces, theDay.minus({ hours: 13 })), nobody)
  t.strictSame(await forget(w.db, traces, theDay.minus({ hours: 12 })), { ...nobody, bookings: 5, activities: 1 })
  t.strictSame(await forget(w.db, traces, theDay), nobody)
  t.strictSame((await w.db.booking.findMany()).map(({ activityId }) => activityId), [later])
})

t.test('the night deletes what staff did more than two years ago', async t => {
  const w = await world(t)
  const traces = openTraces(temporaryFolder(t), silent)
  await w.db.auditEntry.create({ data: { action: 'activity.changed', at: noon.minus({ years: 10 }).toJSDate() } })

  t.strictSame(await forget(w.db, traces, noon), { ...nobody, entries: 1 })
  t.equal(await w.db.auditEntry.count(), 0)
})

t.test('the day comes by the clocks of the activity’s own zone', async t => {
  const w = await world(t)
  const at = { startsAt: noon.toJSDate(), endsAt: noon.plus({ hours: 1 }).toJSDate() }
  const zones = new Map<string, string>()
  for (const zone of ['Pacific/Kiritimati', 'Europe/London', 'Pacific/Pago_Pago']) {
    zones.set(await booked(w, 1, { ...at, zone }), zone)
  }
  const left = async () => (await w.db.booking.findMany()).map(({ activityId }) => zones.get(activityId)).sort()

  // At this instant it is the 24th in Kiritimati, and the 23rd in London and in Pago Pago.
  await forgetDue(w.db, notFollowed, noon.plus({ days: 29, hours: 12 }))
  t.strictSame(await left(), ['Pacific/Kiritimati', 'Pacific/Pago_Pago'])
  await forgetDue(w.db, notFollowed, noon.plus({ days: 29, hours: 22 }))
  t.strictSame(await left(), ['Pacific/Pago_Pago'])
  await forgetDue(w.db, notFollowed, noon.plus({ days: 29, hours: 23 }))
  t.strictSame(await left(), [])
})

t.test('people with a place or a turn are not forgotten before it is over, even if their day is wrong', async t => {
  const w = await world(t)
  const activityId = await booked(w, 0)
  for (const status of ['confirmed', 'waiting', 'cancelled']) {
    await aBooking(w.db, activityId, { status, eraseOn: new Date('2026-11-01') })
  }

  t.match(await forgetDue(w.db, notFollowed, noon), { bookings: 1 })
})

t.test('of several that forget at once each forgets others, and nobody is counted twice', async t => {
  const w = await world(t)
  const ids = [await booked(w, 20), await booked(w, 20)]

  const done = await Promise.all([1, 2, 3, 4].map(async () => await forgetDue(w.db, notFollowed, theDay)))

  t.equal(done.reduce((sum, { bookings }) => sum + bookings, 0), 40)
  t.strictSame(await w.db.headcount.findMany({ where: { dimension: 'total', activityId: { in: ids } }, select: { booked: true } }),
    [{ booked: 20 }, { booked: 20 }])
})

t.test('a failure in one activity holds up no other, and the next night makes up for it', async t => {
  const w = await world(t)
  const [broken, sound] = [await booked(w, 2), await booked(w, 2)]
  await w.asOwner(`
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$`)
  await w.asOwner(`
    CREATE TRIGGER broken BEFORE DELETE ON bookings FOR EACH ROW WHEN (OLD.activity_id = '${broken}') EXECUTE FUNCTION refuse()`)

  await t.rejects(forgetDue(w.db, notFollowed, theDay), {
    constructor: AggregateError, message: /could not be forgotten/
  })

  t.equal(await w.db.booking.count({ where: { activityId: sound } }), 0)
  t.equal(await w.db.booking.count({ where: { activityId: broken } }), 2)
  t.equal(await w.db.headcount.count({ where: { activityId: broken } }), 0, 'what is not forgotten is not counted')
  await w.asOwner('DROP TRIGGER broken ON bookings')
  t.match(await forgetDue(w.db, notFollowed, theDay), { bookings: 2 })
})

t.test('how much a legal hold keeps is said, and it goes once the hold is lifted', async t => {
  const w = await world(t)
  const traces = openTraces(temporaryFolder(t), silent)
  const activityId = await booked(w, 2)
  const at = { reviewOn: theDay.toJSDate(), setAt: noon.toJSDate() }
  await w.db.legalHold.create({
    data: { activityId, reason: 'An inquiry', owner: 'Legal services', setById: randomUUID(), ...at }
  })

  t.strictSame(await forget(w.db, traces, theDay), { ...nobody, held: 2 })
  await w.db.legalHold.updateMany({ data: { liftedAt: theDay.toJSDate(), liftedById: randomUUID() } })
  t.strictSame(await forget(w.db, traces, theDay), { ...nobody, bookings: 2, activities: 1 })
})

t.test('emails that are kept as files go with their booking, strays a day later, and what is not ours stays', async t => {
  const w = await world(t)
  const dataDir = temporaryFolder(t)
  const mail = join(dataDir, 'mail')
  await mkdir(mail)
  const [due, other] = [await booked(w, 1), await booked(w, 1, { endsAt: noon.plus({ days: 20 }).toJSDate() })]
  const emailTo = async (activityId: string) =>
    (await anEmail(w.db, (await w.db.booking.findFirstOrThrow({ where: { activityId } })).id)).id
  const [theirs, others, stray, fresh] = [await emailTo(due), await emailTo(other), randomUUID(), randomUUID()]
  const old = theDay.minus({ hours: 25 }).toJSDate()
  for (const [name, at] of [
    [`${theirs}.eml`, theDay.toJSDate()], [`${others}.eml`, old], [`${stray}.eml`, old], [`.${stray}.${fresh}`, old],
    [`${fresh}.eml`, theDay.minus({ hours: 23 }).toJSDate()], ['notes.txt', old]
  ] as const) {
    await writeFile(join(mail, name), 'Hello')
    await utimes(join(mail, name), at, at)
  }

  const tally = await forget(w.db, openTraces(dataDir, silent), theDay)

  t.strictSame(tally, { ...nobody, bookings: 1, activities: 1, emails: 2 })

  t.strictSame((await readdir(mail)).sort(), [`${others}.eml`, `${fresh}.eml`, 'notes.txt'].sort())
})

t.test('links that let staff in, and sessions that are long over, go as well', async t => {
  const w = await world(t)
  const { id: staffMemberId } = await aStaffMember(w.db)
  const at = (days: number) => theDay.minus({ days }).toJSDate()
  for (const days of [2, 0.5]) {
    await w.db.signInToken.create({
      data: { staffMemberId, tokenHash: randomUUID(), createdAt: at(days), expiresAt: at(days) }
    })
  }
  for (const days of [200, 91, 89]) {
    await w.db.staffSession.create({
      data: { staffMemberId, tokenHash: randomUUID(), createdAt: at(days), lastSeenAt: at(days), signedInAt: at(days) }
    })
  }

  const traces = openTraces(temporaryFolder(t), silent)
  t.strictSame(await forget(w.db, traces, theDay), { ...nobody, links: 1, sessions: 2 })
  t.strictSame(await forget(w.db, traces, theDay.plus({ years: 9 })), { ...nobody, links: 1 },
    'of everyone the last session says when they were last seen')
})

t.test('a machine that keeps no files forgets all the same, and says so', async t => {
  const w = await world(t)
  await booked(w, 1)
  const file = join(temporaryFolder(t), 'a-file')
  await writeFile(file, '')
  const said: string[] = []

  const traces = openTraces(join(file, 'data'), { warn: (_, sentence) => { said.push(sentence) } })
  const tally = await forget(w.db, traces, theDay)

  t.match(tally, { bookings: 1 })
  t.match(said.join(' '), /cannot be read.*cannot be noted/)
})

t.test('someone at a terminal forgets what is due, is told how many first, and never who', async t => {
  const w = await world(t)
  const dataDir = temporaryFolder(t)
  const ended = systemClock().minus({ days: 40 })
  await booked(w, 2, { startsAt: ended.minus({ hours: 1 }).toJSDate(), endsAt: ended.toJSDate() })
  const run = async (...words: string[]) => await placekeeper({ DATABASE_URL: w.url, DATA_DIR: dataDir }, 'forget', ...words)

  t.match(await run('--dry-run'), { code: 0, out: 'Would delete 2 bookings of 1 activity.\n', said: '' })
  t.equal(await w.db.booking.count(), 2)
  t.match(await run(), { code: 0, out: 'Deleted 2 bookings of 1 activity.\n', said: '' })
  t.match(await run(), { code: 0, out: 'No booking was due to be deleted.\n', said: '' })
  t.equal((await readFile(join(dataDir, 'forgotten'), 'utf8')).trim().split('\n').length, 2)
  t.match(await placekeeper({ DATABASE_URL: 'postgresql://127.0.0.1:1/nowhere', DATA_DIR: dataDir }, 'forget'), {
    code: 1, out: '', said: /^It did not work: [^\n]+\.\n$/
  })
})
