import t from 'tap'
import { buildApp } from '../src/app.ts'
import type { Db } from '../src/platform/database/connect.ts'
import type { StaffMember } from '../src/platform/database/generated/client.ts'
import { aCoHost } from './support/co-hosts.ts'
import { anEmail } from './support/email-context.ts'
import { anEntry } from './support/entries.ts'
import { addressOf, aWeeklyList, everything, giveTheirs } from './support/everything.ts'
import type { Everything } from './support/everything.ts'
import { staffRoutes, withItsRoutes } from './support/routes.ts'
import { countedQueries, partsOf } from './support/service.ts'
import { aHold, anInvitation, aStaffMember, signedIn } from './support/staff.ts'
import { aBooking, anActivity, noon, world } from './support/world.ts'

/** Of everything that pages list there are so many, and then so many. */
const [few, many] = [3, 30]

t.test('a page of the staff’s takes as many queries for many rows as for few', async t => {
  const its = await world(t)
  const { db, counted } = countedQueries(its.db)
  const { app, routes } = await withItsRoutes(async () => await buildApp(partsOf({ ...its, db })))
  t.teardown(async () => { await app.close() })
  const all = await everything(its.db)
  const pages = staffRoutes(routes)
    // Documents are made of what their pages read, each by a process of its own.
    .filter(({ method, url, permission }) => method === 'GET' && permission !== undefined && !url.endsWith('.pdf'))
    .map(({ url }) => addressOf(url, all))

  const people = [
    await signedIn(app, its.db, { role: 'admin' }),
    await signedIn(app, its.db, { role: 'staff', agencyId: all.leading.id })
  ]
  const countAll = async () => {
    const counts = new Map<string, number>()
    for (const { headers, member } of people) {
      await giveTheirs(its.db, all, member)
      for (const url of pages) {
        counted.queries = 0
        const { statusCode } = await app.inject({ url, headers })
        if (statusCode === 200) counts.set(`${url} to ${member.role}`, counted.queries)
      }
    }
    return counts
  }

  await grow(its.db, all, people.map(({ member }) => member), few)
  const forFew = await countAll()
  await grow(its.db, all, people.map(({ member }) => member), many - few)
  const forMany = await countAll()

  const more = [...forMany].filter(([page, queries]) => queries > (forFew.get(page) ?? 0))
    .map(([page, queries]) => `${page}: ${queries} queries, not ${forFew.get(page)}`)
  t.strictSame(more, [])
  t.ok(forMany.size > 150, `${forMany.size} pages`)
})

/** So many more of everything, and of what belongs to the activity, campaigns and people whose pages are read. */
async function grow (db: Db, its: Everything, members: readonly StaffMember[], rows: number): Promise<void> {
  const { activity } = its
  const [campaign, entryCampaign] = await Promise.all([its.campaign, its.entryCampaign].map(async slug =>
    await db.campaign.findUniqueOrThrow({ where: { slug } })))
  const led = { leadAgencyId: its.leading.id }
  for (let n = 0; n < rows; n++) {
    await everything(db)
    await anActivity(db, { ...led, campaignId: campaign?.id ?? '', status: 'draft', visibility: 'public' })
    await anActivity(db, { ...led, campaignId: activity.campaignId, anotherDateOfId: activity.id })
    await anEntry(db, { id: entryCampaign?.id ?? '' }, { activity: { status: 'draft', visibility: 'public' } })
    await ofTheActivity(db, its)
    for (const { id } of members) await aWeeklyList(db, id, { about: 'activity', activityId: activity.id })
  }
}

async function ofTheActivity (
  db: Db, { activity: { id, slug }, takingPart, booking, colleague }: Everything
): Promise<void> {
  for (const status of ['confirmed', 'waiting', 'offered', 'lapsed', 'cancelled'] as const) {
    const { id: booked } = await aBooking(db, id, {
      status,
      phone: '07700 900 983',
      accessNeeds: 'Captions',
      question: 'How do I begin?',
      unreachableAt: noon.toJSDate(),
      ...status === 'offered' && { offeredUntil: noon.plus({ hours: 3 }).toJSDate() }
    })
    await anEmail(db, booked, { status: 'failed' })
  }
  const copies = await db.email.count({ where: { bookingId: booking } })
  await anEmail(db, booking, { copy: copies })
  const code = `CODE${await db.hold.count()}`
  await aHold(db, id, { agencyId: takingPart.id, places: 1, code })
  const host = await aStaffMember(db, { role: 'host' })
  await db.activityHost.create({ data: { activityId: id, staffMemberId: host.id } })
  const coHost = await aStaffMember(db, { role: 'host' })
  await aCoHost(db, id, coHost.id)
  await anInvitation(db, id, { invitedById: colleague.id, email: `${code.toLowerCase()}@school.example` })
  const number = await db.bulletin.count({ where: { activityId: id } }) + 1
  await db.bulletin.create({
    data: {
      activityId: id,
      number,
      audience: 'confirmed',
      heading: 'What to bring',
      body: 'A pen.',
      madeById: colleague.id,
      createdAt: noon.toJSDate(),
      sentAt: noon.toJSDate()
    }
  })
  await db.evaluationText.create({
    data: { activityId: id, occasion: 'after', question: 4, text: `A longer break, please: ${code}`, isShown: true }
  })
  await db.auditEntry.create({
    data: { at: noon.toJSDate(), staffMemberId: colleague.id, action: 'hold.made', subject: slug, details: { places: 1 } }
  })
}
