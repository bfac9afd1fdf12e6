import t from 'tap'
import type { Test } from 'tap'
import { confirmationToken } from '../../../src/identity/staff/confirmation.ts'
import { everythingOfCaller } from '../../../src/office/rights/callers.ts'
import { eraseCaller } from '../../../src/office/rights/erase-caller.ts'
import type { Gone } from '../../../src/office/rights/commands.ts'
import { callerErasingEffects } from '../../../src/office/rights/erasing.ts'
import { filledIn, formsOn } from '../../support/filled-in.ts'
import { aLegalHold } from '../../support/requests.ts'
import { perceived, post, service } from '../../support/service.ts'
import { organiser, signedIn } from '../../support/staff.ts'
import { aBooking, anActivity, announced, noon, warm } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

const noAddress = { email: null, canonicalEmail: null }
const dora = { ...noAddress, name: 'Dóra Whitaker', phone: '07700 900 982', accessNeeds: 'Captions' }

/**
 * Someone who booked two workshops by phone, one of them past; someone else of the same phone, and someone of the same
 * name with another; and Anne, who has an address and waits for Dóra's place.
 */
async function callers (t: Test) {
  const clock = { now: noon }
  const gone: Gone[] = []
  const its = await service(t, { clock: () => clock.now, followErased: async one => { gone.push(one) } })
  const { db, app } = its
  const full = await anActivity(db, { capacity: 1, title: 'The full one' })
  const past = await anActivity(db, {
    title: 'The past one', startsAt: noon.minus({ days: 2 }).toJSDate(), endsAt: noon.minus({ days: 2, hours: -1 }).toJSDate()
  })
  const phoned = async (activityId: string, given: object) => {
    const { id } = await aBooking(db, activityId)
    return await db.booking.update({ where: { id }, data: { ...dora, ...given } })
  }
  const first = await phoned(full.id, {})
  const second = await phoned(past.id, { name: 'dora  WHITAKER', phone: '+44 7700 900982', attended: true })
  const father = await phoned(past.id, { name: 'Tom Whitaker' })
  const namesake = await phoned(past.id, { phone: '07700 900 111' })
  const anne = await aBooking(db, full.id, { email: 'anne@example.org', status: 'waiting' })
  const { headers, member } = await signedIn(app, db)
  return { ...its, clock, gone, full, past, first, second, father, namesake, anne, headers, member }
}

/** The forms of a page that look someone up. */
function lookUps (body: string) {
  return formsOn(body, '').filter(({ action }) => action === '/staff/person')
}

async function confirmedFor (db: World['db'], reference: string): Promise<string> {
  return confirmationToken(callerErasingEffects(await everythingOfCaller(db, reference), noon))
}

t.test('who booked by phone is found by name, number or reference, and everything about them is on one page', async t => {
  const { app, db, headers, first, second, anne, full } = await callers(t)
  const look = async (email: string) => await post(app, '/staff/person', { email }, headers)

  for (const typed of ['whitak', '07700 900982', 'dora']) {
    const page = await look(typed)
    t.match(perceived(page).text, first.reference, typed)
    t.equal(lookUps(page.body).filter(({ fields }) => fields[0]?.[1] === first.reference).length, 1, 'with a button for each')
  }
  t.match(perceived(await look('nobody-such')).text, 'We found nobody.')
  const { text } = perceived(await look(first.reference.toLowerCase().replace('-', '')))
  for (const shown of ['Dóra Whitaker', 'The full one', 'The past one', second.reference, 'Captions']) t.match(text, shown)
  t.notMatch(text, /Tom W|900 111|anne@/, 'a name or a number alone is not the same person')
  t.match(perceived(await look(anne.reference)).text, /Everything we hold about anne@example\.org/, 'a reference leads to their address')

  const booking = await app.inject({ url: `/staff/activities/${full.slug}/bookings/${first.id}`, headers })
  const [button] = lookUps(booking.body)
  t.match(perceived(await post(app, '/staff/person', Object.fromEntries(button?.fields ?? []), headers)).text, 'The past one', 'their booking leads there')
  const file = await post(app, '/staff/person/file', { email: first.reference }, headers)
  t.match(JSON.parse(file.body), { bookings: [{ name: 'Dóra Whitaker' }, {}], requests: [] })
  t.match(await db.auditEntry.findFirst({ where: { action: 'person.exported' } }), { subject: null, details: { bookings: 2 } })
  const colleague = await signedIn(app, db, { role: 'organiser' })
  const theirs = await app.inject({ url: `/staff/activities/${full.slug}/bookings/${first.id}`, headers: colleague.headers })
  t.strictSame(lookUps(theirs.body), [], 'who may not look is not offered it')
})

t.test('deleting it is read first, with who to call, and then it is gone at once and the place is free', async t => {
  const { app, db, headers, member, gone, first, second, full, past } = await callers(t)

  const read = await post(app, '/staff/person/erasure', { email: first.reference }, headers)
  const { text } = perceived(read)
  for (const effect of [
    'Do you want to delete everything about Dóra Whitaker', 'Their booking is cancelled: The full one', 'goes to the next in line',
    'We have no email address for them', 'Call them first', '07700 900 982', 'at once and for good', '2 bookings'
  ]) t.match(text, effect)
  t.notMatch(text, /get an email/)
  t.equal(await db.booking.count({ where: { id: { in: [first.id, second.id] } } }), 2, 'nothing is done before that was read')
  const sent = await post(app, '/staff/person/erasure', filledIn(read.body), headers)

  t.match(sent, { statusCode: 303, headers: { location: '/staff/person?done=erased' } })
  t.strictSame((await db.booking.findMany({ select: { name: true } })).map(({ name }) => name).sort(),
    ['Anne Kirkbride', 'Dóra Whitaker', 'Tom Whitaker'])
  t.strictSame(gone.map(({ bookingIds }) => bookingIds.toSorted()), [[first.id, second.id].sort()], 'traces elsewhere go too')
  t.strictSame((await announced(db, 'place.freed')).map(({ activityId }) => activityId), [full.id], 'the next is served')
  t.match(await db.headcount.findFirst({ where: { activityId: past.id, dimension: 'total' } }), { booked: 1, came: 1 })
  t.equal(await db.forgottenBooking.count(), 2, 'no backup brings them back')
  const trail = await db.auditEntry.findMany({ where: { action: 'person.erased' } })
  t.match(trail, [{ staffMemberId: member.id, details: { bookings: 2, cancelled: 1 } }])
  t.notMatch(JSON.stringify(trail.map(({ details }) => details)), /Whitaker|900 ?982/)
  t.match(perceived(await post(app, '/staff/person/erasure', filledIn(read.body), headers)).text, 'We found nobody.', 'a second press does nothing')
})

t.test('a legal hold on what they booked keeps all of it, and the page says so', async t => {
  const { app, db, headers, first, past } = await callers(t)
  await aLegalHold(db, { activityId: past.id })

  const refused = await post(app, '/staff/person/erasure', {
    email: first.reference, confirmed: await confirmedFor(db, first.reference)
  }, headers)

  t.equal(refused.statusCode, 409)
  t.match(perceived(refused).errors, [{ field: 'holds', sentence: /keeps the bookings of “The past one”/ }])
  t.equal(await db.booking.count(), 5)
  t.equal(await db.booking.count({ where: { status: 'cancelled' } }), 0)
})

t.test('what was read is what is deleted: another booking, or an address meanwhile, is read anew; ten presses are one', async t => {
  const { db, outbox, first, second, father } = await callers(t)
  await warm(db)
  const confirmed = await confirmedFor(db, first.reference)
  await db.booking.update({ where: { id: father.id }, data: { name: dora.name } })
  const erase = async () => await eraseCaller(db, outbox, { reference: first.reference, confirmed }, organiser, noon)
  t.match(await erase().catch((error: unknown) => error), { refusal: 'people-to-tell' })
  await db.booking.update({ where: { id: father.id }, data: { name: 'Tom' } })

  const ends = await Promise.all(Array.from({ length: 10 }, erase))
  t.equal(ends.filter(end => end !== undefined).length, 1)
  t.equal(await db.auditEntry.count({ where: { action: 'person.erased' } }), 1)
  t.equal(await db.booking.count({ where: { id: { in: [first.id, second.id] } } }), 0)

  await db.booking.update({ where: { id: father.id }, data: { email: 'tom@example.org', canonicalEmail: 'tom@example.org' } })
  t.equal(await eraseCaller(db, outbox, { reference: father.reference, confirmed }, organiser, noon), undefined)
  t.equal(await db.booking.count({ where: { id: father.id } }), 1, 'who has an address is told first')
})

t.test('after showing again who they are, and after a mistake, staff find what they typed; no address has it', async t => {
  const { app, headers, clock } = await callers(t)

  const wrong = await post(app, '/staff/person', { email: 'dora@' }, headers)
  t.match(perceived(wrong).errors, [{ field: 'email', sentence: /like name@example\.com/ }])
  t.match(filledIn(wrong.body), { email: 'dora@' })

  clock.now = noon.plus({ minutes: 16 })
  for (const path of ['/staff/person', '/staff/person/file', '/staff/person/erasure']) {
    const asked = await post(app, path, { email: 'Dóra Whitaker' }, headers)
    const to = new URL(asked.headers.location ?? '', 'https://workshops.example.org').searchParams.get('to') ?? ''
    t.match(to, /^\/staff\/person\?who=/)
    t.notMatch(asked.headers.location, /Whitaker|D%C3%B3ra/)
    const [form] = lookUps((await app.inject({ url: to, headers })).body)
    t.strictSame(form?.fields, [['email', 'Dóra Whitaker']], path)
  }
  const long = await post(app, '/staff/person', { email: '王'.repeat(254) }, headers)
  t.equal(long.headers.location, '/staff/again?to=%2Fstaff%2Fperson', 'they come back in any case')
  const [form] = lookUps((await app.inject({ url: '/staff/person?who=1.forged', headers })).body)
  t.strictSame(form?.fields, [['email', '']])
})
