import fc from 'fast-check'
import t from 'tap'
import { numberAsCompared } from '../../../src/booking/bookings/sealed-answers.ts'
import { getBooking } from '../../../src/booking/bookings/queries.ts'
import { makeAnotherDate } from '../../../src/booking/waiting-list/another-date.ts'
import { answerAccess } from '../../../src/office/people/commands.ts'
import { connect } from '../../../src/platform/database/connect.ts'
import { isSealed, SealedWithAnotherKey } from '../../../src/platform/seal.ts'
import { openedWith } from '../../../src/sealed-tables.ts'
import { confirming } from '../../support/confirming.ts'
import { aForm, perceived, post, service } from '../../support/service.ts'
import { aStaffMember, signedIn } from '../../support/staff.ts'
import { columnsWith } from '../../support/whereabouts.ts'
import { aBooking, anActivity, noon, world } from '../../support/world.ts'

const marker = 'Xyzzymarker'
const number = '07700 900461'

const answers = { phone: number, access_needs: `Captions for ${marker}`, question: `What did ${marker} do?` }

t.test('what someone told us stands nowhere in a dump of the database, and on the pages of staff', async t => {
  const { app, db, outbox } = await service(t)
  const activity = await anActivity(db)
  const { headers } = await signedIn(app, db)
  const staff = { ...await aStaffMember(db), role: 'admin' as const, agencyId: undefined }

  const booked = await post(app, `/activities/${activity.slug}/book`, aForm('anne@example.org', answers))
  t.equal(booked.statusCode, 303)
  const { id } = await db.booking.findFirstOrThrow({ where: { activityId: activity.id } })
  const arranged = { activityId: activity.id, bookingId: id, answer: `Captions are on, ${marker}`, host: 'example.org' }
  await confirming(async confirmed => { await answerAccess(db, outbox, { ...arranged, confirmed }, staff, noon) })

  for (const secret of [marker, number, '900461']) t.strictSame(await columnsWith(db, secret), [], secret)
  const [row] = await db.$queryRaw<Array<Record<string, string>>>`
    SELECT phone, access_needs, access_answer, question FROM bookings WHERE id = ${id}::uuid`
  t.ok(Object.values(row ?? {}).every(isSealed), 'and is there, sealed')
  const page = perceived(await app.inject({ url: `/staff/activities/${activity.slug}/bookings/${id}`, headers })).text
  for (const said of [number, answers.access_needs, arranged.answer]) t.match(page, said)
  for (const path of ['attendees', 'attendees.csv', 'evening']) {
    t.match((await app.inject({ url: `/staff/activities/${activity.slug}/${path}`, headers })).body, marker, path)
  }
})

t.test('a sealed answer that is moved to someone else, to another column, or changed, is an error and not a blank', async t => {
  const { db, url } = await world(t)
  const { id: activityId } = await anActivity(db)
  const { id } = await aBooking(db, activityId, { accessNeeds: 'Captions', question: 'Is it recorded?' })
  const { id: other } = await aBooking(db, activityId)
  const open = async (of: string) => await getBooking(db, of)

  await db.$executeRaw`UPDATE bookings SET access_needs = (SELECT access_needs FROM bookings WHERE id = ${id}::uuid) WHERE id = ${other}::uuid`
  await t.rejects(open(other), 'of someone else')
  await db.$executeRaw`UPDATE bookings SET access_needs = NULL WHERE id = ${other}::uuid`
  t.equal((await open(other)).accessNeeds, undefined)
  t.match(await open(id), { accessNeeds: 'Captions', question: 'Is it recorded?' })
  await db.$executeRaw`UPDATE bookings SET question = access_needs WHERE id = ${id}::uuid`
  await t.rejects(open(id), 'of another column')
  await db.$executeRaw`UPDATE bookings SET question = NULL, access_needs = overlay(access_needs PLACING 'AAAA' FROM 30) WHERE id = ${id}::uuid`
  await t.rejects(open(id), 'changed')

  const { id: whole } = await aBooking(db, activityId, { question: 'Is it recorded?' })
  const stranger = connect(url, { connections: 1 })
  t.teardown(async () => { await stranger.$disconnect() })
  t.match(await open(whole), { question: 'Is it recorded?' })
  const elsewhere = openedWith(stranger, 'another key that is long enough to be one')
  await t.rejects(getBooking(elsewhere, whole), new SealedWithAnotherKey(), 'nor with another key')
})

t.test('whoever waits is put down for another date with what they told us, sealed for that', async t => {
  const { db, outbox } = await world(t)
  const { id } = await anActivity(db, { capacity: 1 })
  const waiting = { status: 'waiting', phone: number, accessNeeds: 'A ramp', question: 'Is there parking?' }
  await aBooking(db, id, waiting)
  const staff = { ...await aStaffMember(db), role: 'admin' as const, agencyId: undefined }
  const another = { startsAt: noon.plus({ days: 20 }), joinUrlSealed: undefined }

  await confirming(async confirmed => await makeAnotherDate(db, outbox, id, { ...another, confirmed }, staff, noon))

  t.match(await db.booking.findFirstOrThrow({ where: { activityId: { not: id } } }), waiting)
})

t.test('numbers are compared in the service as in the database', async t => {
  const { db } = await world(t)
  const character = fc.constantFrom(...'0123456789+ ()-.４５', '00', '44', '+44', '０')
  const numbers = fc.sample(fc.array(character, { maxLength: 18 }).map(some => some.join('')), 500)
  const rows = await db.$queryRaw<Array<{ typed: string, compared: string }>>`
    SELECT typed, phone_as_searched(typed) AS compared FROM unnest(${numbers}::text[]) AS typed`
  t.strictSame(rows.filter(({ typed, compared }) => numberAsCompared(typed) !== compared), [])
})

t.test('what is sealed cannot be compared in the database, only whether there is something', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db)
  await aBooking(db, activityId, { question: 'Is it recorded?' })
  for (const where of [{ question: 'Is it recorded?' }, { AND: [{ OR: [{ phone: { contains: '0' } }] }] }]) {
    await t.rejects(db.booking.count({ where }), /is sealed, and cannot be looked for/)
  }
  const whether = { OR: [{ question: { not: null } }, { phone: { not: null } }], accessNeeds: null }
  t.equal(await db.booking.count({ where: whether }), 1)
})

t.test('a text for many rows at once is refused, because it would open for none of them', async t => {
  const { db } = await world(t)
  const { id: activityId } = await anActivity(db)
  const { id } = await aBooking(db, activityId, { phone: number })
  await t.rejects(db.booking.updateMany({ where: { activityId }, data: { phone: '07700 900462' } }), /written by the id of its row/)
  await db.booking.updateMany({ where: { activityId }, data: { phone: null } })
  t.match(await db.booking.findUniqueOrThrow({ where: { id } }), { phone: null, phoneMark: null })
})
