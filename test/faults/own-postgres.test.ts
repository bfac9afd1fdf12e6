import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { counted } from '../support/counted.ts'
import { aBookable, connectedToOwn, expectSoundOwn, postgresOf } from '../support/own-postgres.ts'
import { eventually, postBooking, runService } from '../support/running-service.ts'

t.test('its own PostgreSQL killed, the service starts it again: no booking is lost, and new ones are answered', async t => {
  const service = await runService(t, { LOG_LEVEL: 'warn' })
  const { url, dataDir } = service
  const slug = await aBookable(dataDir, 200)
  const answered: string[] = []
  const book = async () => {
    const email = `${randomUUID()}@example.org`
    const answer = await postBooking(url, slug, { email })
    if (answer === 303) answered.push(email)
    return answer
  }
  const first = await postgresOf(dataDir)
  const over = new AbortController()

  const bookings = Promise.all(Array.from({ length: 5 }, async () => {
    while (!over.signal.aborted) {
      if (await book().catch(() => 0) !== 303) await delay(20)
    }
  }))
  await eventually(() => answered.length >= 20)
  process.kill(first!, 'SIGKILL')
  await eventually(async () => await fetch(`${url}/health/ready`).then(({ status }) => status === 503))
  const before = answered.length
  await eventually(() => answered.length >= before + 20)
  over.abort()
  await bookings

  t.not(await postgresOf(dataDir), first)
  t.equal((await fetch(`${url}/health/ready`)).status, 200)
  const database = await connectedToOwn(t, dataDir)
  const { rows } = await database.query('SELECT email FROM bookings WHERE activity_id = (SELECT id FROM activities WHERE slug = $1)', [slug])
  counted(t, 'Its own PostgreSQL is killed', { answered, found: rows.map(({ email }) => email) })
  t.match(service.output(), /had ended and was started again/)
  t.equal(await book(), 303)
  await eventually(async () => (await database.query(`
    SELECT FROM letters JOIN bookings ON bookings.id = booking_id
    WHERE email = $1 AND letters.status = 'sent'`, [answered.at(-1)])).rowCount === 1)
  await expectSoundOwn(dataDir)
  t.equal(await service.end('SIGTERM'), 0)
  t.equal(await postgresOf(dataDir), undefined, 'and in the end it is stopped')
})
