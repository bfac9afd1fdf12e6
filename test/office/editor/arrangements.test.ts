import t from 'tap'
import type { Db } from '../../../src/platform/database/connect.ts'
import { joinLinkSeal } from '../../../src/programme/teams/seal.ts'
import { joinUrl } from '../../support/calendar-entry.ts'
import { perceived, post, service } from '../../support/service.ts'
import { anAgency, signedIn } from '../../support/staff.ts'
import { aBooking, anActivity, announced, noon, secretKey } from '../../support/world.ts'

const asItStands = 'entry=invitation&reminders=week&reminders=day&reminders=hour&follow_up=yes'
const joinUrlSealed = joinLinkSeal(secretKey).close(joinUrl)

const arrangementsOf = async (db: Db, id: string) => await db.activity.findUniqueOrThrow({
  where: { id }, select: { joinMode: true, reminders: true, followUp: true }
})

/** What a browser sends from the page that shows the effects of a change. */
const sentAgain = (body: string) => new URLSearchParams(
  [...body.matchAll(/type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(([, name = '', value = '']): [string, string] => [name, value])
).toString()

/** The options that are ticked on the page, in order. */
const ticked = ({ body }: { body: string }) =>
  [...body.matchAll(/type="(?:radio|checkbox)" value="([a-z]+)" checked/g)].map(([, value]) => value)

t.test('an organiser reads how people get in and what they get, changes it, and is on record for it', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db, { joinUrlSealed })
  const { id: bookingId } = await aBooking(db, id)
  for (let n = 1; n < 27; n++) await aBooking(db, id, { places: 2 })
  await aBooking(db, id, { status: 'waiting' })
  await aBooking(db, id, { status: 'cancelled' })
  const { headers, member } = await signedIn(app, db, { role: 'organiser' })
  const url = `/staff/activities/${slug}/arrangements`

  const settings = await app.inject({ url: `/staff/activities/${slug}/settings`, headers })
  const before = await app.inject({ url, headers })
  const asked = await post(app, url, 'entry=personal&reminders=hour&reminders=week', headers)
  const between = await arrangementsOf(db, id)
  const answer = await post(app, url, sentAgain(asked.body), headers)
  const done = perceived(await app.inject({ url: String(answer.headers.location), headers }))
  const after = await app.inject({ url, headers })

  t.match(settings.body, `href="${url}"`)
  t.strictSame(ticked(before), ['invitation', 'week', 'day', 'hour', 'yes'])
  t.match(perceived(before).text, 'If you change it, 27 people get an updated invitation.')
  t.match(before.body, `href="/staff/activities/${slug}/meeting">replace the Teams link`)
  t.notMatch(before.body, 'teams.microsoft.com')
  t.match(perceived(asked).text, '27 people get an updated invitation. It has their own link, and no Teams link.')
  t.match(perceived(asked).text, 'A week before, An hour before Was: A week before, The day before, An hour before')
  t.strictSame(between.joinMode, 'invitation', 'nothing is saved before')
  t.equal(answer.statusCode, 303)
  t.match(done.text, 'Done Joining and emails are changed. If people now join in another way, we email those who have a place within minutes, if emails reach them.')
  t.strictSame(ticked(after), ['personal', 'week', 'hour'])
  t.notMatch(after.body, 'replace the Teams link')
  t.strictSame(await arrangementsOf(db, id), { joinMode: 'personal', reminders: ['week', 'hour'], followUp: false })
  const told = await announced(db, 'booking.changed')
  t.equal(told.length, 27)
  t.ok(told.some(fact => fact.bookingId === bookingId && fact.sequence === 1))
  t.match(await db.auditEntry.findMany({ where: { action: 'arrangements.changed' } }), [{
    staffMemberId: member.id,
    subject: slug,
    details: { entry: ['invitation', 'personal'], reminders: ['week day hour', 'week hour'], followUp: ['true', 'false'] }
  }])
})

t.test('nobody is emailed about reminders, about what is a draft, or twice', async t => {
  const { app, db } = await service(t)
  const { slug, id } = await anActivity(db)
  await aBooking(db, id)
  const draft = await anActivity(db, { status: 'draft' })
  await aBooking(db, draft.id)
  const empty = await anActivity(db)
  const { headers } = await signedIn(app, db)
  const url = (of: string) => `/staff/activities/${of}/arrangements`
  const sentence = async (of: string) => /If you change it, [^.]*\./.exec(perceived(await app.inject({ url: url(of), headers })).text)?.[0]

  t.equal(await sentence(slug), 'If you change it, 1 person gets an updated invitation.')
  t.equal(await sentence(draft.slug), 'If you change it, nobody is emailed, because this activity is a draft.')
  t.equal(await sentence(empty.slug), 'If you change it, nobody is emailed, because nobody has a place yet.')
  await post(app, url(slug), 'entry=invitation', headers)
  await post(app, url(draft.slug), 'entry=personal', headers)
  await post(app, url(empty.slug), 'entry=personal', headers)
  t.strictSame(await announced(db, 'booking.changed'), [])
  const form = sentAgain((await post(app, url(slug), 'entry=personal', headers)).body)
  await Promise.all([post(app, url(slug), form, headers), post(app, url(slug), form, headers)])
  t.equal((await announced(db, 'booking.changed')).length, 1)
  t.strictSame(await arrangementsOf(db, draft.id), { joinMode: 'personal', reminders: [], followUp: false })
})

t.test('where nobody joins on a screen the page asks only about emails, and how people get in stays', async t => {
  const { app, db } = await service(t)
  const { slug, id } = await anActivity(db, { isOnline: false, venue: 'Kendal Library', joinMode: 'personal' })
  const { headers } = await signedIn(app, db)
  const url = `/staff/activities/${slug}/arrangements`

  const page = await app.inject({ url, headers })
  const answer = await post(app, url, 'reminders=day&follow_up=yes', headers)

  t.notMatch(page.body, 'name="entry"')
  t.equal(answer.statusCode, 303)
  t.strictSame(await arrangementsOf(db, id), { joinMode: 'personal', reminders: ['day'], followUp: true })
})

t.test('each wrong answer gets a sentence beside its field, keeps what was ticked and changes nothing', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db)
  await aBooking(db, id)
  const { headers } = await signedIn(app, db)
  const url = `/staff/activities/${slug}/arrangements`
  const current = await arrangementsOf(db, id)
  const how = 'Select how people get in'
  const which = 'Select reminders from those on the page'
  const cases: Array<[string, string, string, string]> = [
    ['nothing', '', 'entry', how],
    ['another way', 'entry=helicopter', 'entry', how],
    ['a very long way', `entry=${'p'.repeat(20_000)}`, 'entry', how],
    ['two ways', 'entry=personal&entry=invitation', 'entry', 'How people get in must be given only once'],
    ['another reminder', `${asItStands}&reminders=minute`, 'reminders', which],
    ['an empty reminder', 'entry=personal&reminders=', 'reminders', which],
    ['other words after the end', 'entry=personal&follow_up=no', 'follow_up', 'Writing after the end is ticked or not'],
    ['a field of ours that is none of this form', `${asItStands}&status=draft`, 'form', 'This form has no field “status”. Load the page again and fill it in once more.']
  ]

  for (const [what, form, field, sentence] of cases) {
    const answer = await post(app, url, form, headers)
    const page = perceived(answer)
    t.equal(answer.statusCode, 400, what)
    t.strictSame(page.errors, [{ field, sentence }], what)
    t.ok(page.has(field), `${what}: the link leads somewhere`)
    t.match(page.title, /^Error: /, what)
  }
  const again = await post(app, url, 'entry=personal&reminders=hour&follow_up=maybe', headers)
  t.strictSame(ticked(again), ['personal', 'hour'])
  t.strictSame(await arrangementsOf(db, id), current)
  t.strictSame(await announced(db, 'booking.changed'), [])
  t.equal(await db.auditEntry.count({ where: { action: 'arrangements.changed' } }), 0)
})

t.test('the same box ticked twice is ticked once', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db)
  const { headers } = await signedIn(app, db)

  const answer = await post(app, `/staff/activities/${slug}/arrangements`,
    'entry=personal&reminders=hour&reminders=hour&reminders=day&follow_up=yes&follow_up=yes', headers)

  t.equal(answer.statusCode, 303)
  t.strictSame(await arrangementsOf(db, id), { joinMode: 'personal', reminders: ['day', 'hour'], followUp: true })
})

t.test('a cancelled activity can no longer be changed, and the page says so however late a form is sent', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db)
  const { id, slug } = await anActivity(db, { status: 'cancelled' })
  const current = await arrangementsOf(db, id)
  const url = `/staff/activities/${slug}/arrangements`

  const page = await app.inject({ url, headers })
  const answer = await post(app, url, 'entry=personal', headers)

  t.equal(page.statusCode, 200)
  t.match(perceived(page).text, 'This activity is cancelled. Nobody joins it')
  t.notMatch(page.body, 'name="entry"')
  t.equal(answer.statusCode, 409)
  t.match(perceived(answer).text, 'This activity is cancelled. Nobody joins it')
  t.strictSame(await arrangementsOf(db, id), current)
})

t.test('after a bad evening nobody has to be thanked, and nobody is told of another way in', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db)
  const { id, slug } = await anActivity(db, { startsAt: noon.minus({ hours: 2 }).toJSDate(), endsAt: noon.toJSDate() })
  await aBooking(db, id)
  const url = `/staff/activities/${slug}/arrangements`

  const page = perceived(await app.inject({ url, headers }))
  const answer = await post(app, url, 'entry=personal&reminders=day', headers)

  t.match(page.text, 'This has taken place.')
  t.match(page.text, 'If you change it, nobody is emailed, because this has taken place.')
  t.equal(answer.statusCode, 303)
  t.strictSame(await arrangementsOf(db, id), { joinMode: 'personal', reminders: ['day'], followUp: false })
  t.strictSame(await announced(db, 'booking.changed'), [])
})

t.test('only people who run an activity arrange it; for others it is as if it were not there', async t => {
  const { app, db } = await service(t)
  const agency = await anAgency(db)
  const another = await anAgency(db)
  const { id, slug } = await anActivity(db, { leadAgencyId: agency.id, visibility: 'agency' })
  await db.activityPartner.create({ data: { activityId: id, agencyId: another.id } })
  const stranger = await anAgency(db)
  const url = `/staff/activities/${slug}/arrangements`
  const cases = [
    [{ role: 'organiser', agencyId: agency.id }, 200, 303], [{ role: 'organiser', agencyId: another.id }, 403, 403],
    [{ role: 'staff', agencyId: agency.id }, 403, 403], [{ role: 'organiser', agencyId: stranger.id }, 404, 404],
    [{ role: 'admin' }, 200, 303]
  ] as const

  for (const [given, looks, sends] of cases) {
    const { headers } = await signedIn(app, db, given)
    t.equal((await app.inject({ url, headers })).statusCode, looks, JSON.stringify(given))
    t.equal((await post(app, url, asItStands, headers)).statusCode, sends, JSON.stringify(given))
  }
  t.equal((await app.inject(url)).headers.location, '/staff/sign-in')
  const { headers } = await signedIn(app, db)
  const dropIn = await anActivity(db, { booking: 'drop-in' })
  t.equal((await app.inject({ url: `/staff/activities/${dropIn.slug}/arrangements`, headers })).statusCode, 409)
})

t.test('when people joined is beside their names, by the clocks of the zone', async t => {
  const { app, db } = await service(t)
  const summer = noon.set({ month: 7, hour: 17 })
  const endsAt = summer.plus({ hours: 1 }).toJSDate()
  const { id, slug } = await anActivity(db, { startsAt: summer.toJSDate(), endsAt })
  await aBooking(db, id, { joinedAt: summer.minus({ minutes: 8 }).toJSDate(), attended: true })
  await aBooking(db, id)
  const { headers } = await signedIn(app, db)

  const { text } = perceived(await app.inject({ url: `/staff/activities/${slug}/attendees`, headers }))

  t.equal(text.split('Joined at').length, 2)
  t.match(text, 'Joined at 5:52pm')
})
