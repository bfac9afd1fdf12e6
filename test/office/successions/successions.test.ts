// Subject: the database.
import { randomUUID } from 'node:crypto'
import { DateTime } from 'luxon'
import t from 'tap'
import type { Test } from 'tap'
import { hashOf } from '../../../src/identity/staff/token.ts'
import { newFeedToken } from '../../../src/mail/agency-feeds/token.ts'
import { copyWeek } from '../../../src/office/board/copy-week.ts'
import { carryOutSuccessions } from '../../../src/office/successions/carry-out.ts'
import { planSuccession, withdrawSuccession } from '../../../src/office/successions/commands.ts'
import type { NewSuccession } from '../../../src/office/successions/commands.ts'
import { listReported } from '../../../src/office/reports/queries.ts'
import { joinLinkSeal } from '../../../src/programme/teams/seal.ts'
import type { Activity } from '../../../src/platform/database/generated/client.ts'
import type { Db, Tx } from '../../../src/platform/database/connect.ts'
import { AlreadyPasses, SuccessionDone } from '../../../src/office/successions/errors.ts'
import { announceNear } from '../../../src/office/successions/notices.ts'
import { tellOfSuccessions } from '../../../src/office/successions/jobs.ts'
import { aMailbox } from '../../support/mailbox.ts'
import { contextFor, contextWith, keeping, writeEmail } from '../../support/email-context.ts'
import { confirming } from '../../support/confirming.ts'
import { filledIn } from '../../support/filled-in.ts'
import { read } from '../../support/icalendar.ts'
import { eventually } from '../../support/running-service.ts'
import { countedService, links, perceived, post, service } from '../../support/service.ts'
import { expectSound } from '../../support/sound.ts'
import { aHold, aStaffMember, anAgency, organiser, signedIn } from '../../support/staff.ts'
import { aBooking, aCampaign, anActivity, announced, countWaitingForLocks, noon, plain, secretKey, warm, world } from '../../support/world.ts'

const url = '/staff/successions'
const day = '2026-12-01'
/** A minute into the day, and a minute before. */
const theDay = DateTime.fromISO(day, { zone: 'Europe/London' }).plus({ minutes: 1 }).toUTC() as DateTime<true>
const theEve = theDay.minus({ minutes: 2 })
const old = 'Cumbria safeguarding partnerships'

const before = { startsAt: noon.plus({ days: 2 }).toJSDate(), endsAt: noon.plus({ days: 2, hours: 1 }).toJSDate() }

async function plan (db: Db, given: Partial<NewSuccession> & Pick<NewSuccession, 'successor'>): Promise<string> {
  const id = randomUUID()
  await confirming(async confirmed => {
    const whole = {
      id,
      day,
      partnership: given.agencyId === undefined ? old : '',
      agencyId: undefined,
      district: '',
      replyTo: '',
      press: undefined
    }
    await planSuccession(db, { ...whole, ...given, confirmed }, organiser, noon)
  })
  return id
}

/** Everything that links, calendars and people who booked go by. */
async function identities (db: Db) {
  return {
    campaigns: await db.campaign.findMany({ select: { id: true, slug: true }, orderBy: { id: 'asc' } }),
    activities: await db.activity.findMany({
      select: { id: true, slug: true, campaignId: true, icalUid: true, icalSequence: true, createdAt: true }, orderBy: { id: 'asc' }
    }),
    bookings: plain(await db.booking.findMany({ orderBy: { id: 'asc' } })),
    holds: await db.hold.findMany({ select: { id: true, code: true, activityId: true, places: true }, orderBy: { id: 'asc' } }),
    feeds: await db.agencyFeed.findMany({ select: { id: true, tokenHash: true }, orderBy: { id: 'asc' } })
  }
}

const names = async (db: Db, ...activities: Activity[]) => await Promise.all(activities.map(async ({ id }) =>
  (await db.activity.findUniqueOrThrow({ where: { id } })).partnership))

/** The form of the page that says what follows, as its button sends it. */
function confirmedIn (body: string): Record<string, string> {
  return Object.fromEntries([...body.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)]
    .map(([, name = '', value = '']) => [name, value.replaceAll('&quot;', '"').replaceAll('&amp;', '&')]))
}

async function anArea (t: Test) {
  const its = await service(t)
  const { db } = its
  const council = await anAgency(db, { name: 'Cumbria County Council', slug: 'cumbria-county-council' })
  const campaign = await aCampaign(db, { slug: 'its-not-ok', partnership: old, districts: ['Carlisle', 'Kendal'] })
  const given = { campaignId: campaign.id, leadAgencyId: council.id }
  const [earlier, carlisle, kendal, nowhere] = [
    await anActivity(db, { ...given, ...before, title: 'Earlier', district: 'Carlisle', slug: 'earlier' }),
    await anActivity(db, { ...given, title: 'In Carlisle', district: 'Carlisle', slug: 'in-carlisle' }),
    await anActivity(db, { ...given, title: 'In Kendal', district: 'Kendal', slug: 'in-kendal' }),
    await anActivity(db, { campaignId: campaign.id, title: 'Online', slug: 'online' })
  ]
  return { ...its, council, campaign, earlier, carlisle, kendal, nowhere }
}

t.test('a split: what is to come passes by its district, what was before keeps its name, links and entries stay', async t => {
  const { app, db, outbox, council, campaign, earlier, carlisle, kendal, nowhere } = await anArea(t)
  const { headers, member: admin } = await signedIn(app, db)
  const colleague = await aStaffMember(db, { name: 'Asha', role: 'organiser', agencyId: council.id })
  const token = newFeedToken()
  await db.agencyFeed.create({
    data: { id: randomUUID(), agencyId: council.id, name: 'Comms', tokenHash: hashOf(token), madeAt: noon.toJSDate() }
  })
  await db.activityPartner.create({ data: { activityId: nowhere.id, agencyId: council.id } })
  const hold = await aHold(db, kendal.id, { agencyId: council.id, returnsAt: theDay.plus({ days: 1 }).toJSDate() })
  const booking = await aBooking(db, carlisle.id)
  await aBooking(db, carlisle.id, { status: 'waiting' })
  const its = `/bookings/${links.tokenOf(booking.id)}`
  const read1 = async (address: string) => read((await app.inject(address)).body).events[0]
  const [was, entry] = [await identities(db), await read1(`${its}/invitation.ics`)]
  const uidsIn = async () => read((await app.inject('/calendar/its-not-ok.ics')).body).events.map(({ uid }) => uid).sort()
  const uids = await uidsIn()

  const form = filledIn((await app.inject({ url, headers })).body)
  const asked = await post(app, url, {
    ...form, from: `partnership:${old}`, district: 'Carlisle', successor: 'Cumberland partnership', day
  }, headers)
  const { h1, text } = perceived(asked)
  t.equal(h1, 'Do you want to plan this change?')
  t.match(text, 'From Tuesday 1 December 2026 “Cumbria safeguarding partnerships” becomes “Cumberland partnership” in Carlisle.')
  t.match(text, '1 activity from that day on is run by “Cumberland partnership”: “In Carlisle”.')
  t.match(text, '2 activities from that day on stay with “Cumbria safeguarding partnerships”')
  t.match(text, '2 people have booked or wait: nobody is emailed.')
  t.equal(await db.succession.count(), 0, 'nothing is planned yet')
  t.match(await post(app, url, confirmedIn(asked.body), headers), { statusCode: 303 })
  t.equal((await post(app, url, confirmedIn(asked.body), headers)).statusCode, 303, 'a second press')
  await plan(db, { successor: 'Westmorland partnership' })
  await plan(db, { agencyId: council.id, district: 'Carlisle', successor: 'Cumberland Council' })
  await plan(db, { agencyId: council.id, successor: 'Westmorland Council' })
  t.equal(await db.succession.count(), 4)

  const page = perceived(await app.inject({ url, headers })).text
  t.match(page, 'From Tuesday 1 December 2026 “Cumbria County Council” becomes “Westmorland Council”')
  t.match(page, '1 person works for “Westmorland Council” from then on, and can do what they do now: Asha.')
  t.match(page, '1 activity before Tuesday 1 December 2026, which “Cumberland Council” looks after from then on: pages and reports still say “Cumbria County Council”.')
  t.match(perceived(await app.inject({ url: '/staff/activities/in-carlisle', headers })).text,
    'From Tuesday 1 December 2026 this activity is run by “Cumberland Council”, not “Cumbria County Council”.')
  t.notMatch(perceived(await app.inject({ url: '/staff/activities/earlier', headers })).text, 'this activity is run by')

  t.match(perceived(await app.inject({ url: '/staff', headers })).text, '4 changes of who takes over are near or just done')

  const pages = async () => await Promise.all([carlisle, kendal, nowhere].map(async ({ id }) =>
    (await db.activity.findUniqueOrThrow({ where: { id } })).changedAt?.toISOString()))
  const read0 = await pages()
  await carryOutSuccessions(db, outbox, theEve)
  t.strictSame(await identities(db), was, 'not a minute before')
  t.equal(await db.succession.count({ where: { doneAt: null } }), 4)
  await carryOutSuccessions(db, outbox, theDay)
  await carryOutSuccessions(db, outbox, theDay.plus({ minutes: 1 }))

  t.strictSame(await identities(db), was, 'links, codes, UIDs and bookings are as they were')
  t.match(await db.campaign.findUniqueOrThrow({ where: { id: campaign.id } }), { partnership: 'Westmorland partnership' })
  t.strictSame(await names(db, earlier, carlisle, kendal, nowhere), [old, 'Cumberland partnership', null, null])
  const byName = new Map((await db.agency.findMany()).map(({ name, id }) => [name, id]))
  t.strictSame([...byName.keys()].sort(), ['Cumberland Council', 'Cumbria County Council', 'Westmorland Council'])
  const leads = async ({ id }: Activity) => {
    const { leadAgencyId, ledAsId } = await db.activity.findUniqueOrThrow({ where: { id } })
    return [leadAgencyId, ledAsId]
  }
  t.strictSame(await leads(earlier), [byName.get('Cumberland Council'), council.id])
  t.strictSame(await leads(carlisle), [byName.get('Cumberland Council'), null])
  t.strictSame(await leads(kendal), [byName.get('Westmorland Council'), null])
  t.match(await db.activityPartner.findMany(), [{ activityId: nowhere.id, agencyId: byName.get('Westmorland Council') }])
  t.match(await db.hold.findUniqueOrThrow({ where: { id: hold.id } }), { agencyId: byName.get('Westmorland Council') })
  t.match(await db.staffMember.findUniqueOrThrow({ where: { id: colleague.id } }), { agencyId: byName.get('Westmorland Council') })

  t.strictSame((await pages()).map((at, n) => at === read0[n]), [false, false, true], 'a page that says another name has changed')

  // What people read, from where they have it: addresses of before, and the same entry in their calendar.
  const [page1, page2] = [await app.inject('/activities/earlier'), await app.inject('/activities/in-carlisle')]
  t.match(perceived(page1).text, 'Cumbria County Council')
  t.match(perceived(page2).text, 'Cumberland Council')
  t.match(perceived(await app.inject('/accessibility')).text, /It is run by: Westmorland partnership Cumberland partnership/)
  t.match((await app.inject(its)).statusCode, 200)
  const after = await read1(`${its}/invitation.ics`)
  t.strictSame([after?.uid, after?.organizer, after?.sequence], [entry?.uid, entry?.organizer, entry?.sequence])
  t.equal(entry?.summary, `Online workshop – ${old}`)
  t.equal(after?.summary, 'Online workshop – Cumberland partnership')
  t.strictSame(await uidsIn(), uids)
  t.match((await app.inject(`/feeds/${token}.ics`)).body.replaceAll('\r\n ', ''), /Led by: Westmorland Council/)
  for (const fact of ['booking.changed', 'letter.due', 'activity.changed'] as const) t.strictSame(await announced(db, fact), [])

  // Reports on both sides of the day.
  const span = { after: noon.toJSDate(), before: noon.plus({ days: 30 }).toJSDate() }
  t.strictSame((await listReported(db, organiser, span)).map(({ title, leadAgency, campaign }) =>
    [title, leadAgency?.name, campaign.partnership]).sort(), [
    ['Earlier', 'Cumbria County Council', old],
    ['In Carlisle', 'Cumberland Council', 'Cumberland partnership'],
    ['In Kendal', 'Westmorland Council', 'Westmorland partnership'],
    ['Online', undefined, 'Westmorland partnership']
  ])
  t.match(await db.auditEntry.findMany({ where: { action: { startsWith: 'succession.' } }, orderBy: { id: 'asc' }, take: 1 }),
    [{ action: 'succession.planned', staffMemberId: admin.id, subject: old, details: { day, district: 'Carlisle' } }])
  t.equal(await db.auditEntry.count({ where: { action: 'succession.done' } }), 4, 'once each')
  t.match(perceived(await app.inject({ url, headers })).text, 'Passed on: 1 activity to lead, 1 earlier activity to look after.')
  t.match(perceived(await app.inject({ url: '/staff/audit', headers })).text, 'which is done now')

  // What is made afterwards says who runs its district on its day.
  const later = await anActivity(db, { campaignId: campaign.id, district: 'Carlisle' })
  t.strictSame(await names(db, later), ['Cumberland partnership'])
  const copy = await copyWeek({ db, seal: joinLinkSeal(secretKey) }, campaign.id, {
    submission: randomUUID(), title: 'Next year', firstDay: '2027-12-01', ids: [carlisle.id, kendal.id]
  }, organiser, theDay)
  t.strictSame((await db.activity.findMany({ where: { campaign: { slug: copy.slug } }, orderBy: { district: 'asc' } }))
    .map(({ partnership }) => partnership), ['Cumberland partnership', null])
  await db.activity.update({ where: { id: later.id }, data: { district: 'Kendal' } })
  t.strictSame(await names(db, later), [null])
  await db.activity.update({ where: { id: later.id }, data: before })
  t.strictSame(await names(db, later), [old])
  await expectSound(db, { now: theDay })
})

t.test('who answers an email, and who journalists turn to, reaches whoever takes over from that day on', async t => {
  const its = await anArea(t)
  const { app, db, outbox, campaign, carlisle, earlier, kendal } = its
  const { headers, member: admin } = await signedIn(app, db)
  const context = contextWith(its, keeping())
  const repliesTo = async ({ id: activityId }: Activity) => {
    const mailer = keeping()
    const { id: bookingId } = await aBooking(db, activityId)
    await writeEmail({ ...context, mailer }, 'booking.confirmed', { bookingId, sequence: 0 })
    return mailer.kept[0]?.replyTo
  }
  const now = { pressContact: 'Press office of Cumbria', pressEmail: 'press@cumbria.example', pressPhone: '' }
  await db.campaign.update({ where: { id: campaign.id }, data: { ...now, pressNote: 'Not before 7am.' } })
  const quiet = await aCampaign(db, { partnership: old })

  const form = filledIn((await app.inject({ url, headers })).body)
  const press = { pressContact: 'Press office of Westmorland', pressEmail: 'press@westmorland.example', pressPhone: '' }
  const asked = await post(app, url, {
    ...form, from: `partnership:${old}`, district: '', successor: 'Westmorland partnership', day, replyTo: 'hello@westmorland.example', ...press
  }, headers)
  const { text } = perceived(asked)
  t.match(text, 'Replies to emails about what “Westmorland partnership” runs, and about what was before, go to hello@westmorland.example from then on.')
  t.match(text, `1 campaign sends journalists to “${press.pressContact}” (${press.pressEmail}): “${campaign.title}”.`)
  t.equal((await post(app, url, confirmedIn(asked.body), headers)).statusCode, 303)
  await plan(db, { district: 'Carlisle', successor: 'Cumberland partnership', replyTo: 'hello@cumberland.example' })
  t.equal(await repliesTo(carlisle), undefined)
  t.match(await db.campaign.findUniqueOrThrow({ where: { id: campaign.id } }), now)

  await carryOutSuccessions(db, outbox, theDay)

  t.strictSame(await Promise.all([carlisle, kendal, earlier].map(repliesTo)),
    ['hello@cumberland.example', 'hello@westmorland.example', 'hello@westmorland.example'])
  t.match(await db.campaign.findUniqueOrThrow({ where: { id: campaign.id } }), { ...press, pressNote: 'Not before 7am.' })
  t.match(await db.campaign.findUniqueOrThrow({ where: { id: quiet.id } }), { pressEmail: '' }, 'who named nobody names nobody')
  const mailbox = await aMailbox(t)
  await writeEmail(contextFor(t, its, mailbox.url), 'booking.confirmed', { bookingId: (await aBooking(db, carlisle.id)).id, sequence: 0 })
  t.equal(mailbox.taken[0]?.mail.replyTo?.text, 'hello@cumberland.example')
  t.equal(mailbox.taken[0]?.mail.from?.value[0]?.address, 'workshops@example.org', 'the sender stays: calendars trust no other')

  // A merger later that names no address keeps what there is.
  await plan(db, { partnership: 'Cumberland partnership', day: '2026-12-10', successor: 'Northern partnership' })
  await carryOutSuccessions(db, outbox, theDay.plus({ days: 9 }))
  t.strictSame((await db.replyAddress.findMany({ orderBy: { partnership: 'asc' } })).map(({ partnership, address }) => [partnership, address]), [
    ['Cumberland partnership', 'hello@cumberland.example'],
    [old, 'hello@westmorland.example'],
    ['Northern partnership', 'hello@cumberland.example'],
    ['Westmorland partnership', 'hello@westmorland.example']
  ])

  const change = async (fields: Record<string, string>) => await post(app, `${url}/replies`, fields, headers)
  t.match(await change({ partnership: 'Northern partnership', address: 'people@northern.example' }), { statusCode: 303 })
  t.equal(await repliesTo(carlisle), 'hello@cumberland.example', 'it began before the second day')
  t.match(await change({ partnership: 'Westmorland partnership', address: '' }), { statusCode: 303 })
  t.equal(await repliesTo(kendal), undefined)
  t.match(perceived(await app.inject({ url, headers })).text, 'people@northern.example')
  t.match(await db.auditEntry.findMany({ where: { action: 'reply-address.changed' }, orderBy: { id: 'asc' } }), [
    { staffMemberId: admin.id, subject: 'Northern partnership', details: { address: ['hello@cumberland.example', 'people@northern.example'] } },
    { details: { address: ['hello@westmorland.example', ''] } }
  ])
  t.match(await change({ partnership: old, address: 'before@westmorland.example' }), { statusCode: 303 })
  t.equal(await repliesTo(earlier), 'before@westmorland.example', 'one that has passed has its emails about what was before')
  for (const [fields, field] of [
    [{ partnership: '', address: 'a@b.example' }, 'partnership'], [{ partnership: 'Nobody', address: 'a@b.example' }, 'partnership'],
    [{ partnership: 'Northern partnership', address: 'people' }, 'address'],
    [{ partnership: 'Northern partnership', address: 'anne@gmail.com' }, 'address']
  ] as const) t.match(perceived(await change(fields)).errors, [{ field }])
})

t.test('admins are emailed once before the day and once on it: what passes, and what is left for them to do', async t => {
  const its = await anArea(t)
  const { db, outbox, council, kendal } = its
  const mailer = keeping()
  const context = contextWith(its, mailer)
  await aStaffMember(db, { name: 'Ada', role: 'admin', email: 'ada@example.org' })
  await aStaffMember(db, { name: 'Olu', role: 'organiser' })
  await aStaffMember(db, { name: 'Gone', role: 'admin', disabledAt: noon.toJSDate() })
  await aStaffMember(db, { name: 'Asha', role: 'organiser', agencyId: council.id })
  await db.activity.update({ where: { id: kendal.id }, data: { summary: `By ${old}.`, title: 'Secret visit' } })
  await db.campaign.updateMany({ where: { slug: 'its-not-ok' }, data: { privacyNotice: `${old} keeps it.` } })
  await plan(db, { successor: 'Westmorland partnership' })
  await plan(db, { agencyId: council.id, district: 'Carlisle', successor: 'Cumberland Council' })
  await plan(db, { agencyId: council.id, successor: 'Westmorland Council' })
  /** What is announced at an instant, by two workers at once, and told, as often as a restart may have it. */
  const at = async (now: typeof theDay) => {
    await Promise.all([announceNear(db, outbox, now), announceNear(db, outbox, now)])
    await carryOutSuccessions(db, outbox, now)
    context.turnClock(now)
    const told = await announced(db, 'succession.told')
    for (const end of await tellOfSuccessions(context, told)) t.equal(end.status, 'fulfilled')
    return { announced: told.length, emails: mailer.kept.splice(0) }
  }
  const morning = theDay.setZone('Europe/London').set({ hour: 10 }).toUTC() as DateTime<true>
  t.strictSame(await at(morning.minus({ days: 8 })), { announced: 0, emails: [] }, 'not too early')
  t.equal((await at(morning.minus({ days: 7 }).set({ hour: 3 }))).announced, 0, 'not at night')

  const near = await at(morning.minus({ days: 7 }))
  t.match(near.emails.map(({ to, subject }) => [to, subject]), [['ada@example.org', 'Who takes over from Tuesday 1 December 2026']])
  const [said = ''] = near.emails.map(({ text }) => text)
  t.match(said, '“Cumbria County Council” becomes “Westmorland Council”')
  t.match(said, /This passes on: 1 campaign, 3 activities with a new name on\s+them\./)
  t.match(said, /“Cumbria safeguarding partnerships” is still in these texts\. Change\s+them: “.+” \(campaign\)/)
  t.match(said, /is still in the title or summary of 1\s+activity to come/)
  t.match(said, /Look at the accounts of the people who passed/)
  t.match(said, 'https://workshops.example.org/staff/successions')
  t.notMatch(said, 'Secret visit', 'an email has no title of an activity')
  t.equal((await at(morning.minus({ days: 6 }))).announced, 1, 'nothing more is announced')

  const done = await at(theDay)
  t.equal(done.announced, 2)
  const of = done.emails.filter(({ subject }) => subject === 'Done: who takes over from Tuesday 1 December 2026')
  t.equal(of.length, 1)
  t.match(of[0]?.text, /Passed on: 1 campaign, 3 activities with a new name on\s+them\./)
  t.match(of[0]?.text, /is still in these texts/)
  t.equal(done.emails.length, 1, 'that its day is near is not said once it is done')
  t.equal((await at(theDay.plus({ hours: 10 }))).announced, 2, 'once each')
})

t.test('where the website has a new name, the old one leads to everything, forms too', async t => {
  const { app, db, carlisle } = await anArea(t)
  const booking = await aBooking(db, carlisle.id)
  const its = `/bookings/${links.tokenOf(booking.id)}`
  const old = { host: 'old.example.org', origin: 'http://old.example.org' }
  const entryAt = async (headers: object) => read((await app.inject({ url: `${its}/invitation.ics`, headers: { ...headers } })).body).events[0]

  t.equal((await app.inject({ url: its, headers: old })).statusCode, 200)
  t.strictSame(await entryAt(old), await entryAt({}))
  const { statusCode } = await post(app, `/activities/${carlisle.slug}/book`, {
    name: 'Anne', email: 'anne@example.org', role: 'parent', district: 'Carlisle', submission: randomUUID()
  }, old)
  t.equal(statusCode, 303)
})

t.test('two merge, one gets a new name, and a day on which nothing ran is made up for in order', async t => {
  const { db, outbox } = await world(t)
  const [one, other] = [await anAgency(db, { name: 'Allerdale' }), await anAgency(db, { name: 'Copeland' })]
  const [first, second] = [await aCampaign(db, { partnership: 'West' }), await aCampaign(db, { partnership: 'North' })]
  const over = await aCampaign(db, { partnership: 'West', lastDay: new Date('2026-11-30') })
  const inFirst = await anActivity(db, { campaignId: first.id, leadAgencyId: one.id })
  const inSecond = await anActivity(db, { campaignId: second.id, leadAgencyId: other.id })
  const past = await anActivity(db, { ...before, campaignId: over.id, leadAgencyId: one.id })
  await db.activityPartner.create({ data: { activityId: inFirst.id, agencyId: other.id } })
  const was = await identities(db)
  await plan(db, { partnership: 'West', successor: 'Cumberland' })
  await plan(db, { partnership: 'North', successor: 'Cumberland' })
  await plan(db, { agencyId: one.id, successor: 'Cumberland Council' })
  await plan(db, { agencyId: other.id, successor: 'Cumberland Council' })
  await plan(db, { partnership: 'Cumberland', day: '2026-12-02', successor: 'Cumberland safeguarding' }).catch(() => {})
  t.equal(await db.succession.count(), 4, 'what is not there yet cannot pass')

  await warm(db, 4)
  await Promise.all([1, 2, 3].map(async () => { await carryOutSuccessions(db, outbox, theDay.plus({ days: 3 })) }))

  t.strictSame(await identities(db), was)
  t.strictSame((await db.campaign.findMany({ orderBy: { createdAt: 'asc' } })).map(({ partnership }) => partnership).sort(),
    ['Cumberland', 'Cumberland', 'West'], 'a campaign that is over stays as it was')
  const merged = await db.agency.findFirstOrThrow({ where: { name: 'Cumberland Council' } })
  const led = await db.activity.findMany({ where: { leadAgencyId: merged.id }, select: { id: true, ledAsId: true } })
  t.strictSame(new Map(led.map(({ id, ledAsId }) => [id, ledAsId])),
    new Map([...led.map(({ id }) => [id, id === past.id ? one.id : null] as const)]))
  t.equal(led.length, 3)
  t.equal(await db.activityPartner.count(), 0, 'who leads it does not take part in it too')
  t.equal(await db.auditEntry.count({ where: { action: 'succession.done' } }), 4, 'three at once did it once')

  // A second change of what passed before: the past keeps its first name, districts follow.
  await plan(db, { partnership: 'Cumberland', day: '2026-12-10', successor: 'Cumberland safeguarding' })
  await plan(db, { agencyId: merged.id, day: '2026-12-10', successor: 'Unitary Council' })
  await carryOutSuccessions(db, outbox, theDay.plus({ days: 9 }))
  t.match(await db.campaign.findUniqueOrThrow({ where: { id: first.id } }), { partnership: 'Cumberland safeguarding' })
  t.strictSame(await names(db, inFirst, inSecond), ['Cumberland', 'Cumberland'], 'they began before the second day')
  t.match(await db.activity.findUniqueOrThrow({ where: { id: past.id }, include: { leadAgency: true } }),
    { ledAsId: one.id, leadAgency: { name: 'Unitary Council' } })
  t.match(await db.activity.findUniqueOrThrow({ where: { id: inFirst.id } }), { ledAsId: merged.id })

  // Another leader, chosen by hand, is who leads it.
  await db.activity.update({ where: { id: inFirst.id }, data: { leadAgencyId: other.id } })
  t.match(await db.activity.findUniqueOrThrow({ where: { id: inFirst.id } }), { ledAsId: null })
  await expectSound(db, { now: theDay.plus({ days: 9 }) })
})

t.test('what failed half-way is not done at all, and done whole the next time', async t => {
  const { db, outbox, asOwner } = await world(t)
  const { id } = await aCampaign(db, { partnership: old })
  await plan(db, { successor: 'New' })
  await asOwner('CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN 1 / 0; END $$')
  await asOwner('CREATE TRIGGER refuse_done BEFORE UPDATE ON successions FOR EACH ROW EXECUTE FUNCTION refuse()')
  await t.rejects(carryOutSuccessions(db, outbox, theDay))
  t.match(await db.campaign.findUniqueOrThrow({ where: { id } }), { partnership: old })
  t.equal(await db.campaignPartnership.count(), 0)
  await asOwner('DROP TRIGGER refuse_done ON successions')
  await carryOutSuccessions(db, outbox, theDay)
  t.match(await db.campaign.findUniqueOrThrow({ where: { id } }), { partnership: 'New' })
})

t.test('wrong input gets one sentence and plans nothing; until the day it can be withdrawn, and looking changes nothing', async t => {
  const { app, db, outbox, council } = await anArea(t)
  const { headers } = await signedIn(app, db)
  const id = await plan(db, { successor: 'New partnership', replyTo: 'a@b.example' })
  const form = filledIn((await app.inject({ url, headers })).body)
  const good = { from: `agency:${council.id}`, district: '', successor: 'New Council', day }
  for (const [given, field, sentence] of [
    [{ from: '' }, 'from', 'Select what changes from the list'],
    [{ from: `agency:${randomUUID()}` }, 'from', 'Nothing has that name any more. Load the page again and choose from the list'],
    [{ district: 'Narnia' }, 'district', 'Select a district from the list'],
    [{ successor: ' ' }, 'successor', 'Enter the new name'],
    [{ successor: 'cumbria county council' }, 'successor', 'Enter another name than the one it has now'],
    [{ day: '2026-11-23' }, 'day', 'Enter a day after today, like 2027-04-01'],
    [{ day: 'soon' }, 'day', 'Enter a day after today, like 2027-04-01'],
    [{ from: `partnership:${old}` }, 'from', `It is planned already where ${old} goes on that day everywhere else. Withdraw that first`],
    [{ from: `partnership:${old}`, district: 'Kendal', successor: old.toUpperCase() }, 'successor', 'Enter another name than the one it has now'],
    [{ replyTo: 'a@b.example' }, 'replyTo', 'Leave this empty for an agency: emails are a partnership’s'],
    [{ pressEmail: 'a@b.example' }, 'pressContact', 'Leave this empty for an agency: a campaign is a partnership’s'],
    [{ from: `partnership:${old}`, district: 'Kendal', pressEmail: 'a@b.example' }, 'pressContact', 'Leave this empty for one district: a press contact is a whole campaign’s'],
    [{ from: `partnership:${old}`, pressContact: 'Press office' }, 'pressEmail', 'Enter an email address or a phone number'],
    [{ from: `partnership:${old}`, district: 'Kendal', successor: 'New partnership', replyTo: 'b@b.example' }, 'replyTo', 'It is planned already that replies to New partnership go to a@b.example. Enter the same address, or none']
  ] as const) {
    const answer = await post(app, url, { ...form, ...good, ...given }, headers)
    t.ok([400, 409].includes(answer.statusCode), `${field}: ${answer.statusCode}`)
    t.match(perceived(answer).errors, [{ field, sentence }])
  }
  t.equal(await db.succession.count(), 1)

  await plan(db, { agencyId: council.id, district: 'Kendal', successor: 'Kendal Council' })
  const kendal = await anAgency(db, { name: 'Kendal Council' })
  const on = await post(app, url, { ...form, ...good, from: `agency:${kendal.id}` }, headers)
  t.match(perceived(on).errors, [{ field: 'day', sentence: 'Kendal Council hands over and takes over on the same day. Choose another day, or name who has it in the end' }])

  const was = JSON.stringify(await db.succession.findMany())
  await app.inject({ url: `${url}/${id}/withdrawal`, headers })
  await app.inject({ url, method: 'HEAD', headers })
  t.equal(JSON.stringify(await db.succession.findMany()), was)
  t.match(await post(app, `${url}/${id}/withdrawal`, {}, headers), { statusCode: 303, headers: { location: `${url}?done=withdrawn` } })
  for (const gone of [id, randomUUID(), 'x']) {
    const answer = await post(app, `${url}/${gone}/withdrawal`, {}, headers)
    t.equal(answer.statusCode, 409)
    t.match(perceived(answer).errors, [{ field: 'form', sentence: 'This change is not planned any more: someone has withdrawn it.' }])
  }
  t.equal(await db.succession.count(), 1)
  await carryOutSuccessions(db, outbox, theDay)
  t.equal(await db.campaign.count({ where: { partnership: old } }), 1, 'withdrawn, it is not done')
  const [done] = await db.succession.findMany()
  const late = await post(app, `${url}/${done?.id}/withdrawal`, {}, headers)
  t.match([late.statusCode, perceived(late).text], [409, /Its day has come and it is done/])
})

t.test('of ten who plan the same at once, one does', async t => {
  const { db } = await world(t)
  await aCampaign(db, { partnership: old })
  await warm(db)
  const outcomes = await Promise.allSettled(Array.from({ length: 10 }, async () => await plan(db, { successor: 'New' })))
  t.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
  t.ok(outcomes.every(outcome => outcome.status === 'fulfilled' || outcome.reason instanceof AlreadyPasses), 'the others read why')
  t.equal(await db.succession.count(), 1)
  await withdrawSuccession(db, (await db.succession.findFirstOrThrow()).id, organiser, noon)
})

t.test('what changes while it is done is read first, and who withdraws it then is told that it is done', async t => {
  const { db, outbox, council, campaign, carlisle } = await anArea(t)
  const police = await anAgency(db, { name: 'Police' })
  const asha = await aStaffMember(db, { name: 'Asha', role: 'organiser', agencyId: police.id })
  const id = await plan(db, { successor: 'New partnership' })
  await plan(db, { agencyId: council.id, day: '2026-12-02', district: 'Carlisle', successor: 'Cumberland Council' })
  await plan(db, { agencyId: council.id, day: '2026-12-02', successor: 'Westmorland Council' })
  await plan(db, { agencyId: police.id, day: '2026-12-03', successor: 'New police' })
  await warm(db, 4)
  /** Does what is due on a day while a change waits to be committed, and lets the change be first. */
  const during = async (
    now: typeof theDay, change: (tx: Tx) => Promise<unknown>, beside: Array<() => Promise<unknown>> = []
  ) => {
    const ends: Array<Promise<unknown>> = []
    await db.$transaction(async tx => {
      await change(tx)
      for (const act of [async () => { await carryOutSuccessions(db, outbox, now) }, ...beside]) {
        const end = act()
        end.catch(() => {})
        ends.push(end)
        await eventually(async () => await countWaitingForLocks(db) === ends.length, { seconds: 20, pauseMs: 2 })
      }
    })
    return await Promise.allSettled(ends)
  }
  const withdrawn = async () => { await withdrawSuccession(db, id, organiser, noon) }

  const [, late] = await during(theDay, async tx =>
    await tx.campaign.update({ where: { id: campaign.id }, data: { partnership: 'Another' } }), [withdrawn])
  t.ok(late?.status === 'rejected' && late.reason instanceof SuccessionDone)
  t.match(await db.campaign.findUniqueOrThrow({ where: { id: campaign.id } }), { partnership: 'Another' })
  await during(theDay.plus({ days: 1 }), async tx =>
    await tx.activity.update({ where: { id: carlisle.id }, data: { district: 'Kendal' } }))
  t.match(await db.activity.findUniqueOrThrow({ where: { id: carlisle.id }, include: { leadAgency: true } }), { leadAgency: { name: 'Westmorland Council' } })
  await during(theDay.plus({ days: 2 }), async tx =>
    await tx.staffMember.update({ where: { id: asha.id }, data: { agencyId: null } }))
  t.match(await db.staffMember.findUniqueOrThrow({ where: { id: asha.id } }), { agencyId: null })
  t.equal(await db.succession.count({ where: { doneAt: null } }), 0)
})

t.test('the database takes nothing that passes twice on a day, that is nobody’s, or that says what only a partnership can', async t => {
  const { db } = await world(t)
  const [campaign, agency] = [await aCampaign(db), await anAgency(db)]
  const one = { day: new Date(day), successor: 'New', plannedById: randomUUID(), plannedAt: noon.toJSDate() }
  const refuses = async (data: object, why: RegExp) => {
    await t.rejects(db.succession.create({ data: { ...one, ...data, id: randomUUID() } }), why)
  }
  for (const its of [{ partnership: old }, { agencyId: agency.id }, { partnership: old, district: 'Eden' }]) {
    await db.succession.create({ data: { ...one, ...its, id: randomUUID() } })
    await refuses(its, /[Uu]nique/)
  }
  await refuses({}, /successions_one_passes/)
  await refuses({ partnership: 'North', agencyId: agency.id }, /successions_one_passes/)
  await refuses({ partnership: 'North', successor: '' }, /successions_to_someone/)
  await refuses({ agencyId: agency.id, district: 'Kendal', replyTo: 'a@b.example' }, /successions_replies_of_a_partnership/)
  await refuses({ partnership: 'North', district: 'Kendal', pressPhone: '101' }, /successions_press_of_a_whole_campaign/)
  const since = { campaignId: campaign.id, since: new Date(day) }
  await t.rejects(db.campaignPartnership.create({ data: { ...since, district: 'Eden' } }), /campaign_partnerships_districts_say/)
  await t.rejects(db.replyAddress.create({ data: { partnership: 'North', address: '' } }), /reply_addresses_lead_somewhere/)
})

t.test('the page asks the database as often for many changes on many days as for one', async t => {
  const { app, counted, db } = await countedService(t)
  const { headers } = await signedIn(app, db, { role: 'admin' })
  const { id: campaignId } = await aCampaign(db, { partnership: old, districts: ['Carlisle', 'Eden'] })
  await aBooking(db, (await anActivity(db, { campaignId, district: 'Eden', startsAt: noon.plus({ days: 20 }).toJSDate(), endsAt: noon.plus({ days: 20, hours: 1 }).toJSDate() })).id)
  const queries = async () => {
    counted.queries = 0
    const page = await app.inject({ url, headers })
    t.equal(page.statusCode, 200)
    return { asked: counted.queries, text: perceived(page).text }
  }
  await plan(db, { successor: 'Cumberland', district: 'Eden' })
  const { asked, text } = await queries()
  t.match(text, '1 person has booked or waits')

  await plan(db, { successor: 'Westmorland' })
  await plan(db, { successor: 'Furness', day: '2026-12-20', district: 'Carlisle' })
  for (let n = 0; n < 5; n++) await plan(db, { agencyId: (await anAgency(db)).id, successor: `Successor ${n}`, day: `2027-04-0${n + 1}` })

  t.equal((await queries()).asked, asked)
})
