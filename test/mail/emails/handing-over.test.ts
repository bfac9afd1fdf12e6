// Subject: the database.
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { EmailInHand, MailRefused } from '../../../src/mail/emails/errors.ts'
import { dropOldHandovers, handOverOnce } from '../../../src/mail/emails/handing-over.ts'
import { noon, warm, world } from '../../support/world.ts'

const clock = () => noon

t.test('of ten workers with one email at once one hands it over; the others come back for it, and find that it went', async t => {
  const { db } = await world(t)
  const id = randomUUID()
  const taken = Promise.withResolvers<void>()
  let sent = 0
  const handOver = async () => await handOverOnce({ db, clock }, id, async () => { sent++; await taken.promise })
  await warm(db)

  let back = 0
  const ends = await Promise.all(Array.from({ length: 10 }, async () => await handOver().catch((error: unknown) => {
    if (++back === 9) taken.resolve()
    return error
  })))

  t.equal(sent, 1)
  t.equal(ends.filter(end => end === true).length, 1)
  t.equal(ends.filter(end => end instanceof EmailInHand && end.seconds === 60).length, 9)
  t.equal(await handOver(), false)
  t.equal(sent, 1)
})

t.test('an email that was not taken is free at once, and one that was is known for a month', async t => {
  const { db } = await world(t)
  const id = randomUUID()
  const refused = new MailRefused({ code: '451', isFinal: false, answer: 'Later' })

  await t.rejects(handOverOnce({ db, clock }, id, async () => { throw refused }), refused)
  t.equal(await handOverOnce({ db, clock }, id, async () => {}), true)

  t.equal(await dropOldHandovers(db, noon.plus({ days: 30 })), 0)
  t.equal(await handOverOnce({ db, clock }, id, async () => {}), false)
  t.equal(await dropOldHandovers(db, noon.plus({ days: 31 })), 1)
})
