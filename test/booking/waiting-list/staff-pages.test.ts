import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import type { Db } from '../../../src/platform/database/connect.ts'
import type { Activity } from '../../../src/platform/database/generated/client.ts'
import { joinLinkSeal } from '../../../src/programme/teams/seal.ts'
import { joinUrl } from '../../support/calendar-entry.ts'
import { filledIn, formsOn, tokenOn } from '../../support/filled-in.ts'
import { announced, aBooking, anActivity, noon, secretKey } from '../../support/world.ts'
import type { World } from '../../support/world.ts'
import { countedService, perceived, post, service } from '../../support/service.ts'
import { signedIn } from '../../support/staff.ts'

interface Context extends World {
  app: FastifyInstance
  activity: Activity
  headers: { cookie: string }
  member: { id: string }
  url: string
}

/** An organiser of the partnership on the waiting list page of an activity whose only place is taken. */
async function context (t: Test, given: Partial<Activity> = {}): Promise<Context> {
  const its = await service(t)
  const activity = await anActivity(its.db, { capacity: 1, ...given })
  await aBooking(its.db, activity.id, { name: 'Carol Confirmed' })
  const organiser = await signedIn(its.app, its.db, { role: 'organiser' })
  return { ...its, ...organiser, activity, url: `/staff/activities/${activity.slug}/waiting-list` }
}

async function aGroup (db: Db, { id }: Activity, rank = 1, name = 'Referred by a school') {
  return await db.priorityGroup.create({ data: { activityId: id, rank, name, reason: 'Schools asked us to.' } })
}

const entries = async (db: Db, action: string) => await db.auditEntry.findMany({ where: { action }, orderBy: { id: 'asc' } })

t.test('the list is in its order, groups before arrival, with how many places, since when and why', async t => {
  const { app, db, activity, headers, url } = await context(t)
  await aGroup(db, activity)
  await aBooking(db, activity.id, { name: 'Wanda First', status: 'waiting', places: 2 })
  await aBooking(db, activity.id, { name: 'Pam Prior', status: 'waiting', priority: 1 })

  const { text } = perceived(await app.inject({ url, headers }))

  t.match(text, /2 bookings wait for 3 places\. 0 places are free\./)
  t.match(text, /Pam Prior \S+ 1 place , since Monday 23 November 2026 at midday Referred by a school.*Wanda First \S+ 2 places/)
  t.match(text, /Who goes first.*1\. Referred by a school Schools asked us to\. 1 booking is waiting in it/)
  t.notMatch(text, 'Carol Confirmed')
  t.notMatch(text, 'Give a place')
})

t.test('people who are offered a place are named, with until when, and each leads to their booking', async t => {
  const { app, db, activity, headers, url } = await context(t, { waitingList: 'offers' })
  const offered = await aBooking(db, activity.id, { name: 'Olive Offered', status: 'offered', places: 2 })
  const waiting = await aBooking(db, activity.id, { name: 'Wanda First', status: 'waiting' })

  const answer = await app.inject({ url, headers })

  t.match(perceived(answer).text, /A place is kept for Olive Offered \S+ 2 places, until Tuesday 24 November 2026 at midday Waiting .*Wanda First/)
  for (const { id } of [offered, waiting]) t.match(answer.body, `href="/staff/activities/${activity.slug}/bookings/${id}"`)
})

t.test('a long list is shown a hundred at a time, by as many queries as a short one', async t => {
  const { app, counted, ...its } = await countedService(t)
  const { id, slug } = await anActivity(its.db, { capacity: 1 })
  const { headers } = await signedIn(app, its.db)
  await aBooking(its.db, id, { name: 'Waiter 1.', status: 'waiting', copiedFromBookingId: (await aBooking(its.db, id)).id })
  const look = async (page: number) => {
    counted.queries = 0
    return (await app.inject({ url: `/staff/activities/${slug}/waiting-list?page=${page}`, headers })).body
  }

  await look(1)
  const forOne = counted.queries
  for (let n = 2; n <= 101; n++) await aBooking(its.db, id, { name: `Waiter ${n}.`, status: 'waiting' })
  const first = await look(1)
  const forMany = counted.queries
  const second = await look(2)

  t.match(perceived({ body: first }).text, /Waiter 100\..*Page 1 of 2 Next page/)
  t.notMatch(first, 'Waiter 101.')
  t.match(second, 'start="101"', 'the second page goes on counting')
  t.match(perceived({ body: second }).text, /Waiter 101\..*Previous page Page 2 of 2/)
  t.match(perceived({ body: await look(3) }).text, 'Nobody is on this page.')
  t.equal(forMany, forOne)
})

t.test('someone is put into a group and out of it, and it is on record why', async t => {
  const { app, db, activity, headers, member, url } = await context(t)
  await aGroup(db, activity)
  await aBooking(db, activity.id, { name: 'Wanda First', status: 'waiting' })
  const { id } = await aBooking(db, activity.id, { name: 'Pam Prior', status: 'waiting' })

  const answer = await post(app, `${url}/${id}/group`, { rank: '1', page: '1' }, headers)
  const { text } = perceived(await app.inject({ url: String(answer.headers.location), headers }))
  await post(app, `${url}/${id}/group`, { rank: '9', page: '2' }, headers).then(({ headers }) => {
    t.match(headers.location, /page=2$/, 'back to the page on which the button was')
  })

  t.equal(answer.statusCode, 303)
  t.match(text, /Their turn is changed\..*Pam Prior.*Wanda First/)
  t.match(await db.booking.findUniqueOrThrow({ where: { id } }), { priority: 9 })
  t.match(await entries(db, 'booking.prioritised'), [
    { staffMemberId: member.id, subject: id, details: { group: 'Referred by a school', reason: 'Schools asked us to.' } }, { details: { rank: 9 } }
  ])
})

t.test('where organisers pick, those who fit have a button; the others read what is missing', async t => {
  const { app, db, activity, headers, member, url } = await context(t, { waitingList: 'by-hand', capacity: 2 })
  const { id } = await aBooking(db, activity.id, { name: 'Sole Sally', status: 'waiting' })
  const { id: party } = await aBooking(db, activity.id, { name: 'Party Pam', status: 'waiting', places: 2 })

  const shown = await app.inject({ url, headers })
  const before = perceived(shown).text
  const form = formsOn(shown.body, url).find(({ action }) => action === `${url}/${id}/place`)
  const tooMany = await post(app, `${url}/${party}/place`, {}, headers)
  const answer = await post(app, `${url}/${id}/place`, Object.fromEntries(form?.fields ?? []), headers)
  const again = await post(app, `${url}/${id}/place`, {}, headers)

  t.match(before, /Sole Sally \S+ 1 place , since [^.]*? Give a place to Sole Sally.*Party Pam.*Needs 2, and 1 is free/)
  t.equal(tooMany.statusCode, 409)
  t.strictSame(perceived(tooMany).errors, [{ field: `booking-${party}`, sentence: '1 place is free, and this booking asks for 2.' }])
  t.ok(perceived(tooMany).has(`booking-${party}`))
  t.equal(answer.statusCode, 303)
  t.match(perceived(await app.inject({ url: String(answer.headers.location), headers })).text, 'The place is given, and we email them.')
  t.match(await db.booking.findUniqueOrThrow({ where: { id } }), { status: 'confirmed' })
  t.match(await announced(db, 'booking.confirmed'), [{ bookingId: id }])
  t.match(await entries(db, 'booking.picked'), [{ staffMemberId: member.id, subject: id }])
  t.equal(again.statusCode, 409, 'a double click gives one place')
  t.strictSame(perceived(again).errors, [{ field: 'form', sentence: 'This booking is not on the waiting list any more.' }])
  t.ok(perceived(again).has('form'))
})

t.test('an organiser who gives a place by hand reads first that emails do not reach that person any more', async t => {
  const { app, db, activity, headers, url } = await context(t, { waitingList: 'by-hand', capacity: 2 })
  const { id } = await aBooking(db, activity.id, { name: 'Sole Sally', status: 'waiting', phone: '01539 722 722' })
  const { body } = await app.inject({ url, headers })
  await db.booking.update({ where: { id }, data: { unreachableAt: noon.toJSDate() } })

  const asked = await post(app, `${url}/${id}/place`, { page: '1', confirmed: tokenOn(body) }, headers)
  const between = await db.booking.findUniqueOrThrow({ where: { id } })
  const answer = await post(app, `${url}/${id}/place`, filledIn(asked.body), headers)

  t.equal(asked.statusCode, 200)
  t.match(perceived(asked).text, 'Sole Sally gets a place. New Emails do not reach them: call them. New')
  t.match(perceived(asked).text, 'Sole Sally 01539 722 722')
  t.equal(between.status, 'waiting')
  t.equal(answer.statusCode, 303)
  t.match(await db.booking.findUniqueOrThrow({ where: { id } }), { status: 'confirmed' })
})

t.test('someone carried over from another date is not picked; if a place is open to all, they are marked', async t => {
  const { app, db, activity, headers, url } = await context(t, { waitingList: 'by-hand', capacity: 9 })
  await aBooking(db, activity.id, { name: 'Cara Carried', status: 'waiting', copiedFromBookingId: randomUUID(), calledAt: noon.toJSDate() })

  const { text } = perceived(await app.inject({ url, headers }))

  t.match(text, /Cara Carried.*Carried over from another date Asked: first to accept/)
  t.notMatch(text, 'Give a place')
})

t.test('where the list serves itself nobody is picked, and no more where booking has closed', async t => {
  const { app, db, activity, headers, url } = await context(t, { capacity: 2 })
  const { id } = await aBooking(db, activity.id, { status: 'waiting' })

  const automatic = await post(app, `${url}/${id}/place`, {}, headers)
  await db.activity.update({
    where: { id: activity.id }, data: { waitingList: 'by-hand', bookingClosesAt: noon.minus({ minutes: 1 }).toJSDate() }
  })
  const closed = await post(app, `${url}/${id}/place`, {}, headers)

  t.strictSame(perceived(automatic).errors.map(({ sentence }) => sentence),
    ['This waiting list gives places in order. To choose who gets one, first change how it works to “By hand”.'])
  t.strictSame(perceived(closed).errors.map(({ sentence }) => sentence), ['Booking for this activity has closed.'])
  t.notMatch(perceived(closed).text, 'Give a place')
  t.match(await db.booking.findUniqueOrThrow({ where: { id } }), { status: 'waiting' })
})

t.test('what is wrong with a button about someone is said in a sentence beside them, and changes nothing', async t => {
  const { app, db, activity, headers, url } = await context(t, { waitingList: 'by-hand', capacity: 5 })
  await aGroup(db, activity)
  const { id } = await aBooking(db, activity.id, { status: 'waiting' })
  const rank = 'The group must be a whole number from 1 to 9'
  const unknown = 'This form has no field “status”. Load the page again and fill it in once more.'
  const cases: Array<[string, string, string | Record<string, string>, number, string]> = [
    ...['', '0', '10', '-1', '1.5', '1e9', '1\n2', 'ordinary'].map((given): typeof cases[number] =>
      [`rank ${JSON.stringify(given)}`, 'group', { rank: given }, 400, rank]),
    ['no rank', 'group', '', 400, rank],
    ['a group that there is not', 'group', { rank: '2' }, 409, 'This activity has no such priority group.'],
    ['two ranks', 'group', 'rank=1&rank=9', 400, 'The group must be given only once'],
    ['another field', 'group', { rank: '1', status: 'confirmed' }, 400, unknown],
    ['another field of the button', 'place', { status: 'confirmed' }, 400, unknown]
  ]

  for (const [what, button, form, status, sentence] of cases) {
    const answer = await post(app, `${url}/${id}/${button}`, form, headers)
    t.equal(answer.statusCode, status, what)
    t.strictSame(perceived(answer).errors, [{ field: `booking-${id}`, sentence }], what)
  }
  t.match(await db.booking.findUniqueOrThrow({ where: { id } }), { status: 'waiting', priority: 9 })
})

t.test('a booking of another activity, and an id of no booking, are not found', async t => {
  const { app, db, activity, headers, url } = await context(t, { waitingList: 'by-hand', capacity: 5 })
  await aGroup(db, activity)
  const other = await anActivity(db, { waitingList: 'by-hand' })
  await aGroup(db, other)
  const { id } = await aBooking(db, other.id, { status: 'waiting' })

  for (const wrong of [id, randomUUID(), 'x', '%00', activity.id]) {
    t.equal((await post(app, `${url}/${wrong}/group`, { rank: '1' }, headers)).statusCode, 404, wrong)
    t.equal((await post(app, `${url}/${wrong}/place`, {}, headers)).statusCode, 404, wrong)
  }
  t.match(await db.booking.findUniqueOrThrow({ where: { id } }), { status: 'waiting', priority: 9 })
})

t.test('a group is added with a reason, named anew, and removed by a button that asks first', async t => {
  const { app, db, activity, headers, member, url } = await context(t)
  const { id } = await aBooking(db, activity.id, { status: 'waiting' })

  const added = await post(app, `${url}/groups`, { rank: '3', name: 'Referred', reason: 'Schools asked us to.' }, headers)
  await post(app, `${url}/${id}/group`, { rank: '3' }, headers)
  const form = await app.inject({ url: `${url}/groups/3`, headers })
  const renamed = await post(app, `${url}/groups/3`, { name: 'Referred by a school', reason: 'They need it <now>.' }, headers)
  const list = perceived(await app.inject({ url, headers })).text
  const question = perceived(await app.inject({ url: `${url}/groups/3/removal`, headers })).text
  t.equal(await db.priorityGroup.count(), 1, 'asking changes nothing')
  const removed = await post(app, `${url}/groups/3/removal`, {}, headers)

  for (const answer of [added, renamed, removed]) t.equal(answer.statusCode, 303)
  t.match(form.body, /name="name"[^>]*value="Referred"/)
  t.match(list, /3\. Referred by a school They need it <now>\. 1 booking is waiting in it/)
  t.match(question, 'Do you want to remove the group “Referred by a school”? 1 booking is waiting in it.')
  t.match(perceived(await app.inject({ url: String(removed.headers.location), headers })).text, 'The group is removed.')
  t.equal(await db.priorityGroup.count(), 0)
  t.match(await db.booking.findUniqueOrThrow({ where: { id } }), { status: 'waiting', priority: 9 })
  for (const [action, times] of [['priority-group.named', 2], ['priority-group.removed', 1]] as const) {
    const found = await entries(db, action)
    t.equal(found.length, times, action)
    t.ok(found.every(entry => entry.staffMemberId === member.id && entry.subject === activity.slug))
  }
})

t.test('bad input about a group gets a sentence beside its field, and what was typed stays', async t => {
  const { app, db, activity, headers, url } = await context(t)
  await aGroup(db, activity)
  const good = { rank: '2', name: 'Referred', reason: 'Schools asked us to.' }
  const turn = 'Turn must be a whole number from 1 to 8'
  const cases: Array<[string, string | Record<string, string>, number, string, string]> = [
    ...['', '0', '9', '-1', '1.5', '1e9'].map((rank): typeof cases[number] =>
      [`turn ${JSON.stringify(rank)}`, { ...good, rank }, 400, 'rank', turn]),
    ['a turn that another has', { ...good, rank: '1' }, 409, 'rank', 'The group “Referred by a school” has this turn. Choose another.'],
    ['no name', { ...good, name: '  ' }, 400, 'name', 'Enter a name for the group'],
    ['a long name', { ...good, name: 'x'.repeat(61) }, 400, 'name', 'Name must be 60 characters or fewer'],
    ['a name of two lines', { ...good, name: 'Re\nferred' }, 400, 'name', 'Name must be on one line'],
    ['no reason', { ...good, reason: '' }, 400, 'reason', 'Enter why this group goes first'],
    ['a long reason', { ...good, reason: 'x'.repeat(301) }, 400, 'reason', 'Reason must be 300 characters or fewer'],
    ['two names', `${new URLSearchParams(good).toString()}&name=Other`, 400, 'name', 'Name must be given only once'],
    ['another field', { ...good, activityId: '1' }, 400, 'form', 'This form has no field “activityId”. Load the page again and fill it in once more.']
  ]

  for (const [what, form, status, field, sentence] of cases) {
    const answer = await post(app, `${url}/groups`, form, headers)
    const page = perceived(answer)
    t.equal(answer.statusCode, status, what)
    t.strictSame(page.errors, [{ field, sentence }], what)
    t.ok(page.has(field), `${what}: the link leads somewhere`)
  }
  const rename = await post(app, `${url}/groups/1`, { name: 'Anew', reason: '' }, headers)
  const twice = await post(app, `${url}/groups/1`, { ...good, rank: '2' }, headers)
  const removal = await post(app, `${url}/groups/1/removal`, { rank: '1' }, headers)
  t.strictSame(perceived(rename).errors, [{ field: 'reason', sentence: 'Enter why this group goes first' }])
  t.match(rename.body, /name="name"[^>]*value="Anew"/)
  t.equal(twice.statusCode, 400, 'a group’s turn does not change')
  t.equal(removal.statusCode, 400)
  for (const rank of ['2', '9', '01', '-1', 'x', '%00']) {
    t.equal((await app.inject({ url: `${url}/groups/${rank}`, headers })).statusCode, 409, rank)
    t.equal((await post(app, `${url}/groups/${rank}/removal`, {}, headers)).statusCode, 409, rank)
  }
  t.match(await db.priorityGroup.findMany(), [{ rank: 1, name: 'Referred by a school' }])
  t.equal((await db.priorityGroup.findMany()).length, 1)
})

t.test('another date is made for those who wait, and leads to its own page', async t => {
  const { app, db, activity, headers, member } = await context(t, { offerHours: 36 })
  const { id } = await aBooking(db, activity.id, { name: 'Wanda Waits', status: 'waiting', places: 2 })
  const url = `/staff/activities/${activity.slug}/another-date`

  const form = await app.inject({ url, headers })
  const unread = await post(app, url, { date: '2026-12-08', time: '19:30', join_url: ` ${joinUrl} ` }, headers)
  const between = await db.activity.count()
  const answer = await post(app, url, filledIn(unread.body), headers)
  const copy = await db.activity.findFirstOrThrow({ where: { anotherDateOfId: activity.id } })
  const page = perceived(await app.inject({ url: String(answer.headers.location), headers }))
  const first = perceived(await app.inject({ url: `/staff/activities/${activity.slug}`, headers })).text
  const line = perceived(await app.inject({ url: `/staff/activities/${copy.slug}/waiting-list`, headers })).text

  t.match(perceived(form).text, /1 booking waits for 2 places, and the new date has 1 place\..*Each has 36 hours to answer/)
  t.match(form.body, /name="time"[^>]*value="18:00"/)
  t.strictSame([unread.statusCode, between], [200, 1], 'nothing is made that nobody has read')
  t.equal(tokenOn(form.body), tokenOn(unread.body))
  t.equal(answer.statusCode, 303)
  t.match(page.text, /This is the new date\..*Tuesday 8 December 2026, 7:30pm to 8pm.*Another date of Tuesday 1 December 2026/)
  t.match(first, 'Another date Tuesday 8 December 2026, 7:30pm to 8pm')
  t.match(line, /Wanda Waits.*Carried over from Tuesday 1 December 2026/)
  t.match(perceived(await app.inject({ url, headers })).text, 'There is already another date: Tuesday 8 December 2026')
  t.equal(joinLinkSeal(secretKey).open(copy.joinUrlSealed ?? ''), joinUrl)
  t.match(await db.booking.findFirstOrThrow({ where: { activityId: copy.id } }), { copiedFromBookingId: id, status: 'waiting' })
  t.match(await entries(db, 'another-date.made'), [{ staffMemberId: member.id, subject: copy.slug, details: { of: activity.slug } }])
})

t.test('bad input about another date gets a sentence beside its field, and what was typed stays', async t => {
  const { app, db, activity, headers } = await context(t)
  const url = `/staff/activities/${activity.slug}/another-date`
  const good = { date: '2026-12-08', time: '18:00', join_url: '' }
  const day = 'The new date must be a date like 2026-12-01'
  const time = 'The start must be a time like 18:00'
  const link = 'Enter the link of a Teams meeting, as Teams gives it: https://teams.microsoft.com/…'
  const cases: Array<[string, string | Record<string, string>, number, string, string]> = [
    ['no date', { ...good, date: '' }, 400, 'date', 'Enter the new date'],
    ['a date of another form', { ...good, date: '8 December' }, 400, 'date', day],
    ['a date of two lines', { ...good, date: '2026-12\n-08' }, 400, 'date', day],
    ['1e9', { ...good, date: '1e9' }, 400, 'date', day],
    ['a day that there is not', { ...good, date: '2027-02-29' }, 400, 'date', 'There is no such day. Check the new date.'],
    ['a slip of the keyboard', { ...good, date: '2062-12-08' }, 400, 'date', 'The new date is more than 2 years away. Check the year.'],
    ['the past', { ...good, date: '2026-11-22' }, 409, 'date', 'The new date must be in the future.'],
    ['no time', { ...good, time: '' }, 400, 'time', 'Enter when it starts'],
    ['a time that there is not', { ...good, time: '24:00' }, 400, 'time', time],
    ['a time in words', { ...good, time: '6pm' }, 400, 'time', time],
    ['the hour that spring leaves out', { ...good, date: '2027-03-28', time: '01:30' }, 400, 'time',
      'There is no 01:30 on that day, because the clocks go forward. Choose another time.'],
    ['the hour that autumn repeats', { ...good, date: '2027-10-31', time: '01:30' }, 400, 'time',
      '01:30 comes twice on that day, because the clocks go back. Choose another time.'],
    ['a link that leads elsewhere', { ...good, join_url: 'https://teams.example.org/l/meetup-join/1' }, 400, 'join_url', link],
    ['a very long link', { ...good, join_url: `${joinUrl}${'x'.repeat(3000)}` }, 400, 'join_url', link],
    ['another field', { ...good, capacity: '99' }, 400, 'form', 'This form has no field “capacity”. Load the page again and fill it in once more.'],
    ['two dates', `${new URLSearchParams(good).toString()}&date=2026-12-09`, 400, 'date', 'Date must be given only once']
  ]

  for (const [what, form, status, field, sentence] of cases) {
    const answer = await post(app, url, form, headers)
    const page = perceived(answer)
    t.equal(answer.statusCode, status, what)
    t.strictSame(page.errors, [{ field, sentence }], what)
    t.ok(page.has(field), `${what}: the link leads somewhere`)
  }
  const again = await post(app, url, { date: '2026-11-22', time: '07:15', join_url: joinUrl }, headers)
  t.match(again.body, /name="date"[^>]*value="2026-11-22"/)
  t.match(again.body, /name="time"[^>]*value="07:15"/)
  t.match(again.body, /name="join_url"[^>]*value="https:\/\/teams/)
  t.equal(await db.activity.count(), 1)
  t.equal((await entries(db, 'another-date.made')).length, 0)
})

t.test('another date of a draft is a draft, and the page says so', async t => {
  const { app, db, activity, headers } = await context(t, { status: 'draft' })
  const url = `/staff/activities/${activity.slug}/another-date`

  const { text } = perceived(await app.inject({ url, headers }))
  await post(app, url, { date: '2026-12-08', time: '18:00' }, headers)

  t.match(text, 'The new date is a draft too')
  t.match(await db.activity.findFirstOrThrow({ where: { anotherDateOfId: activity.id } }), { status: 'draft' })
})

t.test('a date on which booking would have closed already is refused beside its field', async t => {
  const { app, db, activity, headers } = await context(t, { bookingClosesAt: noon.plus({ days: 1 }).toJSDate() })

  const answer = await post(app, `/staff/activities/${activity.slug}/another-date`, { date: '2026-11-25', time: '18:00' }, headers)

  t.equal(answer.statusCode, 409)
  t.strictSame(perceived(answer).errors.map(({ field }) => field), ['date'])
  t.equal(await db.activity.count(), 1)
})

t.test('another date of an all-day activity is asked for by its day alone', async t => {
  const { app, db, activity, headers } = await context(t, {
    allDay: true, startsAt: new Date('2026-12-01T00:00:00Z'), endsAt: new Date('2026-12-02T00:00:00Z'), isOnline: false, venue: 'Town hall'
  })
  const url = `/staff/activities/${activity.slug}/another-date`

  const form = await app.inject({ url, headers })
  await post(app, url, { date: '2027-06-08' }, headers)
  const copy = await db.activity.findFirstOrThrow({ where: { anotherDateOfId: activity.id } })

  t.notMatch(form.body, /name="(time|join_url)"/)
  t.strictSame([copy.startsAt, copy.endsAt], [new Date('2027-06-07T23:00:00Z'), new Date('2027-06-08T23:00:00Z')], 'midnight in summer')
})

t.test('how a list works can be changed from its page while there is something to change', async t => {
  const toCome = await context(t)
  const over = await context(t, {
    startsAt: noon.minus({ days: 2, hours: 1 }).toJSDate(), endsAt: noon.minus({ days: 2 }).toJSDate()
  })

  t.match(perceived(await toCome.app.inject(toCome)).text, 'Change how it works')
  t.notMatch(perceived(await over.app.inject(over)).text, 'Change how it works')
})
