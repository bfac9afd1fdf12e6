import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import type { Activity, Booking } from '../../../src/platform/database/generated/client.ts'
import { choosing, sentFrom } from '../../support/filled-in.ts'
import { countedService, perceived, post, service } from '../../support/service.ts'
import { anAgency, signedIn } from '../../support/staff.ts'
import { aBooking, anActivity, noon } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

const tonight = { startsAt: noon.plus({ hours: 6 }).toJSDate(), endsAt: noon.plus({ hours: 7 }).toJSDate() }

interface Context extends World {
  app: FastifyInstance
  activity: Activity
  headers: { cookie: string }
  member: { id: string }
  url: string
}

async function context (t: Test, given: Partial<Activity> = tonight): Promise<Context> {
  const its = await service(t)
  const activity = await anActivity(its.db, given)
  const { headers, member } = await signedIn(its.app, its.db, { role: 'staff' })
  return { ...its, activity, headers, member, url: `/staff/activities/${activity.slug}/attendees/attendance` }
}

const attendedOf = async (db: World['db'], { id }: Pick<Booking, 'id'>) =>
  (await db.booking.findUniqueOrThrow({ where: { id } })).attended

t.test('what is noted of several people at once is on record for each, and those without a place are left out', async t => {
  const { app, db, activity, headers, member, url } = await context(t)
  const ann = await aBooking(db, activity.id, { name: 'Ann Ash' })
  const ben = await aBooking(db, activity.id, { name: 'Ben Bell', attended: false })
  const cy = await aBooking(db, activity.id, { name: 'Cy Carr', attended: true })
  const dee = await aBooking(db, activity.id, { name: 'Dee Day', status: 'waiting' })

  const asked = await post(app, url, choosing([cy.id, ben.id, ann.id, dee.id]), headers)
  const untouched = await attendedOf(db, ann)
  const unsaid = await post(app, `${url}/notes`, sentFrom(asked.body), headers)
  const done = await post(app, `${url}/notes`, sentFrom(unsaid.body, { attended: 'yes' }), headers)
  const again = await post(app, `${url}/notes`, sentFrom(asked.body, { attended: 'yes' }), headers)
  const page = perceived(asked)

  t.equal(asked.statusCode, 200)
  t.equal(page.h1, 'Did these 3 people come?')
  t.match(page.text, '1 person you chose has no place, so nothing is noted of them.')
  t.match(page.text, /Ann Ash \S+ not noted Ben Bell \S+ did not come Cy Carr \S+ here What do you want to note of all of them\?/)
  t.notMatch(page.text, 'Dee Day')
  t.equal(untouched, null)
  t.equal(unsaid.statusCode, 400)
  t.strictSame(perceived(unsaid).errors, [{ field: 'attended', sentence: 'Select whether they came' }])
  t.ok(perceived(unsaid).has('attended'))
  for (const answer of [done, again]) {
    t.equal(answer.statusCode, 303)
    t.equal(answer.headers.location, `/staff/activities/${activity.slug}/attendees?done=noted`)
  }
  const noted = await Promise.all([ann, ben, cy, dee].map(async one => await attendedOf(db, one)))
  t.strictSame(noted, [true, true, true, null])
  const deeds = await db.auditEntry.findMany({ where: { action: 'attendance.changed' }, orderBy: { id: 'asc' } })
  t.strictSame(
    new Set(deeds.map(({ staffMemberId, subject, details }) => JSON.stringify({ staffMemberId, subject, details }))),
    new Set([[ann, 'unknown'], [ben, 'no']].map(([booking, from]) => JSON.stringify({
      staffMemberId: member.id,
      subject: activity.slug,
      details: { booking: (booking as Booking).id, attended: [from, 'yes'] }
    }))))
  t.match(perceived(await app.inject({ url: String(done.headers.location), headers })).text, 'We have saved who came.')
})

t.test('what someone else noted since the page was shown stays, the rest is saved, and the page says so', async t => {
  const { app, db, activity, headers, url } = await context(t)
  const ann = await aBooking(db, activity.id, { name: 'Ann Ash' })
  const ben = await aBooking(db, activity.id, { name: 'Ben Bell' })
  const cy = await aBooking(db, activity.id, { name: 'Cy Carr' })
  const asked = await post(app, url, choosing([ann.id, ben.id, cy.id]), headers)
  await db.booking.update({ where: { id: ann.id }, data: { attended: true } })
  await db.booking.update({ where: { id: cy.id }, data: { status: 'cancelled' } })

  const answer = await post(app, `${url}/notes`, sentFrom(asked.body, { attended: 'no' }), headers)
  const after = await post(app, `${url}/notes`, sentFrom(answer.body, { attended: 'no' }), headers)

  t.equal(answer.statusCode, 409)
  t.strictSame(perceived(answer).errors, [
    { field: 'form', sentence: `The booking ${cy.reference} has no place any more, so nothing was noted of it.` },
    { field: `guest-${ann.reference}`, sentence: 'Ann Ash: someone else noted “here” at the same time, and that stays.' }
  ].sort((one, other) => perceived(answer).errors[0]?.field === one.field ? -1 : other.field === one.field ? 0 : 1))
  for (const { field } of perceived(answer).errors) t.ok(perceived(answer).has(field))
  t.match(perceived(answer).text, /Ann Ash \S+ here Ben Bell \S+ did not come What/)
  t.equal(after.statusCode, 303, 'with what the page shows now it can be changed')
  t.strictSame([await attendedOf(db, ann), await attendedOf(db, ben), await attendedOf(db, cy)], [false, false, null])
})

t.test('nobody is noted before the day, nobody who has no place, and nothing of a form that is not ours', async t => {
  const { app, db, activity, headers, url } = await context(t, {})
  const waits = await aBooking(db, activity.id, { status: 'waiting' })
  const comes = await aBooking(db, activity.id)
  const notes = (given: Record<string, string>) => choosing([comes.id], { attended: 'yes', ...given })

  const early = await post(app, url, choosing([comes.id]), headers)
  const forced = await post(app, `${url}/notes`, notes({ shown: `${comes.id} unknown` }), headers)
  await db.activity.update({ where: { id: activity.id }, data: tonight })
  const nobody = await post(app, url, choosing([waits.id]), headers)

  for (const answer of [early, forced]) {
    t.equal(answer.statusCode, 409)
    t.match(perceived(answer).text, 'Who came can be noted from Tuesday 1 December 2026 on. Nothing was changed.')
  }
  t.equal(nobody.statusCode, 409)
  t.match(perceived(nobody).errors, [{ sentence: 'Nobody you chose has a place, so there is nothing to note.' }])
  for (const given of [{}, { shown: 'x' }, { shown: `${waits.id} unknown` }, { shown: `${comes.id} maybe` }, { shown: `${comes.id} unknown`, attended: 'maybe' }]) {
    const answer = await post(app, `${url}/notes`, notes(given as Record<string, string>), headers)
    t.equal(answer.statusCode, 400, JSON.stringify(given))
    t.equal(perceived(answer).errors.length, 1)
  }
  t.equal(await attendedOf(db, comes), null)
})

t.test('whoever may note who came on the day may note it of several, and nobody else', async t => {
  const { app, db } = await service(t)
  const [ours, theirs] = [await anAgency(db), await anAgency(db)]
  const activity = await anActivity(db, { ...tonight, leadAgencyId: ours.id })
  await db.activityPartner.create({ data: { activityId: activity.id, agencyId: theirs.id } })
  const { id } = await aBooking(db, activity.id)
  const cases = [
    [{ role: 'admin' }, 200], [{ role: 'organiser', agencyId: ours.id }, 200], [{ role: 'staff', agencyId: ours.id }, 200],
    [{ role: 'staff', agencyId: theirs.id }, 403], [{ role: 'organiser', agencyId: theirs.id }, 403], [{ role: 'host' }, 404]
  ] as const

  for (const [who, status] of cases) {
    const { headers } = await signedIn(app, db, who)
    const answer = await post(app, `/staff/activities/${activity.slug}/attendees/attendance`, choosing([id]), headers)
    t.equal(answer.statusCode, status, JSON.stringify(who))
    if (status !== 200) t.notMatch(answer.body, 'Kirkbride')
  }
})

t.test('a hundred people are noted by as many queries as one', async t => {
  const { app, counted, db } = await countedService(t)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const noting = async (people: number) => {
    const { id, slug } = await anActivity(db, { ...tonight, capacity: 100 })
    const chosen: string[] = []
    for (let n = 0; n < people; n++) chosen.push((await aBooking(db, id)).id)
    const url = `/staff/activities/${slug}/attendees/attendance`
    const asked = await post(app, url, choosing(chosen), headers)
    counted.queries = 0
    const began = performance.now()
    const done = await post(app, `${url}/notes`, sentFrom(asked.body, { attended: 'no' }), headers)
    t.comment(`${people}: ${counted.queries} queries, ${Math.round(performance.now() - began)} ms`)
    t.equal(done.statusCode, 303)
    t.equal(await db.booking.count({ where: { activityId: id, attended: false } }), people)
    return counted.queries
  }

  const forOne = await noting(1)
  t.equal(await noting(100), forOne)
})
