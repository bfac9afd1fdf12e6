import { simpleParser } from 'mailparser'
import t from 'tap'
import { mimeOf } from '../../../src/mail/emails/mime.ts'
import { contextWith, keeping, writeEmail } from '../../support/email-context.ts'
import { answerAs, askingActivity, linksToAnswer } from '../../support/evaluations.ts'
import { links } from '../../support/service.ts'
import { aBooking, anActivity, noon, world } from '../../support/world.ts'

t.test('emails that people get anyway have the link to answer, and one for those who came leads to a certificate', async t => {
  const its = await world(t)
  const { db } = its
  const over = await askingActivity(db)
  const toCome = await askingActivity(db, {
    startsAt: noon.plus({ days: 8 }).toJSDate(), endsAt: noon.plus({ days: 8, hours: 1 }).toJSDate()
  })
  const mailer = keeping()
  const context = contextWith(its, mailer)
  const parsed = async () => {
    const message = mailer.kept.at(-1)
    if (message === undefined) return undefined
    return await simpleParser(mimeOf(message))
  }
  const answerAt = (text = '') => linksToAnswer.read(/\/evaluations\/([\w-]+)/.exec(text)?.[1] ?? '')

  const anne = await aBooking(db, toCome.id)
  await writeEmail(context, 'booking.confirmed', { bookingId: anne.id, sequence: 0 })
  const confirmed = await parsed()
  t.match(confirmed?.text, /One question before you come/)
  t.match(confirmed?.text, /You can come whether or not you answer/)
  t.strictSame(answerAt(confirmed?.text), linksToAnswer.linkOf(anne, 'before'))
  t.strictSame(answerAt(String(confirmed?.html)), linksToAnswer.linkOf(anne, 'before'))
  t.notMatch(confirmed?.text, /confident/, 'the question itself would name the topic')

  for (const [given, kind, isAsked, hasCertificate] of [
    [{ attended: true }, 'thank-you', true, false],
    [{ attended: true, role: 'professional' }, 'thank-you', true, true],
    [{ role: 'professional' }, 'after-the-day', true, true],
    [{ attended: false, role: 'professional' }, 'sorry-we-missed-you', false, false]
  ] as const) {
    const booking = await aBooking(db, over.id, given)
    await writeEmail(context, 'letter.due', { bookingId: booking.id, sequence: 0, kind, copy: 0 })
    const mail = await parsed()
    t.equal(answerAt(mail?.text)?.mark, isAsked ? linksToAnswer.linkOf(booking, 'after').mark : undefined, kind)
    t.equal(mail?.text?.includes(`/bookings/${links.tokenOf(booking)}/certificate`), hasCertificate, kind)
  }
})

t.test('an email is the same whether or not its reader has answered', async t => {
  const its = await world(t)
  const { db } = its
  const activity = await askingActivity(db)
  const mailer = keeping()
  const booking = await aBooking(db, activity.id, { attended: true })
  const due = { bookingId: booking.id, sequence: 0, kind: 'thank-you' }

  await writeEmail(contextWith(its, mailer), 'letter.due', { ...due, copy: 0 })
  await answerAs(db, booking, [{ number: 1, value: 4 }])
  await writeEmail(contextWith(its, mailer), 'letter.due', { ...due, copy: 1 })

  t.equal(mailer.kept.length, 2)
  t.equal(mailer.kept[1]?.text, mailer.kept[0]?.text)
})

t.test('where nothing is asked, emails are as they were', async t => {
  const its = await world(t)
  const activity = await anActivity(its.db)
  const mailer = keeping()
  const booking = await aBooking(its.db, activity.id)

  await writeEmail(contextWith(its, mailer), 'booking.confirmed', { bookingId: booking.id, sequence: 0 })

  t.notMatch(mailer.kept[0]?.text, /evaluations|question before|certificate/)
})
