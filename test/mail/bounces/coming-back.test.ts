import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DateTime } from 'luxon'
import { pino } from 'pino'
import t from 'tap'
import { requestPlaces } from '../../../src/booking/bookings/request-places.ts'
import { processBounce } from '../../../src/mail/bounces/jobs.ts'
import { openMailbox } from '../../../src/mail/bounces/mailbox.ts'
import { aReport, bounceAddress, emailIdIn, returnPathOf } from '../../support/bounces.ts'
import { doJobs, contextFor } from '../../support/email-context.ts'
import { aMailbox, emails } from '../../support/mailbox.ts'
import { eventually, postBooking, runService } from '../../support/running-service.ts'
import { service } from '../../support/service.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { aRequest, anActivity, noon, plain, world } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

const inAWeek = DateTime.utc().plus({ days: 7 })
const secret = 'a secret that only the mail system knows'
const withReturnPath = { returnPathOf: (id: string) => returnPathOf(id, bounceAddress) }

/** Someone books, and the confirmation is on its way. */
async function book ({ db, outbox }: World, email: string): Promise<string> {
  const { id } = await anActivity(db)
  await requestPlaces(db, outbox, id, [aRequest(email)], noon)
  return (await db.booking.findFirstOrThrow({ where: { email } })).id
}

t.test('an email goes from its own address, and a report that is posted to that one marks its booking', async t => {
  const its = await service(t, { bounces: { secret, emailIdIn } })
  const mailbox = await aMailbox(t)
  const [anne, beth] = [await book(its, 'anne@example.net'), await book(its, 'beth@example.net')]

  await doJobs(its, { ...contextFor(t, its, mailbox.url), ...withReturnPath })

  const email = mailbox.taken.find(({ to }) => to[0] === 'anne@example.net')
  const { id, messageId } = await its.db.email.findFirstOrThrow({ where: { bookingId: anne } })
  t.equal(email?.from, returnPathOf(id, bounceAddress))
  t.match(email?.raw, '\r\nFrom: Online workshops <workshops@example.org>\r\n')
  t.match(email?.raw, /ORGANIZER;[^:]*:mailto:workshops@example\.org/)
  t.equal(email?.mail.messageId, `<${messageId}>`)
  t.equal(new Set(mailbox.taken.map(({ from }) => from)).size, 2, 'of each its own')

  const report = await aReport('postfix', { to: email?.from.toUpperCase() ?? '' })
  const answer = await its.app.inject({
    method: 'POST',
    url: '/bounces',
    headers: { 'content-type': 'message/rfc822', authorization: `Bearer ${secret}` },
    payload: report
  })

  t.equal(answer.statusCode, 204)
  t.match(await its.db.booking.findUnique({ where: { id: anne } }), {
    status: 'confirmed', unreachableAt: noon.toISO()
  })
  t.match(await its.db.booking.findUnique({ where: { id: beth } }), { status: 'confirmed', unreachableAt: null })
  t.match(await its.db.email.findUnique({ where: { id } }), { status: 'bounced', answer: /User unknown/ })
})

t.test('without an address for what comes back, an email goes from its sender', async t => {
  const its = await world(t)
  const mailbox = await aMailbox(t)
  await book(its, 'anne@example.net')

  await doJobs(its, contextFor(t, its, mailbox.url))

  t.equal(mailbox.taken[0]?.from, 'workshops@example.org')
})

t.test('the service reads the mailbox file, and what is in it counts once', async t => {
  const its = await world(t)
  const smtp = await aMailbox(t)
  const file = join(temporaryFolder(t), 'bounces')
  const { slug } = await anActivity(its.db, {
    startsAt: inAWeek.toJSDate(), endsAt: inAWeek.plus({ hours: 1 }).toJSDate()
  })
  const { url, output } = await runService(t, {
    DATABASE_URL: its.url,
    SMTP_URL: smtp.url,
    MAIL_FROM: 'workshops@example.org',
    BOUNCE_ADDRESS: bounceAddress,
    BOUNCE_MAILBOX: file,
    BOUNCES_SECRET: secret
  })
  for (const email of ['anne@example.net', 'beth@example.net', 'carol@example.net']) await postBooking(url, slug, { email })
  await emails(smtp, 3)
  const pathTo = (email: string) => smtp.taken.find(({ to }) => to[0] === email)?.from ?? ''
  await eventually(async () => await its.db.email.count({ where: { status: 'sent' } }) === 3)

  for (const [name, email] of [['exim', 'anne@example.net'], ['exim-delayed', 'beth@example.net']] as const) {
    const report = String(await aReport(name, { to: pathTo(email) }))
    await appendFile(file, `From MAILER-DAEMON Mon Nov 23 12:00:03 2026\n${report.replaceAll('\r\n', '\n')}\n`)
  }
  await appendFile(file, 'From MAILER-DAEMON Mon Nov 23 12:00:03 2026\n')
  await its.boss.send('bounces.read')
  const posted = await fetch(`${url}/bounces`, {
    method: 'POST',
    headers: { 'content-type': 'message/rfc822', authorization: `Bearer ${secret}` },
    body: String(await aReport('gmail', { to: pathTo('carol@example.net') }))
  })

  t.equal(posted.status, 204)
  await eventually(async () => await its.db.email.count({ where: { status: 'bounced' } }) === 2)
  const bookings = plain(await its.db.booking.findMany({ orderBy: { email: 'asc' }, include: { emails: true } }))
  t.strictSame(bookings.map(({ email, status, unreachableAt, emails }) =>
    [email, status, unreachableAt !== null, emails.map(({ status }) => status)]), [
    ['anne@example.net', 'confirmed', true, ['bounced']],
    ['beth@example.net', 'confirmed', false, ['sent']],
    ['carol@example.net', 'confirmed', true, ['bounced']]
  ])
  t.notMatch(output(), /\+[\da-v]{45}|@example\.net|No such user/)

  const asInAnotherProcess = openMailbox(
    file, async mail => { await processBounce({ db: its.db, clock: () => noon, emailIdIn }, mail) }, pino({ level: 'silent' }))
  await asInAnotherProcess.readNew()
  await asInAnotherProcess.readNew()
  t.strictSame(plain(await its.db.booking.findMany({ orderBy: { email: 'asc' }, include: { emails: true } })), bookings)
})
