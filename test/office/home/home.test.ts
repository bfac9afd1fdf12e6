import { nightlyCheck } from '../../../src/office/invariants/queries.ts'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { noteTrapped } from '../../../src/platform/http/trap.ts'
import { aContact, everyNeed, inHours } from '../../support/needs.ts'
import { countedService, perceived, service } from '../../support/service.ts'
import { anAgency, signedIn } from '../../support/staff.ts'
import { aBooking, anActivity, noon } from '../../support/world.ts'

const glad = 'Nothing needs you today'

async function look (app: FastifyInstance, { headers }: { headers: { cookie: string } }) {
  const answer = await app.inject({ url: '/staff', headers })
  return { ...perceived(answer), body: answer.body }
}

t.test('where nothing needs anyone, home says so', async t => {
  const { app, db } = await service(t)
  await anActivity(db, { joinUrlSealed: 'sealed' })

  t.match((await look(app, await signedIn(app, db))).text, glad)
})

t.test('home says what needs someone, most urgent first, how many and which, and leads to where it is put right', async t => {
  const { app, db } = await service(t)
  await db.supportContact.deleteMany()
  await everyNeed(db)
  await aContact(db, 'The forgotten', 90)
  await aContact(db, 'The fresh', 89)

  const { text, body } = await look(app, await signedIn(app, db))

  const sentences = [
    '1 workshop starts within 48 hours and has no Teams link The unlinked Tuesday 24 November 2026, 8am to 9am',
    '1 Teams meeting could not be made or changed The failed',
    '1 question sent in advance is not dealt with The asked Monday 23 November 2026, 6pm to 7pm: 1 question',
    '1 person does not get our emails',
    '1 person told us what would help them take part and has no answer Nora Needs The full, Tuesday 1 December 2026',
    '1 activity has free places that you give by hand, and people are waiting The kept',
    '1 waiting list is longer than the activity has places The long Tuesday 1 December 2026, 6pm to 6:30pm: 2 places waited for',
    '1 activity has people waiting and no other date The full',
    '1 activity starts within 7 days and is still a draft The draft',
    '1 support contact has not been checked for 90 days Check them The forgotten'
  ]
  const places = sentences.map(sentence => text.indexOf(sentence))
  for (const [n, sentence] of sentences.entries()) t.ok(Number(places[n]) > 0, sentence)
  t.strictSame(places, [...places].sort((a, b) => a - b))
  t.notMatch(text, /Captions|games|Quentin|The fresh/)
  t.notMatch(text, glad)
  const slugOf = async (title: string) => (await db.activity.findFirstOrThrow({ where: { title } })).slug
  const nora = await db.booking.findFirstOrThrow({ where: { name: 'Nora Needs' } })
  for (const [title, page] of [
    ['The unlinked', 'meeting'], ['The failed', 'meeting'], ['The asked', 'evening'], ['The kept', 'waiting-list'],
    ['The long', 'another-date'], ['The full', 'another-date'], ['The draft', 'publish'], ['The full', `bookings/${nora.id}`]
  ] as const) {
    t.ok(body.includes(`href="/staff/activities/${await slugOf(title)}/${page}"`), `${title}: ${page}`)
  }
})

t.test('of many things of a kind home shows the first five and says how many there are', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db, { joinUrlSealed: 'sealed' })
  for (let n = 1; n <= 7; n++) {
    await anActivity(db, { ...inHours(n), title: `Unlinked ${n}.` })
    await aBooking(db, id, { name: `Nora ${n}.`, accessNeeds: 'Captions' })
  }

  const needs = (await look(app, await signedIn(app, db))).text.split('What comes next')[0] ?? ''

  t.match(needs, /7 workshops start within 48 hours and have no Teams link Unlinked 1\..*Unlinked 5\..* and 2 more 7 people told/)
  t.match(needs, /Nora 1\..*Nora 5\..* and 2 more/)
  t.notMatch(needs, /Unlinked 6|Nora 6/)
})

t.test('what would help someone is counted once, and not for people who do not come or were answered', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db, { joinUrlSealed: 'sealed' })
  const first = await aBooking(db, id, { status: 'waiting', accessNeeds: 'Captions' })
  const other = await anActivity(db, { joinUrlSealed: 'sealed' })
  await aBooking(db, other.id, { status: 'waiting', accessNeeds: 'Captions', copiedFromBookingId: first.id })
  await aBooking(db, id, { status: 'cancelled', accessNeeds: 'Captions' })
  await aBooking(db, id, { accessNeeds: 'Captions', accessAnswer: 'There are.', accessAnsweredAt: noon.toJSDate() })
  const over = await anActivity(db, inHours(-2))
  await aBooking(db, over.id, { accessNeeds: 'Captions' })

  t.match((await look(app, await signedIn(app, db))).text, '1 person told us what would help')
})

t.test('people of an agency read of what they lead, staff of what they can help with, hosts of their activities alone', async t => {
  const { app, db } = await service(t)
  const [ours, theirs] = [await anAgency(db), await anAgency(db)]
  await everyNeed(db, { leadAgencyId: theirs.id })
  const shared = await anActivity(db, { ...inHours(1), title: 'The shared', leadAgencyId: theirs.id })
  await aBooking(db, shared.id, { name: 'Sheila Shared', accessNeeds: 'Captions' })
  await db.activityPartner.create({ data: { activityId: shared.id, agencyId: ours.id } })

  const led = await look(app, await signedIn(app, db, { role: 'organiser', agencyId: theirs.id }))
  const taking = await look(app, await signedIn(app, db, { role: 'organiser', agencyId: ours.id }))
  const staff = await look(app, await signedIn(app, db, { role: 'staff' }))
  const { headers, member } = await signedIn(app, db, { role: 'host' })
  await db.activityHost.create({ data: { activityId: shared.id, staffMemberId: member.id } })
  const host = await look(app, { headers })

  t.match(led.text, /2 workshops start within 48 hours.*2 people told us/)
  t.notMatch(led.text, 'support contact', 'a contact for everyone is not an agency’s to check')
  t.match(taking.text, new RegExp(`${glad}.*The shared`))
  t.notMatch(taking.text, /Sheila|The unlinked/)
  t.match(staff.text, /1 question sent in advance.*1 person does not get our emails/)
  t.notMatch(staff.text, /no Teams link|told us what|still a draft/)
  t.match(host.text, 'The shared')
  t.notMatch(host.text, new RegExp(`${glad}|What needs you|[Ee]mails|question|Teams link|The unlinked|Sheila`))
})

t.test('operational work is for those who are named, on home too', async t => {
  const { app, db } = await service(t)
  await everyNeed(db, { visibility: 'operational' })

  const { text } = await look(app, await signedIn(app, db, { role: 'organiser' }))

  t.match(text, glad)
  t.notMatch(text, /The (unlinked|asked|failed|full|long|kept|draft)/)
})

t.test('the next ten activities are there with their places, and the evening on its day', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db, { ...inHours(6), title: 'The next', capacity: 10 })
  await aBooking(db, id, { places: 4 })
  await aBooking(db, id, { status: 'offered' })
  await aBooking(db, id, { status: 'waiting', places: 5 })
  const { id: agencyId } = await anAgency(db)
  await db.hold.create({
    data: { activityId: id, agencyId, code: 'POLICE26', places: 2, returnsAt: noon.plus({ days: 1 }).toJSDate(), createdAt: noon.toJSDate() }
  })
  for (let days = 1; days <= 10; days++) await anActivity(db, { ...inHours(24 * days), title: `After ${days}.` })
  const { headers, member } = await signedIn(app, db, { role: 'host' })
  for (const { id: activityId } of await db.activity.findMany()) {
    await db.activityHost.create({ data: { activityId, staffMemberId: member.id } })
  }

  const { text, body } = await look(app, await signedIn(app, db))
  const host = await look(app, { headers })

  t.match(text, /The next Monday 23 November 2026, 6pm to 7pm.* On the day of The next 4 of 10 booked 1 offered 2 held 3 free 5 waiting After 1\./)
  t.match(body, /pk-bar__waiting" width="50"/)
  t.match(text, /After 9\..*All 11 coming activities Past activities/)
  t.notMatch(text, 'After 10.')
  t.strictSame(body.match(/\/evening"/g)?.length, 1)
  t.ok(host.body.includes(`href="/staff/activities/${slug}/evening"`))
})

t.test('what is over stays on home: for its hosts until midnight, and for others until everyone is noted', async t => {
  let now = noon
  const { app, db } = await service(t, { clock: () => now })
  // It was on from 7 to 8 in the evening of this day, in London.
  const startsAt = noon.set({ hour: 19 })
  const over = await anActivity(db, {
    startsAt: startsAt.toJSDate(), endsAt: startsAt.plus({ hours: 1 }).toJSDate(), title: 'The ended', joinUrlSealed: 'sealed'
  })
  const [ann] = [await aBooking(db, over.id, { question: 'Who helps me?' }), await aBooking(db, over.id, { attended: true })]
  await aBooking(db, over.id, { status: 'waiting' })
  const theirs = await anActivity(db, { ...inHours(-30), title: 'The other', leadAgencyId: (await anAgency(db)).id })
  await aBooking(db, theirs.id)
  const saidAt = async (at: typeof noon, given: Parameters<typeof signedIn>[2] = { role: 'staff' }) => {
    now = at
    const { headers, member } = await signedIn(app, db, given)
    if (member.role === 'host') await db.activityHost.create({ data: { activityId: over.id, staffMemberId: member.id } })
    return (await look(app, { headers })).text
  }

  t.match(await saidAt(startsAt.plus({ minutes: 61 }), { role: 'host' }),
    /The ended Monday 23 November 2026, 7pm to 8pm Over. You can say who came until midnight. .*On the day of The ended/)
  t.match(await saidAt(startsAt.plus({ minutes: 299 }), { role: 'host' }), 'The ended')
  t.notMatch(await saidAt(startsAt.plus({ minutes: 301 }), { role: 'host' }), 'The ended')

  const both = await saidAt(startsAt.plus({ minutes: 61 }))
  t.match(both, /1 question sent in advance is not dealt with The ended .*: 1 question /)
  t.match(both, /2 activities are over, and it is not noted of everyone whether they came The other .*: 1 booking not noted The ended .*: 1 booking not noted/)
  t.notMatch(both.split('What comes next')[1], 'The ended')
  t.match(await saidAt(noon, { role: 'organiser', agencyId: theirs.leadAgencyId }), /1 activity is over, and it is not noted of everyone whether they came The other/)

  await db.booking.update({ where: { id: ann.id }, data: { attended: false } })
  t.notMatch(await saidAt(startsAt.plus({ days: 1 })), /The ended[^:]*: \d+ bookings? not noted/)
  await db.activity.update({ where: { id: over.id }, data: { status: 'cancelled' } })
  t.match(await saidAt(startsAt.plus({ days: 20 })), /1 question sent in advance is not dealt with The ended/, 'it may be a disclosure')
  t.notMatch(await saidAt(noon.plus({ days: 16 })), 'The other', 'by then nobody knows any more')
})

t.test('home asks as much of the database for forty activities as for two', async t => {
  const { app, counted, db } = await countedService(t)
  const who = await signedIn(app, db)
  await everyNeed(db)
  const count = async () => {
    counted.queries = 0
    await look(app, who)
    return counted.queries
  }

  const forFew = await count()
  for (let n = 0; n < 6; n++) await everyNeed(db)
  const forMany = await count()

  t.ok(forFew > 0)
  t.equal(forMany, forFew)
})

t.test('admins read how many forms the unseen field has stopped in a month', async t => {
  const { app, db } = await service(t)
  const admin = await signedIn(app, db)
  t.notMatch((await look(app, admin)).text, 'people cannot see')

  for (const days of [0, 0, 29, 31]) await noteTrapped(db, noon.minus({ days }).toJSDate())

  t.match((await look(app, admin)).text, '3 forms were stopped in the last 30 days')
  t.notMatch((await look(app, await signedIn(app, db, { role: 'organiser' }))).text, 'were stopped')
})

t.test('admins read what the check of the night found broken', async t => {
  const { app, db, boss } = await service(t)
  const finding = { name: 'offers-end', promise: 'An offer whose time is over has ended.', ids: ['the-id'] }
  const kept = { checkedAt: noon.toISO(), findings: [{ ...finding, count: 1 }, { ...finding, promise: 'All is well.', count: 0 }] }
  await boss.createQueue(nightlyCheck)
  await boss.send(nightlyCheck)
  const [job] = await boss.fetch(nightlyCheck)
  await boss.complete(nightlyCheck, job?.id ?? '', kept)

  const { text } = await look(app, await signedIn(app, db))
  t.match(text, /1 thing is wrong in the database.*This does not hold: An offer whose time is over has ended\..*1: the-id/)
  t.notMatch(text, 'All is well')
  t.notMatch((await look(app, await signedIn(app, db, { role: 'organiser' }))).text, 'does not hold')
})

t.test('the picture on home is printed without scrolling to it first', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db)
  await aBooking(db, id)

  const picture = /<img[^>]*bookings-per-day[^>]*>/.exec((await look(app, await signedIn(app, db))).body)?.[0]

  t.match(picture, '<img')
  t.notMatch(picture, 'lazy')
})

t.test('the former address of past activities leads to their list', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db)

  const answer = await app.inject({ url: '/staff?view=past', headers })

  t.equal(answer.statusCode, 303)
  t.equal(answer.headers.location, '/staff/activities?view=past')
})
