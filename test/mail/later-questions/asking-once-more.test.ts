import { simpleParser } from 'mailparser'
import t from 'tap'
import type { Test } from 'tap'
import { agreeToLater, eraseDueLaterContacts, takeBackLater } from '../../../src/booking/evaluations/commands.ts'
import { MailRefused } from '../../../src/mail/emails/errors.ts'
import type { Mailer } from '../../../src/mail/emails/mailer.ts'
import { mimeOf } from '../../../src/mail/emails/mime.ts'
import { announceLaterQuestions } from '../../../src/mail/later-questions/commands.ts'
import { askOnceMore } from '../../../src/mail/later-questions/jobs.ts'
import type { Db } from '../../../src/platform/database/connect.ts'
import { openTraces } from '../../../src/office/forgetting/traces.ts'
import { forget } from '../../../src/office/forgetting/jobs.ts'
import { contextWith, keeping } from '../../support/email-context.ts'
import { answerAs, askingActivity, linksToAnswer } from '../../support/evaluations.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { aBooking, announced, noon, world } from '../../support/world.ts'

/** The day after three months, at ten in the morning in London. */
const itsDay = noon.set({ year: 2027, month: 2, day: 22, hour: 10 })

/** Someone who answered and agreed to be asked once more. */
async function agreed (t: Test, email = 'anne@example.org') {
  const its = await world(t)
  const activity = await askingActivity(its.db)
  const booking = await aBooking(its.db, activity.id, { email })
  const link = linksToAnswer.linkOf(booking, 'after')
  await answerAs(its.db, booking, [{ number: 1, value: 4 }])
  await agreeToLater(its.db, linksToAnswer, link, email, noon)
  return { ...its, activity, booking, link }
}

async function due (db: Db, outbox: Awaited<ReturnType<typeof world>>['outbox'], now: typeof noon): Promise<number> {
  const before = (await announced(db, 'later-question.due')).length
  await announceLaterQuestions(db, outbox, now)
  return (await announced(db, 'later-question.due')).length - before
}

t.test('who agreed is asked on the day that they were told, once, and their address is gone', async t => {
  const its = await agreed(t)
  const { db, outbox, activity } = its
  const mailer = keeping()
  const context = { ...contextWith(its, mailer), clock: () => itsDay }

  t.equal(await due(db, outbox, itsDay.minus({ minutes: 1 })), 0, 'not before ten')
  t.equal(await due(db, outbox, itsDay), 1)
  t.equal(await due(db, outbox, itsDay.plus({ minutes: 1 })), 0, 'nor twice')
  const dues = await announced(db, 'later-question.due')
  const [end] = await askOnceMore(context, dues)

  t.equal(end?.status, 'fulfilled')
  t.equal(await db.laterContact.count(), 0)
  const [message] = mailer.kept
  if (message === undefined) return t.fail('an email goes')
  const mail = await simpleParser(mimeOf(message))
  t.equal(mail.subject, 'One question, three months on: Online workshop – Cumbria safeguarding partnerships')
  t.match(mail.text, /We do not keep who answered what/)
  t.match(mail.text, /With this email we have deleted your address/)
  t.match(mail.text, /call 999/)
  const token = /\/evaluations\/([\w-]+)/.exec(mail.text ?? '')?.[1] ?? ''
  t.match(linksToAnswer.read(token), { activityId: activity.id, occasion: 'later' })
  await askOnceMore(context, dues)
  t.equal(mailer.kept.length, 1, 'a job that comes twice finds nobody')
})

t.test('an email that is tried again is the same email, with the same link', async t => {
  const its = await agreed(t)
  const { db, outbox } = its
  await due(db, outbox, itsDay)
  const dues = await announced(db, 'later-question.due')
  const kept = keeping()
  let tries = 0
  const flaky: Mailer = {
    ...kept,
    async send (message) {
      await kept.send(message)
      if (tries++ === 0) throw new MailRefused({ code: '450', isFinal: false, answer: '450 Try again later' })
      return '250 OK'
    }
  }
  const context = { ...contextWith(its, flaky), clock: () => itsDay }

  t.equal((await askOnceMore(context, dues))[0]?.status, 'rejected')
  t.equal(await db.laterContact.count(), 1)
  t.equal(await due(db, outbox, itsDay.plus({ hours: 11 })), 0, 'the job tries by itself')
  t.equal(await due(db, outbox, itsDay.plus({ hours: 12 })), 1, 'unless it was lost')
  t.equal((await askOnceMore(context, dues))[0]?.status, 'fulfilled')
  const [first, second] = kept.kept
  t.equal(second?.messageId, first?.messageId)
  t.equal(second?.text, first?.text)
})

t.test('an address that is refused for good, or of a cancelled activity, is deleted too', async t => {
  const its = await agreed(t, 'refused@example.org')
  const { db, outbox, activity } = its
  await due(db, outbox, itsDay)
  const dues = await announced(db, 'later-question.due')
  const refusing: Mailer = {
    async send () { throw new MailRefused({ code: '550', isFinal: true, answer: '550 No such user' }) },
    async close () {}
  }
  await askOnceMore({ ...contextWith(its, refusing), clock: () => itsDay }, dues)
  t.equal(await db.laterContact.count(), 0)

  const other = await aBooking(db, activity.id)
  await answerAs(db, other, [{ number: 1, value: 4 }])
  await agreeToLater(db, linksToAnswer, linksToAnswer.linkOf(other, 'after'), 'ben@example.org', noon)
  await db.activity.update({ where: { id: activity.id }, data: { status: 'cancelled' } })
  const [contact] = await db.laterContact.findMany()
  const mailer = keeping()
  await askOnceMore({ ...contextWith(its, mailer), clock: () => itsDay }, [{ contactId: contact?.id ?? '' }])
  t.equal(mailer.kept.length, 0)
  t.equal(await db.laterContact.count(), 0)
})

t.test('no email goes once the day has come by which the address was to be deleted', async t => {
  const its = await agreed(t)
  const { db, outbox } = its
  const lastDay = itsDay.plus({ days: 3 }).startOf('day')
  const [contact] = await db.laterContact.findMany()
  const mailer = keeping()

  t.equal(await due(db, outbox, lastDay), 0, 'the worker was away for days')
  await askOnceMore({ ...contextWith(its, mailer), clock: () => lastDay }, [{ contactId: contact?.id ?? '' }])
  t.equal(mailer.kept.length, 0, 'nor if it was announced in time')
  t.equal(await db.laterContact.count(), 0)
})

t.test('a restored backup does not bring back who was asked, or took it back', async t => {
  const its = await agreed(t)
  const { db, link } = its
  const kept = await db.laterContact.findMany()
  const traces = openTraces(temporaryFolder(t), { warn () {} })

  await takeBackLater(db, linksToAnswer, link, noon)
  await db.laterContact.createMany({ data: kept })
  await forget(db, traces, noon)
  t.equal(await db.laterContact.count(), 0)
  t.strictSame(await traces.list.read(), kept.map(({ id }) => id), 'also outside the database')
  await db.forgottenBooking.deleteMany()
  await db.laterContact.createMany({ data: kept })
  await askOnceMore({ ...contextWith(its, keeping()), clock: () => itsDay }, [{ contactId: kept[0]?.id ?? '' }])
  await db.laterContact.createMany({ data: kept })
  await forget(db, traces, itsDay)
  t.equal(await db.laterContact.count(), 0)
})

t.test('the address goes on the day that they were told, sent or not, and when they take it back', async t => {
  const { db, link, booking } = await agreed(t)

  t.equal(await eraseDueLaterContacts(db, itsDay.plus({ days: 2 })), 0)
  await takeBackLater(db, linksToAnswer, link, noon)
  t.equal(await db.laterContact.count(), 0)
  await agreeToLater(db, linksToAnswer, link, 'anne@example.org', noon)
  t.equal(await eraseDueLaterContacts(db, itsDay.plus({ days: 3 })), 1)
  await t.rejects(agreeToLater(db, linksToAnswer, link, 'anne@example.org', itsDay), { name: 'Error' }, 'its day has come')
  await t.rejects(
    agreeToLater(db, linksToAnswer, linksToAnswer.linkOf(booking, 'before'), 'anne@example.org', noon), { name: 'Error' })
})

t.test('the address has nothing in common with the booking or with the answers', async t => {
  const { db, booking } = await agreed(t)
  const [contact] = await db.laterContact.findMany()
  const marks = await db.evaluationMark.findMany()

  t.notOk(marks.some(({ mark }) => mark === contact?.mark))
  t.notMatch(JSON.stringify({ ...contact, email: '', canonicalEmail: '', activityId: '' }), new RegExp(`${booking.id}|${booking.reference}`))
})
