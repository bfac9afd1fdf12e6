import t from 'tap'
import type { Test } from 'tap'
import { everyNeed } from '../../support/needs.ts'
import { countedService, perceived, service } from '../../support/service.ts'
import { aPastActivity } from '../../support/reported.ts'
import { aHold, anAgency, signedIn } from '../../support/staff.ts'
import { aBooking, anActivity, noon } from '../../support/world.ts'

async function context (t: Test, role = 'organiser') {
  const its = await countedService(t)
  const { headers, member } = await signedIn(its.app, its.db, { role })
  const at = async (path: string) => {
    const answer = await its.app.inject({ url: `/staff/activities/${path}`, headers })
    return { ...perceived(answer), body: answer.body, status: answer.statusCode }
  }
  return { ...its, headers, member, at }
}

const day = { startsAt: noon.plus({ hours: 6 }).toJSDate(), endsAt: noon.plus({ hours: 7 }).toJSDate() }
const past = { startsAt: noon.minus({ days: 2, hours: 1 }).toJSDate(), endsAt: noon.minus({ days: 2 }).toJSDate() }

t.test('the overview has the button of the moment, and no other', async t => {
  const { db, at } = await context(t)
  const buttonOn = async (slug: string) => /role="button"[^>]*>\s*([^<]*?)\s*</.exec((await at(slug)).body)?.[1]
  const cases = [
    [{ status: 'draft' }, 'Publish'], [{}, 'Book someone in by phone'], [day, 'Open the page for the day'],
    [past, 'Say who came'], [{ status: 'cancelled' }, undefined], [{ booking: 'drop-in', capacity: null }, undefined]
  ] as const

  for (const [given, button] of cases) {
    const { id, slug } = await anActivity(db, given)
    if (given === past) await aBooking(db, id)
    t.equal(await buttonOn(slug), button, JSON.stringify(given))
  }
  const over = await anActivity(db, past)
  await aBooking(db, over.id, { attended: true })
  const { id: unrecorded } = await aBooking(db, over.id)
  t.match((await at(over.slug)).text, 'This is over. For 1 person it is not recorded if they came. Say who came')
  await db.booking.update({ where: { id: unrecorded }, data: { attended: false } })
  t.notMatch((await at(over.slug)).text, 'Say who came')
  t.match((await at((await anActivity(db, day)).slug)).text, 'This takes place today Open the page for the day')
})

t.test('it leads to the page that everyone sees as soon as everyone does', async t => {
  const { app, db, at } = await context(t)
  const cases = [
    [{}, 1], [{ embargoUntil: noon.toJSDate() }, 1], [{ embargoUntil: noon.plus({ minutes: 1 }).toJSDate() }, 0],
    [{ status: 'draft' }, 0], [{ visibility: 'partners' }, 0], [{ status: 'cancelled' }, 1]
  ] as const
  for (const [given, links] of cases) {
    const { slug } = await anActivity(db, given)
    const { body } = await at(slug)
    t.equal(body.split(`href="/activities/${slug}"`).length - 1, links, JSON.stringify(given))
    t.equal((await app.inject(`/activities/${slug}`)).statusCode, links === 1 ? 200 : 404)
  }
})

t.test('the overview says what an activity needs, and leads to where it is put right', async t => {
  const { db, at } = await context(t, 'admin')
  await db.supportContact.deleteMany()
  await everyNeed(db)
  const slugOf = async (title: string) => (await db.activity.findFirstOrThrow({ where: { title } })).slug
  const expected = [
    ['The unlinked', 'It starts within 48 hours and has no Teams link, so nobody can join. Give it a link', 'meeting'],
    ['The failed', 'The Teams meeting could not be made or changed. See why', 'meeting'],
    ['The asked', '1 question is not dealt with. Read it', 'evening#questions'],
    ['The kept', 'You give them by hand. Choose who gets them', 'waiting-list'],
    ['The long', 'for more places than there are in all. Make another date and ask them to come then.', 'another-date'],
    ['The full', '1 person told us what would help them take part and has no answer. See who', 'attendees?need=open&amp;status=confirmed&amp;status=waiting&amp;status=offered']
  ] as const

  for (const [title, sentence, page] of expected) {
    const slug = await slugOf(title)
    const { text, body } = await at(slug)
    t.match(text, sentence, title)
    t.match(body, `href="/staff/activities/${slug}/${page}"`, title)
  }
  t.notMatch((await at((await anActivity(db, { joinUrlSealed: 'sealed' })).slug)).text, 'What it needs')
})

t.test('the overview counts people by status and leads to each, and names no one', async t => {
  const { db, at } = await context(t)
  const { id, slug } = await anActivity(db)
  await aBooking(db, id, { name: 'Anne Kirkbride', places: 2 })
  await aBooking(db, id, { name: 'Wanda Waits', status: 'waiting' })
  await aBooking(db, id, { name: 'Carol Cancels', status: 'cancelled' })

  const { text, body } = await at(slug)

  t.match(text, 'Confirmed 1 person : Confirmed (2 places) Waiting 1 person : Waiting Cancelled 1 person : Cancelled')
  for (const status of ['confirmed', 'waiting', 'cancelled']) t.match(body, `attendees?status=${status}"`)
  t.notMatch(text, /Anne|Wanda|Carol/)
})

t.test('the overview and the settings of a full activity take as many queries as those of an empty one', async t => {
  const { db, counted, at } = await context(t)
  const [empty, full] = [await anActivity(db), await anActivity(db)]
  for (let n = 0; n < 30; n++) await aBooking(db, full.id, { question: 'Is it recorded?', accessNeeds: 'Captions' })
  for (let n = 0; n < 5; n++) await aHold(db, full.id, { code: `AGENCY0${n}` })
  const queriesFor = async (path: string) => {
    await at(path)
    counted.queries = 0
    await at(path)
    return counted.queries
  }

  for (const page of ['', '/settings']) {
    const forOne = await queriesFor(`${empty.slug}${page}`)
    t.equal(await queriesFor(`${full.slug}${page}`), forOne, page)
    t.ok(forOne < 30, `${page}: ${forOne}`)
  }
})

t.test('the settings say what is set, and lead to where each is changed', async t => {
  const { db, at } = await context(t)
  const agency = await anAgency(db, { name: 'NSPCC' })
  const { id, slug } = await anActivity(db, {
    leadAgencyId: agency.id,
    capacity: 20,
    overBookingPercent: 10,
    waitingList: 'offers',
    offerHours: 12,
    anotherDateAt: 5,
    joinUrlSealed: null,
    reminders: ['day'],
    followUp: false
  })
  await aHold(db, id, { places: 4, claimed: 1 })
  await db.priorityGroup.create({ data: { activityId: id, rank: 1, name: 'Referred', reason: 'Schools asked us to.' } })

  const { text, body } = await at(`${slug}/settings`)

  for (const row of [
    'Title Keeping your child safe online Change Title', 'When Tuesday 1 December 2026, 6pm to 6:30pm Change When',
    'Led by NSPCC Change', 'Hosts None are named Change', 'State Published Take down', 'How people come People book places',
    'Places 20, and 10% more may be booked: 22 Change', 'Waiting list Offers Change', 'Hours to answer an offer 12 Change',
    'Tell me when 5 bookings are waiting Change', 'Groups that go first 1 group Change', 'Holds 1 hold, with 3 places left Change',
    'Teams meeting There is no link yet Change', 'How people join The Teams link is in the invitation Change',
    'Reminders The day before Change', 'Email after the end No Change'
  ]) t.match(text, row)
  for (const way of [
    'edit#title', 'edit#starts_day', 'hosts', 'publish', 'places#capacity', 'holds', 'meeting', 'arrangements', 'repeat',
    'another-date', 'cancellation'
  ]) t.match(body, `href="/staff/activities/${slug}/${way}"`)
  t.match(body, `href="/staff/activities/new?from=${slug}"`)
  t.notMatch(text, /Set a legal hold|Delete this draft/)
})

t.test('what cannot be changed any more is said without a way to change it', async t => {
  const { db, at } = await context(t)
  const over = await at(`${(await anActivity(db, past)).slug}/settings`)
  const cancelled = await at(`${(await anActivity(db, { status: 'cancelled' })).slug}/settings`)
  const draft = await anActivity(db, { status: 'draft' })

  t.match(over.text, 'This activity is over. What people booked stays as it was.')
  t.notMatch(over.body, /\/(edit|publish|places|holds|meeting|cancellation)[#"]/)
  t.match(over.body, '/repeat"')
  t.match(cancelled.text, 'This activity is cancelled. It stays as people were told.')
  t.notMatch(cancelled.body, /\/(edit|publish|places|holds|meeting|arrangements|another-date|cancellation)[#"]/)
  t.match((await at(`${draft.slug}/settings`)).body, `/staff/activities/${draft.slug}/deletion"`)
})

t.test('only those who answer for personal data are led to a legal hold', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db)
  const { headers, member } = await signedIn(app, db, { role: 'admin' })
  const look = async () => perceived(await app.inject({ url: `/staff/activities/${slug}/settings`, headers })).text

  t.match(await look(), 'Set a legal hold : It keeps')
  t.notMatch(await look(), 'One is set already')
  await db.legalHold.create({
    data: {
      activityId: id,
      reason: 'An inquiry',
      owner: 'The council',
      reviewOn: new Date('2027-01-01'),
      setAt: noon.toJSDate(),
      setById: member.id
    }
  })
  t.match(await look(), 'One is set already')
})

t.test('someone who may not use a section reads who may, within those that they may use', async t => {
  const { app, db } = await service(t)
  const { id: activityId, slug, title } = await anActivity(db)
  const { id: agencyId } = await anAgency(db)
  await db.activityPartner.create({ data: { activityId, agencyId } })
  const { headers } = await signedIn(app, db, { role: 'organiser', agencyId })

  const refused = await app.inject({ url: `/staff/activities/${slug}/settings`, headers })

  t.equal(refused.statusCode, 403)
  t.match(perceived(refused).text, `Back to the activity ${title}`)
  t.match(perceived(refused).text, 'Overview You cannot do this Only organisers of the partnership')
})

t.test('the settings lead only to questions that the form asks', async t => {
  const { app, db, at } = await context(t)
  const { slug } = await anActivity(db)
  const none = (await at(`${slug}/settings`)).body
  const ours = await anAgency(db)
  const some = (await at(`${slug}/settings`)).body
  const { headers } = await signedIn(app, db, { role: 'organiser', agencyId: ours.id })
  const led = await anActivity(db, { leadAgencyId: ours.id })
  const bound = (await app.inject({ url: `/staff/activities/${led.slug}/settings`, headers })).body
  const asked = (body: string) => ['title', 'lead_agency', 'partners'].filter(field => body.includes(`/edit#${field}`))

  t.strictSame([asked(none), asked(some), asked(bound)],
    [['title', 'lead_agency'], ['title', 'lead_agency', 'partners'], ['title', 'partners']])
})

t.test('while people wait, organisers read how many more places they could offer, by what came before', async t => {
  const { db, at } = await context(t)
  const { slug, id } = await anActivity(db, { capacity: 20 })
  for (let n = 0; n < 5; n++) await aPastActivity(db, 60 + n, [{ came: 15, away: 5 }])
  const advice = /not everyone who books comes\. Offer \d more places?: 9 in 10 chance that at most 20 come\. Set over-booking to \d+%; it is 0% now\. Change places/
  t.notMatch((await at(slug)).text, advice, 'nobody waits')

  await aBooking(db, id, { status: 'waiting', waitedAt: noon.toJSDate() })

  const page = await at(slug)
  t.match(page.text, advice)
  t.match(page.body, `href="/staff/activities/${slug}/places">Change places`)
  t.match((await at(`${slug}/places`)).text, 'Some people who book do not come. See how many places you could offer')
  t.match(await db.activity.findUnique({ where: { slug } }), { capacity: 20, overBookingPercent: 0 }, 'only a person can change it')
})

t.test('nothing is advised from a few activities, of one that is over, or to staff who cannot change it', async t => {
  const { db, at, app } = await context(t)
  const few = await anActivity(db, { capacity: 20 })
  await aBooking(db, few.id, { status: 'waiting', waitedAt: noon.toJSDate() })
  for (let n = 0; n < 4; n++) await aPastActivity(db, 60 + n, [{ came: 15, away: 5 }])
  t.notMatch((await at(few.slug)).text, 'not everyone who books comes')

  const over = await aPastActivity(db, 64, [{ came: 15, away: 5 }])
  await aBooking(db, over.id, { status: 'waiting', waitedAt: noon.toJSDate() })
  t.match((await at(few.slug)).text, 'not everyone who books comes')
  t.notMatch((await at(over.slug)).text, 'not everyone who books comes')
  const { headers } = await signedIn(app, db, { role: 'staff' })
  const seen = perceived(await app.inject({ url: `/staff/activities/${few.slug}`, headers }))
  t.notMatch(seen.text, 'not everyone who books comes')
})

t.test('every page of a cancelled activity says that it is, promises nothing and offers nothing to press', async t => {
  const { app, db } = await service(t)
  const { slug } = await anActivity(db, { status: 'cancelled', capacity: 300, startsAt: noon.plus({ hours: 1 }).toJSDate(), endsAt: noon.plus({ hours: 2 }).toJSDate() })
  const { headers } = await signedIn(app, db)
  const at = async (path: string) => await app.inject({ url: `/staff/activities/${slug}${path}`, headers })

  for (const path of ['', '/sign-in-sheet', '/attendance-report', '/evening/code', '/evaluation', '/evening']) {
    const page = await at(path)
    t.match(perceived(page).text, /This activity is cancelled/, path)
    t.notMatch(perceived(page).text, /Nobody has a place yet|You can take a report|It can be typed|Choose questions|300 Free|Free 300/, path)
    t.notMatch(page.body, /sign-in-sheet\.pdf|enctype="multipart/, path)
  }
  const sheet = await at('/sign-in-sheet.pdf')
  t.equal(sheet.statusCode, 409)
  t.match(perceived(sheet).text, 'This activity is cancelled. Nobody has a place in it any more.')
  t.notMatch(perceived(await app.inject({ url: '/staff/activities', headers })).text, /300 free/)
})
