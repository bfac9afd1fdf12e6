// Subject: the database.
import t from 'tap'
import { startWorker } from '../src/worker.ts'
import { keeping, roomWith } from './support/letter-room.ts'
import { eventually } from './support/running-service.ts'
import { aBooking, anActivity, noon, world } from './support/world.ts'

t.test('a sweep serves what it can, and says in the log what it could not', async t => {
  const w = await world(t)
  const { id: broken } = await anActivity(w.db, { capacity: 1 })
  const { id: sound } = await anActivity(w.db, { capacity: 1 })
  for (const activityId of [broken, sound]) await aBooking(w.db, activityId, { status: 'waiting' })
  await w.db.$executeRawUnsafe(`
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$`)
  await w.db.$executeRawUnsafe(`
    CREATE TRIGGER broken BEFORE UPDATE ON bookings FOR EACH ROW WHEN (OLD.activity_id = '${broken}') EXECUTE FUNCTION refuse()`)
  const logged: Array<{ err?: unknown, schedule?: string }> = []
  const log = { info () {}, warn () {}, error (about: object) { logged.push(about) } }

  await startWorker({ ...w, clock: () => noon, letterRoom: roomWith(w, keeping()), log })
  await w.boss.send('waiting-lists.swept')

  await eventually(async () => logged.length > 0, { seconds: 30 })
  t.match(logged, [{ schedule: 'waiting-lists.swept', err: AggregateError }])
  t.equal((logged[0]?.err as AggregateError).errors.length, 1)
  t.match(await w.db.booking.findFirst({ where: { activityId: sound } }), { status: 'confirmed' })
  t.match(await w.db.booking.findFirst({ where: { activityId: broken } }), { status: 'waiting' })
})
