// Subject: the database.
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { EmailInHand, MailRefused } from '../../../src/mail/emails/errors.ts'
import { dropOldHandovers, handOverOnce } from '../../../src/mail/emails/handing-over.ts'
import { sendWelcomes, tellOfRemovedFactors } from '../../../src/office/staff-accounts/jobs.ts'
import { keeping, staffContextWith } from '../../support/email-context.ts'
import { aStaffMember } from '../../support/staff.ts'
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
  for (const days of [0, 1, 29]) {
    const then = () => noon.plus({ days })
    t.equal(await handOverOnce({ db, clock: then }, id, async () => {}), false, 'also once its claim has ended')
  }
  t.equal(await dropOldHandovers(db, noon.plus({ days: 31 })), 1)
})

t.test('two emails to a member of staff about one moment are two, and a second try of each is none', async t => {
  const its = await world(t)
  const { id: staffMemberId } = await aStaffMember(its.db)
  const mailer = keeping()
  const context = staffContextWith(its, mailer)
  const at = noon.toISO()

  for (let tries = 0; tries < 2; tries++) {
    await sendWelcomes(context, [{ staffMemberId, at }])
    await tellOfRemovedFactors(context, [{ staffMemberId, at }])
  }

  t.equal(new Set(mailer.kept.map(({ messageId }) => messageId)).size, 2)
  t.equal(mailer.kept.length, 2)
})
