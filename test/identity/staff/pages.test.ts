import t from 'tap'
import { may } from '../../../src/identity/staff/roles.ts'
import { filledIn } from '../../support/filled-in.ts'
import { aBooking, anActivity, noon } from '../../support/world.ts'
import { countedService, perceived, post, service } from '../../support/service.ts'
import { anAgency, signedIn } from '../../support/staff.ts'

t.test('staff see what is to come, soonest first, and how full it is', async t => {
  const { app, db } = await service(t)
  const later = { startsAt: noon.plus({ days: 9 }).toJSDate(), endsAt: noon.plus({ days: 9, hours: 1 }).toJSDate() }
  await anActivity(db, { ...later, title: 'The later one', status: 'draft', visibility: 'agency' })
  const { id } = await anActivity(db, { title: 'The next one', capacity: 2 })
  await aBooking(db, id, { places: 2 })
  await aBooking(db, id, { status: 'waiting', places: 3 })
  const { headers } = await signedIn(app, db)

  const { text } = perceived(await app.inject({ url: '/staff/activities', headers }))

  t.match(text, /2 activities.*The next one.*Tuesday 1 December 2026, 6pm to 6:30pm.*2 of 2 booked Waiting: 3.*The later one.*Draft Agency only/)
})

t.test('what is over is on a page of its own, the latest first', async t => {
  const { app, db } = await service(t)
  for (const weeks of [3, 2]) {
    const startsAt = noon.minus({ weeks })
    await anActivity(db, { title: `Over since ${weeks} weeks`, startsAt: startsAt.toJSDate(), endsAt: startsAt.plus({ hours: 1 }).toJSDate() })
  }
  const { headers } = await signedIn(app, db)

  const coming = perceived(await app.inject({ url: '/staff/activities', headers }))
  const past = perceived(await app.inject({ url: '/staff/activities?view=past', headers }))

  t.match(coming.text, 'There is nothing coming up that you can see.')
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

  const { text } = perceived(await app.inject({ url: `/staff/activities/${slug}/attendees`, headers }))

  t.match(text, /Confirmed 1 person Waiting 1 person Cancelled 1 person/)
  t.match(text, /Anne <b>Kirkbride<\/b>.*anne@example\.org 07700 900 982.*Parent Cumberland Access need .* Captions Booked: 2026-11-23 12:00.*Wanda Waits.*Carol Cancels/)
})

t.test('a long list is shown a hundred at a time, by as many queries as a short one', async t => {
  const { app, counted, ...its } = await countedService(t)
  const { id, slug } = await anActivity(its.db)
  await aBooking(its.db, id, { name: 'Attendee 1.' })
  const { headers } = await signedIn(app, its.db)
  const look = async (page: number) => {
    counted.queries = 0
    return perceived(await app.inject({ url: `/staff/activities/${slug}/attendees?page=${page}`, headers })).text
  }

  await look(1)
  const forOne = counted.queries
  for (let n = 2; n <= 101; n++) await aBooking(its.db, id, { name: `Attendee ${n}.` })
  const first = await look(1)
  const forMany = counted.queries
  const second = await look(2)

  t.match(first, /Confirmed 101 people.*Attendee 100\..*Page 1 of 2 Next page/)
  t.notMatch(first, 'Attendee 101.')
  t.match(second, /Attendee 101\..*Previous page Page 2 of 2/)
  t.equal(forMany, forOne)
})

t.test('a host sees the activities that name them, and never who comes', async t => {
  const { app, db } = await service(t)
  const [{ id, slug }, other] = [await anActivity(db), await anActivity(db)]
  await aBooking(db, id, { name: 'Anne Kirkbride' })
  const { headers, member } = await signedIn(app, db, { role: 'host' })
  await db.activityHost.create({ data: { activityId: id, staffMemberId: member.id } })
  const at = async (url: string) => await app.inject({ url, headers })

  t.equal((await at('/staff/activities')).statusCode, 200)
  t.notOk((await at('/staff/activities')).body.includes(other.slug))
  const page = await at(`/staff/activities/${slug}`)
  t.equal(page.statusCode, 200)
  t.notMatch(page.body, 'Kirkbride')
  t.equal((await at(`/staff/activities/${other.slug}`)).statusCode, 404)
  for (const url of [`/staff/activities/${slug}/attendees.csv`, `/staff/activities/${slug}/letters`, '/staff/letters/kinds', '/staff/audit']) {
    const answer = await at(url)
    t.equal(answer.statusCode, 403, url)
    t.match(perceived(answer).text, 'You cannot do this', url)
  }
})

t.test('who may know of which activities', async t => {
  const { app, db } = await service(t)
  const [ours, theirs] = [await anAgency(db), await anAgency(db)]
  const cases = {
    'public, of nobody': await anActivity(db),
    'public, a draft of theirs': await anActivity(db, { status: 'draft', leadAgencyId: theirs.id }),
    'partners, led by theirs': await anActivity(db, { visibility: 'partners', leadAgencyId: theirs.id }),
    'partners, a draft of theirs': await anActivity(db, { visibility: 'partners', status: 'draft', leadAgencyId: theirs.id }),
    'agency, of nobody': await anActivity(db, { visibility: 'agency' }),
    'operational, of nobody': await anActivity(db, { visibility: 'operational', kind: 'disruption' }),
    'operational, led by ours': await anActivity(db, { visibility: 'operational', leadAgencyId: ours.id }),
    'operational, led by theirs with ours': await anActivity(db, { visibility: 'operational', leadAgencyId: theirs.id }),
    'agency, led by theirs': await anActivity(db, { visibility: 'agency', leadAgencyId: theirs.id }),
    'agency, led by theirs with ours': await anActivity(db, { visibility: 'agency', leadAgencyId: theirs.id })
  }
  for (const what of ['agency', 'operational'] as const) {
    await db.activityPartner.create({ data: { activityId: cases[`${what}, led by theirs with ours`].id, agencyId: ours.id } })
  }
  const all = Object.keys(cases)
  const toAgencies = ['public, of nobody', 'partners, led by theirs']
  const toOurs = [...toAgencies, 'agency, led by theirs with ours']
  const operational = all.filter(name => name.startsWith('operational'))
  const known: Record<string, string[]> = {
    admin: all,
    'an organiser of the partnership': all.filter(name => !operational.includes(name)),
    'an organiser of our agency': toOurs,
    'staff of our agency': toOurs,
    'staff of our agency, named': [...toOurs, ...operational],
    'staff of an agency that has no part in any': toAgencies
  }
  const named = await signedIn(app, db, { role: 'staff', agencyId: ours.id })
  await db.namedPerson.createMany({
    data: Object.entries(cases).filter(([name]) => operational.includes(name))
      .map(([, { id }]) => ({ activityId: id, staffMemberId: named.member.id }))
  })
  const who: Record<string, { headers: { cookie: string } }> = {
    admin: await signedIn(app, db),
    'an organiser of the partnership': await signedIn(app, db, { role: 'organiser' }),
    'an organiser of our agency': await signedIn(app, db, { role: 'organiser', agencyId: ours.id }),
    'staff of our agency': await signedIn(app, db, { role: 'staff', agencyId: ours.id }),
    'staff of our agency, named': named,
    'staff of an agency that has no part in any': await signedIn(app, db, { role: 'staff', agencyId: (await anAgency(db)).id })
  }

  for (const [name, { headers }] of Object.entries(who)) {
    const list = (await app.inject({ url: '/staff/activities', headers })).body
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

  t.match(text, /1 of 20 booked.*Only NSPCC, who leads this activity, can see who is coming/)
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

  for (const [who, staff, leadAgencyId, knows] of cases) {
    t.equal(may(staff, 'know attendees', { leadAgencyId, hostIds: [] }), knows, who)
  }
})

t.test('held and offered places count in the list and on the page, and so does what is over', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db, { capacity: 10, overBookingPercent: 20 })
  const { id: agencyId } = await anAgency(db)
  await aBooking(db, id, { places: 4 })
  await aBooking(db, id, { places: 2, status: 'offered' })
  await aBooking(db, id, { places: 3, status: 'waiting' })
  await db.hold.create({
    data: { activityId: id, agencyId, code: 'POLICE26', places: 5, returnsAt: noon.plus({ days: 1 }).toJSDate(), createdAt: noon.toJSDate() }
  })
  const { headers } = await signedIn(app, db)
  const look = async (url: string) => perceived(await app.inject({ url, headers })).text
  const page = `/staff/activities/${slug}`

  t.match(await look('/staff/activities'), /4 of 12 booked, 2 offered, 5 held Waiting: 3/)
  t.match(await look(page), /Places: 4 of 12 booked Bookable 12 Confirmed 4 Offered 2 Held 5 Free 1 Waited for 3/)
  t.match((await app.inject({ url: page, headers })).body, /pk-bar__held" x="50" width="41.7"/)

  await db.activity.update({ where: { id }, data: { capacity: 5, overBookingPercent: 0 } })
  t.match(await look('/staff/activities'), '4 of 5 booked, 2 offered, 5 held, 6 over')
  t.match(await look(page), /Over 6.*11 places are taken, 6 more than there are now; nobody loses theirs\./)
})

t.test('when so many wait that organisers asked to be told, list and page lead to another date, until there is one', async t => {
  const { app, db } = await service(t)
  const given = { capacity: 4, placesPerBooking: 4, anotherDateAt: 2 }
  const { id, slug } = await anActivity(db, given)
  await aBooking(db, id, { places: 4 })
  await aBooking(db, id, { status: 'waiting', places: 4 })
  const organiser = (await signedIn(app, db, { role: 'organiser' })).headers
  const staff = (await signedIn(app, db, { role: 'staff' })).headers
  const href = `/staff/activities/${slug}/another-date`
  const suggestions = async (headers: { cookie: string }) => {
    const [list, page] = [await app.inject({ url: '/staff/activities', headers }), await app.inject({ url: `/staff/activities/${slug}`, headers })]
    return [list.body.includes(href), perceived(page).text.includes('Make another date and ask them')]
  }

  t.strictSame(await suggestions(organiser), [false, false], 'one booking for four places is one booking')
  await aBooking(db, id, { status: 'waiting' })
  t.strictSame(await suggestions(organiser), [true, true])
  t.match(perceived(await app.inject({ url: '/staff/activities', headers: organiser })).text, '2 bookings wait: make another date')
  t.strictSame(await suggestions(staff), [false, false], 'not to those who cannot make one')
  await db.activity.update({ where: { id }, data: { bookingClosesAt: noon.toJSDate() } })
  t.strictSame(await suggestions(organiser), [false, false], 'nobody waits for what has closed')
  await db.activity.update({ where: { id }, data: { bookingClosesAt: null } })
  const form = filledIn((await app.inject({ url: href, headers: organiser })).body)
  const made = await post(app, href, { ...form, date: '2026-12-08', time: '18:00' }, organiser)
  t.strictSame(await suggestions(organiser), [false, false])
  t.match(perceived(await app.inject({ url: `/staff/activities/${slug}`, headers: organiser })).text, 'Another date Tuesday 8 December 2026, 6pm to 6:30pm')
  t.notMatch(perceived(await app.inject({ url: String(made.headers.location), headers: organiser })).text, 'Make another date and ask them',
    'those who came along are about to be asked')
})

t.test('someone who may not know of another date does not read of it', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db)
  await anActivity(db, { anotherDateOfId: id, visibility: 'operational', kind: 'disruption', startsAt: noon.plus({ days: 20 }).toJSDate(), endsAt: noon.plus({ days: 21 }).toJSDate() })
  const look = async ({ headers }: { headers: { cookie: string } }) =>
    perceived(await app.inject({ url: `/staff/activities/${slug}`, headers })).text

  t.match(await look(await signedIn(app, db)), 'Another date Sunday 13 December 2026')
  t.notMatch(await look(await signedIn(app, db, { role: 'organiser' })), '13 December')
})

t.test('who may run an activity: each role, each page', async t => {
  const { app, db } = await service(t)
  const [ours, theirs] = [await anAgency(db), await anAgency(db, { name: 'NSPCC' })]
  const { id, slug } = await anActivity(db, { leadAgencyId: theirs.id, capacity: 3, waitingList: 'by-hand' })
  await db.activityPartner.create({ data: { activityId: id, agencyId: ours.id } })
  const { id: hold } = await db.hold.create({
    data: { activityId: id, agencyId: ours.id, code: 'POLICE26', places: 1, returnsAt: noon.plus({ days: 1 }).toJSDate(), createdAt: noon.toJSDate() }
  })
  await db.priorityGroup.create({ data: { activityId: id, rank: 1, name: 'Referred', reason: 'Schools asked us to.' } })
  const { id: booking } = await aBooking(db, id, { status: 'waiting' })
  const at = `/staff/activities/${slug}`
  const pages = [
    'places', 'holds', `holds/${hold}`, `holds/${hold}/return`, 'waiting-list', 'waiting-list/groups', 'waiting-list/groups/1',
    'waiting-list/groups/1/removal', 'another-date'
  ]
  const buttons = [...pages.filter(page => page !== 'waiting-list'), `waiting-list/${booking}/group`, `waiting-list/${booking}/place`]
  const elsewhere = { role: 'organiser', agencyId: (await anAgency(db)).id } as const
  const who: Array<[string, Parameters<typeof signedIn>[2], number]> = [
    ['an admin', {}, 200],
    ['an organiser of the partnership', { role: 'organiser' }, 200],
    ['an organiser of the agency that leads', { role: 'organiser', agencyId: theirs.id }, 200],
    ['an organiser of an agency that takes part', { role: 'organiser', agencyId: ours.id }, 403],
    ['staff of the partnership', { role: 'staff' }, 403],
    ['staff of the agency that leads', { role: 'staff', agencyId: theirs.id }, 403],
    ['a host', { role: 'host' }, 403],
    ['an organiser of an agency that has no part in it', elsewhere, 403]
  ]

  for (const [name, given, status] of who) {
    const { headers } = await signedIn(app, db, given)
    for (const page of pages) {
      const answer = await app.inject({ url: `${at}/${page}`, headers })
      t.equal(answer.statusCode, status, `${name}: ${page}`)
      if (status !== 200) t.notMatch(answer.body, /Kirkbride|POLICE26|Referred/, `${name} learns nothing from ${page}`)
    }
    // Only people who may do it are told what is wrong with it.
    for (const button of buttons) {
      t.equal((await post(app, `${at}/${button}`, { wrong: 'yes' }, headers)).statusCode, status === 200 ? 400 : status, `${name} posts to ${button}`)
    }
    const links = given?.role === 'host' ? '' : (await app.inject({ url: at, headers })).body
    for (const way of ['places', 'settings', 'waiting-list']) {
      t.equal(links.includes(`${at}/${way}"`), status === 200, `${name} is shown only the ways they may go: ${way}`)
    }
  }
  await db.activity.update({ where: { id }, data: { visibility: 'agency' } })
  const outsider = (await signedIn(app, db, elsewhere)).headers
  for (const page of pages) {
    t.equal((await app.inject({ url: `${at}/${page}`, headers: outsider })).statusCode, 404, `not known: ${page}`)
  }
  for (const button of buttons) {
    t.equal((await post(app, `${at}/${button}`, { wrong: 'yes' }, outsider)).statusCode, 404, `not known: posts to ${button}`)
  }
  const stranger = await app.inject({ url: `${at}/holds` })
  t.match(stranger, { statusCode: 303, headers: { location: '/staff/sign-in' } })
  const { headers } = await signedIn(app, db, { role: 'staff', agencyId: theirs.id })
  t.match(perceived(await app.inject({ url: `${at}/holds`, headers })).text,
    'Only organisers of the partnership, or of the agency that leads the activity, can change this or see this page.')
  t.equal(await db.auditEntry.count({ where: { action: { startsWith: 'hold' } } }), 0)
  t.match(await db.booking.findUniqueOrThrow({ where: { id: booking } }), { status: 'waiting', priority: 9 })
})
