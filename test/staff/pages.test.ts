import t from 'tap'
import { mayKnowAttendees } from '../../src/bookings/disclosure.ts'
import { buildApp } from '../../src/app.ts'
import type { Db } from '../../src/database/connect.ts'
import { aBooking, anActivity, noon, world } from '../support/world.ts'
import { partsOf, perceived, service } from '../support/service.ts'
import { anAgency, signedIn } from '../support/staff.ts'

t.test('staff see what is to come, soonest first, and how full it is', async t => {
  const { app, db } = await service(t)
  const later = { startsAt: noon.plus({ days: 9 }).toJSDate(), endsAt: noon.plus({ days: 9, hours: 1 }).toJSDate() }
  await anActivity(db, { ...later, title: 'The later one', status: 'draft', visibility: 'agency' })
  const { id } = await anActivity(db, { title: 'The next one', capacity: 2 })
  await aBooking(db, id, { places: 2 })
  await aBooking(db, id, { status: 'waiting', places: 3 })
  const { headers } = await signedIn(app, db)

  const { text } = perceived(await app.inject({ url: '/staff', headers }))

  t.match(text, /2 activities.*The next one.*Tuesday 1 December 2026, 6pm to 6:30pm.*2 of 2 booked 3.*The later one.*Draft Agency only/)
})

t.test('what is over is on a page of its own, the latest first', async t => {
  const { app, db } = await service(t)
  for (const weeks of [3, 2]) {
    const startsAt = noon.minus({ weeks })
    await anActivity(db, { title: `Over since ${weeks} weeks`, startsAt: startsAt.toJSDate(), endsAt: startsAt.plus({ hours: 1 }).toJSDate() })
  }
  const { headers } = await signedIn(app, db)

  const coming = perceived(await app.inject({ url: '/staff', headers }))
  const past = perceived(await app.inject({ url: '/staff?view=past', headers }))

  t.match(coming.text, 'Nothing is planned that you may see.')
  t.match(past.text, /Over since 2 weeks.*Over since 3 weeks/)
})

t.test('an activity’s page shows who comes, in the order of the list, and what they need', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db)
  await aBooking(db, id, { name: 'Wanda Waits', status: 'waiting' })
  await aBooking(db, id, { name: 'Carol Cancels', status: 'cancelled' })
  await aBooking(db, id, {
    name: 'Anne <b>Kirkbride</b>', email: 'anne@example.org', phone: '07700 900 982', district: 'Cumberland', accessNeeds: 'Captions'
  })
  const { headers } = await signedIn(app, db)

  const { text } = perceived(await app.inject({ url: `/staff/activities/${slug}`, headers }))

  t.match(text, /Confirmed 1 person Waiting 1 person Cancelled 1 person/)
  t.match(text, /Anne <b>Kirkbride<\/b>.*anne@example\.org 07700 900 982.*Parent, Cumberland Access need Captions 2026-11-23 12:00.*Wanda Waits.*Carol Cancels/)
})

t.test('a long list is shown a hundred at a time, by as many queries as a short one', async t => {
  const its = await world(t)
  let queries = 0
  const db = its.db.$extends({
    query: { $allOperations: async ({ args, query }) => { queries++; return await query(args) } }
  }) as unknown as Db
  const app = await buildApp(partsOf({ ...its, db }))
  t.teardown(async () => { await app.close() })
  const { id, slug } = await anActivity(its.db)
  await aBooking(its.db, id, { name: 'Attendee 1.' })
  const { headers } = await signedIn(app, its.db)
  const look = async (page: number) => {
    queries = 0
    return perceived(await app.inject({ url: `/staff/activities/${slug}?page=${page}`, headers })).text
  }

  await look(1)
  const forOne = queries
  for (let n = 2; n <= 101; n++) await aBooking(its.db, id, { name: `Attendee ${n}.` })
  const first = await look(1)
  const forMany = queries
  const second = await look(2)

  t.match(first, /Confirmed 101 people.*Attendee 100\..*Page 1 of 2 Next page/)
  t.notMatch(first, 'Attendee 101.')
  t.match(second, /Attendee 101\..*Previous page Page 2 of 2/)
  t.equal(forMany, forOne)
})

t.test('a host is told that there is nothing to see, and gets no further', async t => {
  const { app, db } = await service(t)
  const { slug } = await anActivity(db)
  const { headers } = await signedIn(app, db, { role: 'host' })

  for (const url of ['/staff', `/staff/activities/${slug}`, `/staff/activities/${slug}/attendees.csv`]) {
    const answer = await app.inject({ url, headers })
    t.equal(answer.statusCode, 403, url)
    t.match(perceived(answer).text, 'there is nothing for hosts to see here yet', url)
    t.notMatch(answer.body, 'Keeping your child safe online', url)
  }
})

t.test('who may know of what', async t => {
  const { app, db } = await service(t)
  const [ours, theirs] = [await anAgency(db), await anAgency(db)]
  const cases = {
    'public, of nobody': await anActivity(db),
    'agency, of nobody': await anActivity(db, { visibility: 'agency' }),
    'operational, of nobody': await anActivity(db, { visibility: 'operational', kind: 'disruption' }),
    'operational, led by ours': await anActivity(db, { visibility: 'operational', leadAgencyId: ours.id }),
    'agency, led by theirs': await anActivity(db, { visibility: 'agency', leadAgencyId: theirs.id }),
    'agency, led by theirs with ours': await anActivity(db, { visibility: 'agency', leadAgencyId: theirs.id })
  }
  await db.activityPartner.create({
    data: { activityId: cases['agency, led by theirs with ours'].id, agencyId: ours.id }
  })
  const all = Object.keys(cases)
  const known: Record<string, string[]> = {
    admin: all,
    'an organiser of the partnership': all.filter(name => !name.startsWith('operational')),
    'an organiser of our agency': ['operational, led by ours', 'agency, led by theirs with ours']
  }
  const who: Record<string, { headers: { cookie: string } }> = {
    admin: await signedIn(app, db),
    'an organiser of the partnership': await signedIn(app, db, { role: 'organiser' }),
    'an organiser of our agency': await signedIn(app, db, { role: 'organiser', agencyId: ours.id })
  }

  for (const [name, { headers }] of Object.entries(who)) {
    const list = (await app.inject({ url: '/staff', headers })).body
    for (const [what, { slug }] of Object.entries(cases)) {
      const expected = known[name]?.includes(what) ?? false
      t.equal(list.includes(slug), expected, `${name} ${expected ? 'lists' : 'does not list'} ${what}`)
      t.equal((await app.inject({ url: `/staff/activities/${slug}`, headers })).statusCode, expected ? 200 : 404, `${name}: ${what}`)
      if (!expected) t.equal((await app.inject({ url: `/staff/activities/${slug}/attendees.csv`, headers })).statusCode, 404)
    }
    const total = known[name]?.length
    t.match(perceived({ body: list }).text, `${total} activities`, 'what is not known is not counted')
  }
})

t.test('an agency that only takes part sees how many come and not who', async t => {
  const { app, db } = await service(t)
  const [ours, theirs] = [await anAgency(db), await anAgency(db, { name: 'NSPCC' })]
  const { id, slug } = await anActivity(db, { leadAgencyId: theirs.id })
  await db.activityPartner.create({ data: { activityId: id, agencyId: ours.id } })
  await aBooking(db, id)
  const { headers } = await signedIn(app, db, { role: 'organiser', agencyId: ours.id })

  const { text } = perceived(await app.inject({ url: `/staff/activities/${slug}`, headers }))
  const list = await app.inject({ url: `/staff/activities/${slug}/attendees.csv`, headers })

  t.match(text, /1 of 20 booked.*Only NSPCC, who leads this activity, may know who comes/)
  t.notMatch(text, 'Kirkbride')
  t.equal(list.statusCode, 403)
  t.notMatch(list.body, 'Kirkbride')
  t.equal(await db.auditEntry.count({ where: { action: 'attendees.exported' } }), 0)
})

t.test('who may know who comes', async t => {
  const member = (role: 'admin' | 'organiser' | 'staff' | 'host', agencyId?: string) =>
    ({ id: '', name: '', role, agencyId })
  const cases: Array<[string, ReturnType<typeof member>, string | undefined, boolean]> = [
    ['an admin of another agency', member('admin', 'b'), 'a', true],
    ['an organiser of the partnership', member('organiser'), 'a', true],
    ['staff of the partnership', member('staff'), undefined, true],
    ['staff of the agency that leads', member('staff', 'a'), 'a', true],
    ['an organiser of another agency', member('organiser', 'b'), 'a', false],
    ['an organiser of an agency, where none leads', member('organiser', 'b'), undefined, false],
    ['a host of the agency that leads', member('host', 'a'), 'a', false]
  ]

  for (const [who, staff, leadAgencyId, may] of cases) t.equal(mayKnowAttendees(staff, { leadAgencyId }), may, who)
})
