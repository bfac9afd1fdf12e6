// Subject: the database.
import t from 'tap'
import type { Test } from 'tap'
import { getBooking } from '../src/booking/bookings/queries.ts'
import { checkInCodes } from '../src/booking/check-in/code.ts'
import { certificateCodes } from '../src/booking/certificates/code.ts'
import { evaluationLinks } from '../src/booking/evaluations/link.ts'
import { listBookingsOfCaller } from '../src/office/rights/callers.ts'
import { returnPaths } from '../src/mail/emails/return-path.ts'
import { keptBy, secondFactorSeal } from '../src/identity/second-factor/authenticator.ts'
import { connect } from '../src/platform/database/connect.ts'
import type { Db } from '../src/platform/database/connect.ts'
import { currentForm, keyIdOf, sealFor } from '../src/platform/seal.ts'
import type { SecretKey } from '../src/platform/seal.ts'
import { signedIds } from '../src/platform/signed-id.ts'
import { joinLinkSeal } from '../src/programme/teams/seal.ts'
import { allThatIsSealed, assertAnswersOpen, openedWith, sealEverything } from '../src/sealed-tables.ts'
import { placekeeper } from './support/command.ts'
import { aRequestOf } from './support/requests.ts'
import { aStaffMember } from './support/staff.ts'
import { aBooking, anActivity, noon, secretKey, world } from './support/world.ts'

const newKey = 'the next key that is long enough to be one'
const both: SecretKey = [newKey, secretKey]
const joinUrl = 'https://teams.microsoft.com/meet/3912345678901?p=Ab3dEf9hIjKlMn'
const number = '07700 900461'

/** The same database through the connection of a service that has other keys. */
function withKey (t: Test, url: string, key: SecretKey): Db {
  const db = connect(url, { connections: 2 })
  t.teardown(async () => { await db.$disconnect() })
  return openedWith(db, key)
}

/** Something in each sealed column that the service fills by itself, under the key of tests. */
async function somethingSealed (db: Db) {
  const member = await aStaffMember(db)
  await db.staffMember.update({
    where: { id: member.id }, data: { factorSealed: secondFactorSeal(secretKey).close('ABCDEFGH', keptBy(member.id)) }
  })
  const activity = await anActivity(db, { joinUrlSealed: joinLinkSeal(secretKey).close(joinUrl) })
  await db.activity.update({ where: { id: activity.id }, data: { endsAt: noon.plus({ days: 9 }).toJSDate() } })
  const leftovers = [joinLinkSeal(secretKey).close('a meeting to be removed')]
  await db.teamsMeeting.create({
    data: { activityId: activity.id, askedAt: noon.toJSDate(), madeAs: { told: null, leftovers } }
  })
  await aRequestOf(db, { kind: 'complaint', text: 'Nobody let me in.' })
  const phoned = { email: null, canonicalEmail: null, phone: number, accessNeeds: 'Captions', question: 'Is it recorded?' }
  const booking = await aBooking(db, activity.id)
  await db.booking.update({ where: { id: booking.id }, data: phoned })
  return { member, activity, booking }
}

t.test('after the key was changed everything opens with the new one alone, and what was plain is sealed', async t => {
  const { db, url } = await world(t)
  const { member, activity, booking } = await somethingSealed(db)
  const { id: plain } = await aBooking(db, activity.id)
  await db.$executeRaw`UPDATE bookings SET access_needs = '2. A ramp', phone = '01539 722 722' WHERE id = ${plain}::uuid`
  const until = async () => (await db.activity.findUniqueOrThrow({ where: { id: activity.id } })).joinUrlMeetingEndsAt
  const before = await until()
  const opened = withKey(t, url, both)
  t.match(await getBooking(opened, booking.id), { phone: number, accessNeeds: 'Captions' }, 'the key before still opens')
  t.match(await getBooking(opened, plain), { phone: '01539 722 722', accessNeeds: '2. A ramp' }, 'and what is plain is read')
  t.strictSame(await listBookingsOfCaller(opened, booking.reference), [booking.id], 'found by a number marked with it')

  const tallies = await sealEverything(db, both)

  t.strictSame(tallies.map(({ table, sealed, left, unopened }) => [table, sealed, left, unopened]), [
    ['bookings', 2, 0, 0], ['requests', 1, 0, 0], ['activities', 1, 0, 0], ['teams_meetings', 0, 0, 0],
    ['programme_uploads', 0, 0, 0], ['staff_members', 1, 0, 0], ['teams_meetings.leftovers', 1, 0, 0]
  ])
  const later = withKey(t, url, newKey)
  t.match(await getBooking(later, booking.id), { phone: number, accessNeeds: 'Captions', question: 'Is it recorded?' })
  t.match(await getBooking(later, plain), { phone: '01539 722 722', accessNeeds: '2. A ramp' })
  t.strictSame(await listBookingsOfCaller(later, booking.reference), [booking.id])
  t.match(await later.request.findFirst(), { text: 'Nobody let me in.' })
  const { madeAs } = await db.teamsMeeting.findFirstOrThrow()
  t.equal(joinLinkSeal(newKey).open((madeAs as { leftovers: string[] }).leftovers[0] ?? ''), 'a meeting to be removed')
  const row = await db.activity.findUniqueOrThrow({ where: { id: activity.id } })
  t.equal(joinLinkSeal(newKey).open(row.joinUrlSealed ?? ''), joinUrl)
  t.strictSame(await until(), before, 'and is no other link')
  const { factorSealed } = await db.staffMember.findUniqueOrThrow({ where: { id: member.id } })
  t.equal(secondFactorSeal(newKey).open(factorSealed ?? '', keptBy(member.id)), 'ABCDEFGH')
  t.strictSame((await sealEverything(db, both)).map(({ sealed }) => sealed), [0, 0, 0, 0, 0, 0, 0], 'and nothing is done twice')
})

t.test('broken off in the middle it goes on where it was, and everything is read meanwhile', async t => {
  const { db, url } = await world(t)
  const { id } = await anActivity(db)
  await db.booking.createMany({
    data: Array.from({ length: 450 }, (_, n) => ({
      activityId: id,
      reference: `R${n}`,
      name: 'Anne',
      email: `a${n}@example.org`,
      canonicalEmail: `a${n}@example.org`,
      role: 'parent',
      status: 'confirmed',
      createdAt: noon.toJSDate(),
      changedAt: noon.toJSDate(),
      confirmedAt: noon.toJSDate(),
      submissionId: crypto.randomUUID(),
      accessNeeds: `Need ${n}`
    }))
  })
  let transactions = 0
  const dying = new Proxy(db, {
    get (target, name) {
      if (name === '$transaction' && ++transactions > 2) throw new Error('killed')
      return Reflect.get(target, name)
    }
  })

  await t.rejects(sealEverything(dying, both), /killed/)

  const [{ left } = { left: 0 }] = await db.$queryRaw<Array<{ left: number }>>`
    SELECT count(*)::int AS left FROM bookings WHERE access_needs !~ ${currentForm(both)}`
  t.equal(left, 50)
  const opened = await withKey(t, url, both).booking.findMany({ select: { reference: true, accessNeeds: true } })
  t.strictSame(opened.filter(({ reference, accessNeeds }) => accessNeeds !== `Need ${reference.slice(1)}`), [])
  t.match((await sealEverything(db, both))[0], { sealed: 50, left: 0 })
})

t.test('what does not open is counted, stays as it is, and keeps nothing else from being sealed', async t => {
  const { db } = await world(t)
  const { booking, activity } = await somethingSealed(db)
  const { id: other } = await aBooking(db, activity.id)
  await db.$executeRaw`UPDATE bookings SET question = (SELECT question FROM bookings WHERE id = ${booking.id}::uuid) WHERE id = ${other}::uuid`

  t.match((await sealEverything(db, both))[0], { table: 'bookings', sealed: 1, unopened: 1, left: 1 })
  t.match((await sealEverything(db, newKey))[0], { sealed: 0, unopened: 1, left: 1 })
})

t.test('with neither of the keys with which answers were sealed no service starts', async t => {
  const { db } = await world(t)
  await t.resolves(assertAnswersOpen(db, newKey), 'where nothing is sealed')
  await somethingSealed(db)
  await t.rejects(assertAnswersOpen(db, newKey), /SECRET_KEY is not the one with which phone numbers/)
  await t.resolves(assertAnswersOpen(db, both))
})

t.test('each column for what is sealed is sealed again', async t => {
  const { db } = await world(t)
  const columns = await db.$queryRaw<Array<{ name: string }>>`
    SELECT table_name || '.' || column_name AS name FROM information_schema.columns
    WHERE table_schema = 'public' AND column_name LIKE '%\_sealed'`
  const again = allThatIsSealed(secretKey).flatMap(({ table, columns }) => columns.map(({ column }) => `${table}.${column}`))
  t.strictSame(columns.map(({ name }) => name).filter(name => !again.includes(name)), [])
})

t.test('the command says with which key, how much, and when the key before may be taken away', async t => {
  const { db, url: DATABASE_URL } = await world(t)
  await somethingSealed(db)
  const { code, out } = await placekeeper({ DATABASE_URL, SECRET_KEY: newKey, SECRET_KEY_BEFORE: secretKey }, 'keys')

  t.equal(code, 0)
  for (const said of [
    `SECRET_KEY has the mark ${keyIdOf(newKey)}.`, `SECRET_KEY_BEFORE has the mark ${keyIdOf(secretKey)}.`,
    'bookings: 1 sealed, 0 left.', 'Everything in the database is sealed with SECRET_KEY.',
    /need SECRET_KEY_BEFORE until \d+ \w+ 20\d\d\. Then take it away/
  ]) t.match(out, said)
  t.notMatch(out, newKey)
})

t.test('what was signed with the key before is good beside the new one, and not without it', t => {
  const id = '6f1c6a0e-52b0-4a53-9f0e-3c1f6d1b7a11'
  const booking = { id, activityId: id }
  const made = {
    link: signedIds('x', secretKey).tokenOf({ id, version: 3 }),
    evaluation: evaluationLinks(secretKey).tokenOf(evaluationLinks(secretKey).linkOf(booking, 'after')),
    returnPath: returnPaths(secretKey).returnPathOf(id, 'b@example.org'),
    check: checkInCodes(secretKey).codeOf(id),
    mark: certificateCodes(secretKey).nameMarkOf('7F3K', 'Anne'),
    sealed: sealFor('x', secretKey).close('said', 'of')
  }
  const read = (key: SecretKey) => ({
    link: signedIds('x', key).read(made.link)?.version === 3,
    evaluation: evaluationLinks(key).read(made.evaluation)?.activityId === id,
    returnPath: returnPaths(key).emailIdIn(`<${made.returnPath}>`) === id,
    check: checkInCodes(key).codesOf(id).includes(made.check),
    mark: certificateCodes(key).isMarkOf(made.mark, '7F3K', 'anne'),
    sealed: openedOr(() => sealFor('x', key).open(made.sealed, 'of')) === 'said'
  })
  t.strictSame(new Set(Object.values(read(both))), new Set([true]))
  t.strictSame(new Set(Object.values(read(newKey))), new Set([false]))
  t.not(signedIds('x', both).tokenOf({ id, version: 3 }), made.link, 'new ones are made with the new key')
  t.ok(sealFor('x', both).close('said').startsWith(`2.${keyIdOf(newKey)}.`))
  t.end()
})

function openedOr (open: () => string): string | undefined {
  try {
    return open()
  } catch {
    return undefined
  }
}
