import { randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import t from 'tap'
import type { Test } from 'tap'
import { buildApp } from '../../../src/app.ts'
import type { PlaceRequest } from '../../../src/booking/bookings/booking.ts'
import { bulletinDraft } from '../../../src/mail/bulletins/bulletin.ts'
import { sendBulletin, writeBulletin } from '../../../src/mail/bulletins/commands.ts'
import { getBulletin } from '../../../src/mail/bulletins/queries.ts'
import { personalData } from '../../../src/office/forgetting/personal-data.ts'
import type { Db } from '../../../src/platform/database/connect.ts'
import { openTraces } from '../../../src/office/forgetting/traces.ts'
import { MailRefused } from '../../../src/mail/emails/errors.ts'
import { openMailer } from '../../../src/mail/emails/open-mailer.ts'
import { faultInLog } from '../../../src/platform/log.ts'
import { bookByPhone } from '../../../src/office/on-behalf/book-by-phone.ts'
import { answerAccess } from '../../../src/office/people/commands.ts'
import { joinLinkSeal } from '../../../src/programme/teams/seal.ts'
import { makeAnotherDate } from '../../../src/booking/waiting-list/another-date.ts'
import { startWorker } from '../../../src/worker.ts'
import { aReport, bounceAddress, emailIdIn, returnPathOf } from '../../support/bounces.ts'
import { confirming } from '../../support/confirming.ts'
import { contextWith } from '../../support/email-context.ts'
import { eventually } from '../../support/running-service.ts'
import { links, partsOf, perceived, personalLinks, post } from '../../support/service.ts'
import { aStaffMember, signedIn } from '../../support/staff.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { aCampaign, anActivity, aRequest, noon, secretKey, world } from '../../support/world.ts'
import { columnsWith, filesWith } from '../../support/whereabouts.ts'

/** A word that only the people of this test write anywhere; their numbers contain no letters of the alphabet. */
const marker = 'Xyzzymarker'
const number = '07700 900461'
const host = 'workshops.example.org'

const secret = 'a secret that only the mail system knows'

/** The service with a worker, emails as files, a clock that tests can set, and all of its log. */
async function context (t: Test) {
  const its = await world(t)
  let now = noon
  const clock = () => now
  const said: string[] = []
  const sink = new Writable({ write (chunk, _, done) { said.push(String(chunk)); done() } })
  const log = pino({ level: 'trace', serializers: { err: faultInLog } }, sink)
  const dataDir = temporaryFolder(t)
  const app = await buildApp({ ...partsOf(its), clock, log, bounces: { secret, emailIdIn } })
  t.teardown(async () => { await app.close() })
  const files = openMailer({ smtpUrl: undefined, dataDir })
  const mailer: typeof files = {
    ...files,
    async send (message) {
      const answer = `450 4.2.1 <${message.to}>: try again later`
      if (message.to.startsWith('refused')) throw new MailRefused({ code: '450', isFinal: false, answer })
      return await files.send(message)
    }
  }
  const emailContext = {
    ...contextWith(its, mailer), clock, returnPathOf: (id: string) => returnPathOf(id, bounceAddress)
  }
  await startWorker({ ...its, clock, log, emailContext, traces: openTraces(dataDir, log) })
  return { ...its, app, dataDir, log: () => said.join(''), turnClock: (to: typeof noon) => { now = to } }
}

async function emailsHaveGone (db: Db): Promise<void> {
  await eventually(async () => await db.email.count({
    where: { status: 'queued', booking: { email: { not: { startsWith: 'refused' } } } }
  }) === 0)
  await eventually(async () => {
    const [{ n } = { n: 1 }] = await db.$queryRaw<Array<{ n: number }>>`
      SELECT count(*)::int AS n FROM pgboss.job WHERE state IN ('created', 'active') AND name <> 'booking.changed'
        AND start_after <= now() AND data ? 'bookingId'`
    return n === 0
  })
}

t.test('someone who booked is found in each place before their day, and nowhere after it', async t => {
  const { app, db, boss, outbox, dataDir, log, turnClock } = await context(t)
  const { headers } = await signedIn(app, db)
  const staff = { ...await aStaffMember(db), role: 'admin' as const, agencyId: undefined }
  const { id: campaignId } = await aCampaign(db, { districts: ['Cumberland'] })
  const joinUrlSealed = joinLinkSeal(secretKey).close('https://teams.microsoft.com/meet/3912345678901?p=Ab3dEf9hIjKlMn')
  const activity = await anActivity(db, {
    campaignId, capacity: 3, waitingList: 'offers', joinMode: 'personal', joinUrlSealed, placesPerBooking: 2
  })
  const { id: activityId, slug } = activity
  const about = {
    name: `Anne ${marker}`,
    role: 'parent',
    district: 'Cumberland',
    phone: number,
    access_needs: `Captions, says ${marker}`,
    question: `What did ${marker} do?`,
    heard_from: `${marker} told me`
  }
  const address = (name: string) => `${name}@${marker.toLowerCase()}.example`
  const book = async (name: string, given: Record<string, string> = {}) => await post(app, `/activities/${slug}/book`, {
    ...about, email: address(name), submission: randomUUID(), ...given
  })
  const bookingOf = async (name: string) =>
    await db.booking.findFirstOrThrow({ where: { email: address(name), activityId } })

  // Booked, asked for again, booked by phone, refused by a mail server; others wait, for another date as well.
  for (const name of ['anne', 'anne', 'bounced', 'refused', 'waiting', 'leaving', 'offered']) {
    t.equal((await book(name)).statusCode, 303, name)
  }
  const caller: PlaceRequest = {
    ...aRequest(''),
    name: `Tess ${marker}`,
    email: undefined,
    district: 'Cumberland',
    phone: number,
    question: `${marker} asks`
  }
  await bookByPhone(db, outbox, activityId, caller, staff, noon)
  t.equal((await book('wrong', { email: marker, phone: marker })).statusCode, 400)
  t.equal((await post(app, '/find-my-booking', { email: address('anne') })).statusCode, 303)
  await emailsHaveGone(db)
  const another = { startsAt: noon.plus({ days: 20 }), joinUrlSealed: undefined }
  const otherDate = await confirming(async confirmed =>
    await makeAnotherDate(db, outbox, activityId, { ...another, confirmed }, staff, noon))

  // One gives their place back, which is offered to the next; one leaves the list; one email comes back.
  const anne = await bookingOf('anne')
  const token = links.tokenOf(anne.id)
  await post(app, `/bookings/${links.tokenOf((await bookingOf('bounced')).id)}/cancellation`, {})
  await post(app, `/bookings/${links.tokenOf((await bookingOf('leaving')).id)}/cancellation`, {})
  await emailsHaveGone(db)
  const { id: bookingId } = await bookingOf('bounced')
  const { id: emailId } = await db.email.findFirstOrThrow({ where: { bookingId, status: 'sent' } })
  const report = String(await aReport('postfix', { emailId })).replaceAll('anne@example.net', address('bounced'))
  const answer = await app.inject({
    method: 'POST',
    url: '/bounces',
    headers: { 'content-type': 'message/rfc822', authorization: `Bearer ${secret}` },
    payload: report
  })
  t.equal(answer.statusCode, 204)

  // Everything that staff do for them, and with them.
  const draft = { audience: 'everyone', heading: 'Bring a pen', body: 'And paper.', id: randomUUID() } as const
  const at = { activityId, number: await writeBulletin(db, activityId, draft, staff, noon) }
  const versionHash = bulletinDraft.versionHash(await getBulletin(db, activityId, at.number))
  await confirming(async confirmed =>
    await sendBulletin(db, outbox, { ...at, versionHash, host, confirmed }, staff, noon))
  const arranged = { activityId, bookingId: anne.id, answer: `Captions are on, ${marker}`, host }
  await confirming(async confirmed => { await answerAccess(db, outbox, { ...arranged, confirmed }, staff, noon) })
  for (const path of ['/attendees', `/bookings/${anne.id}`, '/letters']) {
    t.match((await app.inject({ url: `/staff/activities/${slug}${path}`, headers })).body, marker)
  }
  t.match((await post(app, '/staff/people', { q: marker }, headers)).body, marker)
  t.match((await app.inject({ url: `/staff/activities/${slug}/attendees.csv`, headers })).body, marker)
  await emailsHaveGone(db)
  turnClock(noon.plus({ days: 8, hours: 6 }))
  t.equal((await post(app, `/join/${personalLinks.tokenOf(anne.id)}`, {})).statusCode, 200)

  // Now all of it is in the database: needs, their answers, questions and numbers sealed.
  const before = await columnsWith(db, marker)
  t.strictSame(before, [
    'bookings.canonical_email', 'bookings.email', 'bookings.heard_from', 'bookings.name', 'letters.answer', 'letters.told', 'repeated_requests.name'
  ])
  t.strictSame(await columnsWith(db, number), [])
  t.ok((await filesWith(dataDir, marker)).length >= 10, 'emails kept as files')
  const ids = (await db.booking.findMany({ select: { id: true } })).map(({ id }) => id)
  t.ok((await columnsWith(db, anne.id)).includes('pgboss.job_common.data'), 'what waits in the queue, or did')
  t.strictSame(before.filter(column => ruleOf(column) !== 'booking'), [], 'each of these columns is declared as personal')

  // On the day that they were told, not a night sooner. Another date has people who were told a different day.
  const { eraseOn } = anne
  turnClock(noon.plus({ days: 37 }))
  await forgetByNight()
  t.ok((await columnsWith(db, marker)).length > 0)
  turnClock(noon.plus({ days: 38 }))
  t.equal(eraseOn.toISOString().slice(0, 10), '2026-12-31')
  await forgetByNight()
  turnClock(noon.plus({ days: 50 }))
  await forgetByNight()

  t.strictSame(await columnsWith(db, marker), [])
  t.strictSame(await columnsWith(db, number), [])
  t.strictSame(await filesWith(dataDir, marker), [])
  t.strictSame(await filesWith(dataDir, number), [])
  t.strictSame((await readdir(dataDir, { recursive: true })).filter(file => file.endsWith('.eml')), [])
  t.notMatch(log(), new RegExp(`${marker}|${number}|${token}`, 'i'), 'the log of all this time')
  t.match(log(), '/activities/:slug/book')
  // Of each person there is a random id, also in the audit trail. It names no one.
  t.strictSame(await columnsWith(db, anne.id), ['audit_entries.details', 'forgotten_bookings.booking_id'])
  const noted = await readFile(join(dataDir, 'forgotten'), 'utf8')
  t.strictSame(ids.filter(id => !noted.includes(id)), [])

  // The pages of the activity still work without people, and links to their bookings do not.
  const later = await signedIn(app, db)
  const seen = async (path: string) => perceived(await app.inject({ url: `/staff${path}`, ...later })).text
  t.match(await seen(`/activities/${slug}`), 'The details of everyone who booked are deleted')
  t.match(await seen(`/activities/${slug}/attendees`), /The details of everyone who booked are deleted.*Had a place 2 Came 1 Did not come 0 Were on the waiting list 4 Cancelled 2 /)
  t.match(await seen('/activities?view=past'), /2 of 3 booked/)
  t.match(await seen(`/activities/${slug}/letters`), 'The details of everyone who booked are deleted')
  t.match(await seen(`/activities/${slug}/evening`), 'The details of everyone who booked are deleted')
  t.match(await seen(`/activities/${slug}/attendees.csv`), /^.?reference,name,/)
  for (const path of ['', '/people', `/activities/${otherDate}`, `/activities/${slug}/waiting-list`, '/audit']) {
    t.equal((await app.inject({ url: `/staff${path}`, ...later })).statusCode, 200, path)
  }
  t.equal((await app.inject(`/bookings/${token}`)).statusCode, 404)
  t.equal((await post(app, '/find-my-booking', { email: address('anne') })).statusCode, 303)

  async function forgetByNight (): Promise<void> {
    const id = await boss.send('details.forgotten')
    await eventually(async () => (await boss.getJobById('details.forgotten', id ?? ''))?.state === 'completed')
  }
})

/** The rule for a column, such as `bookings.name`. */
function ruleOf (column: string): string | undefined {
  const [table = '', name = ''] = column.split('.')
  const model = { bookings: 'Booking', letters: 'Email', booking_events: 'BookingEvent', repeated_requests: 'RepeatedRequest' }[table] as keyof typeof personalData
  const field = name.replace(/_(\w)/g, (_, first: string) => first.toUpperCase())
  return (personalData[model] as Record<string, string> | undefined)?.[field]
}
