import fc from 'fast-check'
import t from 'tap'
import type { Test } from 'tap'
import { certificateCodes, codeIn, hashOf } from '../../../src/booking/certificates/code.ts'
import { giveCertificate } from '../../../src/booking/certificates/commands.ts'
import { eligibilityOf, lengthInWords } from '../../../src/booking/certificates/eligibility.ts'
import { NoCertificateYet } from '../../../src/booking/certificates/errors.ts'
import { lockActivity } from '../../../src/programme/activities/queries.ts'
import { forgetBookings } from '../../../src/office/forgetting/commands.ts'
import type { Booking } from '../../../src/platform/database/generated/client.ts'
import { answerAs, askingActivity, linksToAnswer } from '../../support/evaluations.ts'
import { innardsOf, linesOf } from '../../support/pdf.ts'
import { links, perceived, post, service } from '../../support/service.ts'
import { aBooking, countWaitingForLocks, noon, secretKey, warm } from '../../support/world.ts'

const codes = certificateCodes(secretKey)

/** A professional who came and has answered. */
async function professional (t: Test, given: Partial<Booking> = {}) {
  const its = await service(t)
  const activity = await askingActivity(its.db)
  const booking = await aBooking(its.db, activity.id, { role: 'professional', attended: true, name: 'Zoë O’Brien-Łuczak', ...given })
  const at = `/bookings/${links.tokenOf(booking)}/certificate`
  const give = async () => await giveCertificate(
    its.db, { evaluationLinks: linksToAnswer, certificateCodes: codes }, booking.id, noon)
  return { ...its, activity, booking, at, give, code: codes.codeOf(booking) }
}

t.test('a code has 80 bits, is read back however it is typed, and nothing else is one', async t => {
  const code = codes.codeOf({ id: '6f1c6a0e-52b0-4a53-9f0e-3c1f6d1b7a11' })
  t.match(code, /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/)
  t.equal(codes.codeOf({ id: '6f1c6a0e-52b0-4a53-9f0e-3c1f6d1b7a11' }), code)
  t.not(certificateCodes('another key that is long enough too').codeOf({ id: '6f1c6a0e-52b0-4a53-9f0e-3c1f6d1b7a11' }), code)
  const misread = code.replaceAll('0', 'O').replaceAll('1', 'l')
  for (const typed of [code.toLowerCase(), code.replaceAll('-', ''), code.replaceAll('-', ' '), ` ${code} `, misread]) {
    t.equal(codeIn(typed), code, typed)
  }
  fc.assert(fc.property(fc.string(), text => codeIn(text) === undefined || /^[\w-]{19}$/.test(codeIn(text) ?? '')))
})

t.test('a name is recognised with its code alone, whatever its capitals, accents and dashes', async t => {
  const mark = codes.nameMarkOf('7F3K-Q92Q-DM4T-B0XV', 'Zoë O’Brien-Łuczak')
  for (const typed of ['zoe o\'brien łuczak', 'ZOË OBRIEN-ŁUCZAK', ' Zoë  O`Brien Łuczak ']) {
    t.equal(codes.nameMarkOf('7F3K-Q92Q-DM4T-B0XV', typed), mark, typed)
  }
  t.not(codes.nameMarkOf('7F3K-Q92Q-DM4T-B0XV', 'Zoe Brien'), mark)
  for (const [name, other] of [['रवि', 'रावि'], ['রবি', 'রুবি'], ['ரவி', 'ராவி']] as const) {
    t.not(codes.nameMarkOf('7F3K-Q92Q-DM4T-B0XV', name), codes.nameMarkOf('7F3K-Q92Q-DM4T-B0XV', other), `${name} is not ${other}`)
  }
  t.not(codes.nameMarkOf('7F3K-Q92Q-DM4T-B0XW', 'Zoë O’Brien-Łuczak'), mark, 'without the code nobody can try names')
})

t.test('professionals get one when they came and have answered; not recorded is not absent', async t => {
  const over = { startsAt: noon.minus({ hours: 1 }), endsAt: noon, zone: 'Europe/London', status: 'published' } as const
  const done = { isAsked: true, hasAnswered: true }
  const came = { role: 'professional', status: 'confirmed', attended: true } as const

  t.equal(eligibilityOf(came, over, done, noon), 'ready')
  t.equal(eligibilityOf(came, over, { isAsked: true, hasAnswered: false }, noon), 'answer-first')
  t.equal(eligibilityOf(came, over, { isAsked: false, hasAnswered: false }, noon), 'ready')
  t.equal(eligibilityOf(came, over, done, noon.minus({ minutes: 1 })), 'not-over')
  t.equal(eligibilityOf({ ...came, attended: undefined }, over, done, noon), 'not-recorded')
  t.equal(eligibilityOf({ ...came, attended: false }, over, done, noon), 'did-not-come')
  t.equal(eligibilityOf({ ...came, role: 'parent' }, over, done, noon), 'not-for-them')
  t.equal(eligibilityOf({ ...came, status: 'cancelled' }, over, done, noon), 'not-for-them')
  t.equal(eligibilityOf(came, { ...over, status: 'cancelled' }, done, noon), 'cancelled')
  const lasting = (minutes: number, allDay = false) =>
    lengthInWords({ startsAt: noon, endsAt: noon.plus({ minutes }), allDay })
  t.strictSame([lasting(30), lasting(60), lasting(90), lasting(121), lasting(1440, true), lasting(2880, true)],
    ['30 minutes', '1 hour', '1 hour 30 minutes', '2 hours 1 minute', '1 day', '2 days'])
})

t.test('the page of a booking says what is missing, and then gives the certificate', async t => {
  const { app, db, booking, at } = await professional(t)
  t.match(perceived(await app.inject(`/bookings/${links.tokenOf(booking)}`)).text, /Your certificate of attendance/)
  const first = perceived(await app.inject(at))
  t.equal(first.h1, 'Answer a few questions first')
  t.equal((await post(app, at, {})).statusCode, 409)
  t.equal(await db.certificate.count(), 0)

  await answerAs(db, booking, [{ number: 1, value: 4 }])
  const ready = perceived(await app.inject(at))
  t.equal(ready.h1, 'Your certificate')
  t.notMatch(ready.text, /Zoë|Keeping your child safe/, 'a screen that others see shows neither')
  t.equal((await post(app, at, {})).statusCode, 200)
  t.equal(await db.certificate.count(), 1)
  const parent = await aBooking(db, booking.activityId, { attended: true })
  t.notMatch(perceived(await app.inject(`/bookings/${links.tokenOf(parent)}`)).text, /certificate/i)
  t.match(perceived(await app.inject(`/bookings/${links.tokenOf(parent)}/certificate`)).text, /Certificates are for people who work with children/)
})

t.test('whoever has to write their own name in reads so before they press', async t => {
  const { app, db, booking, at } = await professional(t, { name: 'ᏣᎳᎩ Ꭰ' })
  t.notMatch(perceived(await app.inject(at)).text, /by hand/, 'while there is none, it is not said')
  await answerAs(db, booking, [{ number: 1, value: 4 }])

  const ready = perceived(await app.inject(at))

  t.match(ready.text, /We cannot print your name\. It has a line instead: write your name on it by hand/)
  t.notMatch(ready.text, /It has your name as you typed it/)
  t.notMatch(ready.text, /ᏣᎳᎩ/)
})

t.test('who has not answered gets it too, once the time to answer has ended', async t => {
  const { app, db, at } = await professional(t)
  const ended = (days: number) => {
    const endsAt = noon.minus({ days })
    return { startsAt: endsAt.minus({ hours: 1 }).toJSDate(), endsAt: endsAt.toJSDate() }
  }
  await db.activity.updateMany({ data: ended(59) })
  t.equal(perceived(await app.inject(at)).h1, 'Answer a few questions first')

  await db.activity.updateMany({ data: ended(60) })

  t.equal(perceived(await app.inject(at)).h1, 'Your certificate')
  t.equal((await post(app, at, {})).headers['content-type'], 'application/pdf')
})

t.test('pressed twice at once, it is one certificate with one code', async t => {
  const { db, booking, give } = await professional(t)
  await answerAs(db, booking, [{ number: 1, value: 4 }])
  await warm(db)

  const given = await Promise.all([give(), give(), give()])

  t.equal(new Set(given.map(({ code }) => code)).size, 1)
  t.equal(await db.certificate.count(), 1)
})

t.test('it waits for a change to all bookings of the activity, and that does not wait for it', async t => {
  const { db, activity, booking, give } = await professional(t)
  await answerAs(db, booking, [{ number: 1, value: 4 }])
  await warm(db)

  const given = await db.$transaction(async tx => {
    await lockActivity(tx, activity.id)
    const giving = give()
    while (await countWaitingForLocks(db) === 0);
    await tx.booking.update({ where: { id: booking.id }, data: { remindersOff: true } })
    return { giving }
  })

  t.equal((await given.giving).issuedOn, '2026-11-23')
})

t.test('under a new SECRET_KEY the same booking gets a certificate with another code', async t => {
  const { db, booking, give, code } = await professional(t)
  await answerAs(db, booking, [{ number: 1, value: 4 }])
  await give()
  const otherCodes = certificateCodes('another key that is long enough too')

  const { code: other } = await giveCertificate(
    db, { evaluationLinks: linksToAnswer, certificateCodes: otherCodes }, booking.id, noon)

  t.equal(other, otherCodes.codeOf(booking))
  t.strictSame((await db.certificate.findMany()).map(({ codeHash }) => codeHash), [hashOf(other)], `not ${code} any more`)
})

t.test('whoever has the code sees what it is for and not whose it is, also after the booking is erased', async t => {
  const { app, db, booking, give, code } = await professional(t)
  await answerAs(db, booking, [{ number: 1, value: 4 }])
  await give()
  await db.$transaction(async tx => await forgetBookings(tx, [booking.id], noon))
  const names = await db.$queryRaw<Array<{ row: string }>>`SELECT certificates::text AS row FROM certificates`
  t.notMatch(names[0]?.row, new RegExp(`${booking.name}|${code}|${booking.id}`), 'it keeps neither name, code nor booking')

  const typed = await post(app, '/certificates', { code: code.toLowerCase() })
  t.equal(typed.headers.location, `/certificates/${code}`)
  const page = perceived(await app.inject(`/certificates/${code}`))
  t.equal(page.h1, 'This certificate is genuine')
  t.match(page.text, /Keeping your child safe online Sunday 22 November 2026, 6pm to 6:30pm 30 minutes Cumbria safeguarding partnerships/)
  t.notMatch(page.text, /Zoë/)
  const right = perceived(await post(app, `/certificates/${code}`, { name: 'zoe obrien łuczak' }))
  t.match(right.text, /Yes: we gave it to someone with this name/)
  const wrong = perceived(await post(app, `/certificates/${code}`, { name: 'Bob Nixon' }))
  t.match(wrong.text, /No: we gave it to someone with another name/)
  t.notMatch(wrong.text, /Zoë/)
  t.equal((await post(app, `/certificates/${code}`, { name: '' })).statusCode, 400)
})

t.test('a code that we never gave out, and one that cannot be one, get the same answer', async t => {
  const { app } = await professional(t)
  const unknown = await app.inject('/certificates/7F3K-Q92Q-DM4T-B0XV')
  const nonsense = await app.inject('/certificates/nonsense')

  t.equal(unknown.statusCode, 404)
  t.equal(perceived(unknown).text, perceived(nonsense).text)
  t.match(perceived(unknown).h1, 'No certificate has this code')
  const short = await post(app, '/certificates', { code: '7F3K' })
  t.equal(short.statusCode, 400)
  t.match(perceived(short).errors, [{ field: 'code', sentence: 'Enter the code: 16 letters and digits, like 7F3K-Q92Q-DM4T-B0XV' }])
})

t.test('names cannot be tried without end on one certificate', async t => {
  const { db, outbox, booking, give, code } = await professional(t)
  await answerAs(db, booking, [{ number: 1, value: 4 }])
  await give()
  const limited = await service(t, { rateLimits: true, db, outbox })
  const answers = []
  for (let n = 0; n < 12; n++) answers.push((await post(limited.app, `/certificates/${code}`, { name: `Name ${n}` })).statusCode)

  t.strictSame(answers, [...Array.from({ length: 10 }, () => 200), 429, 429])
})

t.test('a correction of who came takes it back, and another gives it again; the last word outlives the booking', async t => {
  const { app, db, booking, give, code } = await professional(t)
  await answerAs(db, booking, [{ number: 1, value: 4 }])
  await give()
  const shown = async () => perceived(await app.inject(`/certificates/${code}`)).h1
  const correct = async (attended: boolean | null) =>
    await db.booking.update({ where: { id: booking.id }, data: { attended } })

  await correct(false)
  t.equal(await shown(), 'This certificate is not valid')
  await t.rejects(give(), new NoCertificateYet('did-not-come'))
  await correct(true)
  t.equal(await shown(), 'This certificate is genuine')
  await correct(null)
  t.equal(await shown(), 'This certificate is not valid', 'taken back until someone knows')
  await db.$transaction(async tx => await forgetBookings(tx, [booking.id], noon))
  t.equal(await shown(), 'This certificate is not valid')
  t.equal((await db.certificate.findUniqueOrThrow({ where: { codeHash: hashOf(code) } })).bookingId, null)
})

t.test('the certificate is a PDF with the name as typed, and one that no font has is left for a pen', async t => {
  const { app, db, booking, at, code } = await professional(t, { name: 'Zoë #read("x") O’Brien' })
  await answerAs(db, booking, [{ number: 1, value: 4 }])

  const answer = await post(app, at, {})

  t.equal(answer.headers['content-type'], 'application/pdf')
  t.match(answer.headers['content-disposition'], /^attachment; filename="certificate\.pdf"$/)
  const text = (await linesOf(answer.rawPayload)).join(' ')
  t.match(text, /Certificate of attendance/)
  t.match(text, /#read\("x"\) O’Brien/, 'nothing that was typed is run')
  t.match(text, /Keeping your child safe online Sunday 22 November 2026, 6pm to 6:30pm 30 minutes/)
  t.match(text, /Given out by Cumbria safeguarding partnerships on Monday 23 November 2026/)
  t.match(text, new RegExp(`Code: ${code}`))
  t.match(text.replaceAll(' ', ''), `https://workshops.example.org/certificates/${code}`)
  t.match(innardsOf(answer.rawPayload), /pdfuaid:part/, 'PDF/UA')

  await db.booking.update({ where: { id: booking.id }, data: { name: 'زوبيدة' } })
  t.match((await linesOf((await post(app, at, {})).rawPayload)).join(' '), /زوبيدة/)
  await db.booking.update({ where: { id: booking.id }, data: { name: '𓀀 Nile' } })
  const without = (await linesOf((await post(app, at, {})).rawPayload)).join(' ')
  t.match(without, /Name: We cannot print this name, so it is written by hand\. Check it with the code below\. took part in/)
  t.match(perceived(await app.inject(`/certificates/${code}`)).text, /Some names cannot be printed whole: they are written by hand, so check those/)
  t.match(perceived(await post(app, `/certificates/${code}`, { name: '𓀀 nile' })).text, /Yes: we gave it/)
})
