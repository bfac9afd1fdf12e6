// Subject: the database.
import t from 'tap'
import { buildApp } from '../../src/app.ts'
import { connect } from '../../src/platform/database/connect.ts'
import { openedWith } from '../../src/sealed-tables.ts'
import { counted } from '../support/counted.ts'
import { isWhole } from '../support/depth.ts'
import { faultyProxy } from '../support/faulty-proxy.ts'
import { expectSound } from '../support/sound.ts'
import { aForm, partsOf, post } from '../support/service.ts'
import { anActivity, announced, secretKey, world } from '../support/world.ts'

/** COMMIT and its answer, and a little of what is before them. */
const lastBytes = 60
const evenly = isWhole ? 500 : 50

/** From the first byte of a booking's talk with the database to the last, and more closely where it ends. */
const moments: ReadonlyArray<(total: number) => number> = [
  ...Array.from({ length: evenly }, (_, n) => (total: number) => 1 + Math.round(n * (total - 1) / evenly)),
  ...Array.from({ length: lastBytes / 3 }, (_, n) => (total: number) => total - lastBytes + 3 * n)
]

t.test('cut off from the database at any moment of a booking, the same form books once', async t => {
  const { db: sound, outbox, url } = await world(t)
  const proxy = await faultyProxy(t, url)
  const db = openedWith(connect(proxy.url, { connections: 2 }), secretKey)
  const app = await buildApp(partsOf({ db, outbox }))
  t.teardown(async () => {
    await app.close()
    await db.$disconnect()
  })
  // Two more book before each moment. Someone without a place would be told something else.
  const { slug } = await anActivity(sound, { capacity: 3 * moments.length })
  const send = async (form: Record<string, string>) => (await post(app, `/activities/${slug}/book`, form)).statusCode
  const answered: string[] = []
  const statuses = new Map<string, number>()
  let refused = 0
  let unheard = 0

  for (const [n, bytesOf] of moments.entries()) {
    const form = aForm(`a-${1001 + n}@example.org`)
    proxy.cutAfter(bytesOf(await bytesOfTalk(1001 + n)))
    const first = await send(form)
    proxy.heal()
    const isThere = await sound.booking.count({ where: { email: form.email ?? '' } }) === 1
    if (first === 503) refused++
    if (first === 503 && isThere) unheard++
    const again = first === 303 ? 303 : await send(form)
    statuses.set(`${first} ${again}`, (statuses.get(`${first} ${again}`) ?? 0) + 1)
    if (again === 303) answered.push(form.email ?? '')
  }

  t.comment(`${refused} cut off, ${unheard} of them booked, statuses ${JSON.stringify([...statuses])}`)
  t.strictSame([...statuses.keys()].filter(both => !['303 303', '503 303'].includes(both)), [], 'the form is taken when it is sent again')
  t.ok(unheard > 0, 'some were booked and did not hear of it')
  t.ok(refused > unheard, 'and some were not')
  const bookings = await sound.booking.findMany()
  counted(t, 'Killed at any moment of a booking', { answered, found: bookings.map(({ email }) => email ?? '') })
  const told = (await announced(sound, 'booking.confirmed')).map(({ bookingId }) => bookingId)
  t.strictSame(told.sort(), bookings.map(({ id }) => id).sort(), 'each is announced once')
  await expectSound(sound)

  /** Of a booking on a connection that is open; what is sent often is shorter from then on. */
  async function bytesOfTalk (n: number): Promise<number> {
    const [opening, measured] = [`b-${n}@example.org`, `c-${n}@example.org`]
    await send(aForm(opening))
    const before = proxy.countBytes()
    await send(aForm(measured))
    answered.push(opening, measured)
    return proxy.countBytes() - before
  }
})
