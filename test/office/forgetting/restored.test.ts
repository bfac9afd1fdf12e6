import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { systemClock } from '../../../src/platform/clock.ts'
import type { Db } from '../../../src/platform/database/connect.ts'
import { forgetAgain, forgetBookings } from '../../../src/office/forgetting/commands.ts'
import { forgottenList } from '../../../src/office/forgetting/forgotten-list.ts'
import { openTraces } from '../../../src/office/forgetting/traces.ts'
import { eventually, runService } from '../../support/running-service.ts'
import { links } from '../../support/service.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { aBooking, anActivity, noon, world } from '../../support/world.ts'

const silent = { warn () {} }

/** Four ids, so that two databases can hold the same bookings: the lost one, and its backup. */
const [erased, stays, due, held] = [
  '0b0e7a52-5c5d-4b1e-9a0e-0d4f3b6a7c11', '1b0e7a52-5c5d-4b1e-9a0e-0d4f3b6a7c11', '2b0e7a52-5c5d-4b1e-9a0e-0d4f3b6a7c11',
  '3b0e7a52-5c5d-4b1e-9a0e-0d4f3b6a7c11'
]

/** The contents of the backup: one person who will ask to be forgotten, and one whose day comes. */
async function asItWas (db: Db): Promise<void> {
  const inDays = (days: number) => systemClock().plus({ days }).toJSDate()
  const toCome = await anActivity(db, { startsAt: inDays(8), endsAt: inDays(9) })
  const over = await anActivity(db, { startsAt: inDays(-41), endsAt: inDays(-40) })
  for (const id of [erased, stays]) await aBooking(db, toCome.id, { id, name: 'Zoe Forgotten' })
  await aBooking(db, over.id, { id: due })
}

async function left (db: Db): Promise<string[]> {
  return (await db.booking.findMany({ orderBy: { id: 'asc' } })).map(({ id }) => id)
}

t.test('a service that starts on a restored backup shows nobody who was forgotten after it was made', async t => {
  const [lost, restored] = [await world(t), await world(t)]
  const dataDir = temporaryFolder(t)
  await asItWas(lost.db)
  await asItWas(restored.db)
  const forgotten = await lost.db.$transaction(async tx => await forgetBookings(tx, [erased], systemClock()))
  await openTraces(dataDir, silent).follow(forgotten)

  const { url, output } = await runService(t, { DATABASE_URL: restored.url, DATA_DIR: dataDir })

  t.equal((await fetch(`${url}/bookings/${links.tokenOf(erased)}`)).status, 404)
  t.equal((await fetch(`${url}/bookings/${links.tokenOf(stays)}`)).status, 200)
  t.match(output(), /"again":1/)
  await eventually(async () => (await left(restored.db)).length === 1)
  t.strictSame(await left(restored.db), [stays], 'whose day has come is forgotten as well')
  const { booked, cancelled } = await restored.db.headcount.findFirstOrThrow({ where: { dimension: 'total', booked: 0 } })
  t.strictSame([booked, cancelled], [0, 1], 'who is forgotten before it takes place does not count as coming')
})

t.test('machines with folders of their own learn from the database, and the database from each of them', async t => {
  const [lost, restored] = [await world(t), await world(t)]
  const [web, worker] = [openTraces(temporaryFolder(t), silent), openTraces(temporaryFolder(t), silent)]
  await asItWas(lost.db)
  await asItWas(restored.db)
  await web.follow(await lost.db.$transaction(async tx => await forgetBookings(tx, [erased], noon)))
  await forgetAgain(lost.db, worker, noon)
  t.strictSame(await worker.list.read(), [erased], 'the worker learns it before anything is lost')

  t.equal(await forgetAgain(restored.db, worker, noon), 1)
  t.equal(await forgetAgain(restored.db, web, noon), 0)
  t.strictSame(await left(restored.db), [stays, due])
  t.strictSame(await web.list.read(), [erased])
  t.equal(await restored.db.forgottenBooking.count(), 1)
})

t.test('where no folder lasts, the table that is copied into the restored database does', async t => {
  const { db } = await world(t)
  await asItWas(db)
  await db.forgottenBooking.create({ data: { bookingId: erased, forgottenAt: noon.toJSDate() } })

  t.equal(await forgetAgain(db, openTraces(temporaryFolder(t), silent), noon), 1)
  t.strictSame(await left(db), [stays, due])
})

t.test('what a legal hold of the backup keeps stays, and is forgotten once it is lifted', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db)
  await aBooking(db, activityId, { id: held })
  const at = { reviewOn: noon.toJSDate(), setAt: noon.toJSDate() }
  const { id } = await db.legalHold.create({
    data: { activityId, reason: 'An inquiry', owner: 'Legal services', setById: held, ...at }
  })
  const traces = openTraces(temporaryFolder(t), silent)
  await traces.list.add([held])

  t.equal(await forgetAgain(db, traces, noon), 0)
  await db.legalHold.update({ where: { id }, data: { liftedAt: noon.toJSDate(), liftedById: held } })
  t.equal(await forgetAgain(db, traces, noon), 1)
})

t.test('a list that a crash cut short loses that line alone', async t => {
  const file = join(temporaryFolder(t), 'data', 'forgotten')
  const list = forgottenList(file)
  t.strictSame(await list.read(), [])

  await list.add([erased, stays])
  await appendFile(file, due.slice(0, 20))
  await list.add([held])
  await list.add([])

  t.strictSame(await list.read(), [erased, stays, held])
  t.match(await readFile(file, 'utf8'), `${due.slice(0, 20)}\n`)
})
