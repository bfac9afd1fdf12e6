import { DateTime } from 'luxon'
import t from 'tap'
import { bookability } from '../src/programme/activities/booking-window.ts'
import { audiences } from '../src/programme/campaigns/audiences.ts'
import { outdatedWords } from '../src/programme/campaigns/wording.ts'
import { listPublicActivities } from '../src/programme/activities/public-activities.ts'
import { availability } from '../src/programme/activities/supply.ts'
import { loadExampleProgramme } from '../src/example-programme.ts'
import { listSupportContacts } from '../src/programme/support/queries.ts'
import { isJoinLink } from '../src/programme/teams/join-link.ts'
import { joinLinkSeal } from '../src/programme/teams/seal.ts'
import { aCampaign, announced, noon, secretKey, warm, world } from './support/world.ts'

const seal = joinLinkSeal(secretKey)

const starts = [
  '2026-11-23T12:00:00Z', '2026-03-24T23:30:00Z', '2026-10-20T11:00:00Z', '2026-12-29T12:00:00Z', '2028-02-22T18:00:00Z'
]

for (const start of starts) {
  t.test(`started on ${start}, there is a workshop to book, one nearly full, one full and one past`, async t => {
    const { db } = await world(t)
    const now = DateTime.fromISO(start, { zone: 'utc' }) as DateTime<true>

    await loadExampleProgramme(db, seal, now)

    const workshops = await listPublicActivities(db, now, { campaignSlug: 'its-not-ok' })
    const states = workshops.map(workshop => {
      const state = bookability(workshop, now)
      return state === 'open' ? availability(workshop, workshop.occupancy) : state
    })
    t.strictSame(states, ['over', { is: 'places', areFew: false }, { is: 'places', areFew: true }, { is: 'waiting-list' }])
    for (const { startsAt, endsAt, zone, joinUrlSealed } of workshops) {
      t.match(startsAt.setZone(zone).toFormat('cccc HH:mm'), 'Tuesday 18:00')
      t.equal(endsAt.diff(startsAt).as('minutes'), 30)
      t.ok(isJoinLink(seal.open(joinUrlSealed ?? '')))
    }
    const next = workshops[1]?.startsAt
    t.ok(next !== undefined && next.diff(now).as('days') >= 7 && next.diff(now).as('days') < 15)
  })
}

t.test('a week of action lasts from a Monday to a Sunday, and has everything that such a week has', async t => {
  const { db } = await world(t)

  await loadExampleProgramme(db, seal, noon)

  const week = await db.campaign.findUniqueOrThrow({
    where: { slug: 'know-who-your-friends-are' }, include: { activities: true }
  })
  t.strictSame([week.firstDay, week.lastDay], [new Date('2026-11-30'), new Date('2026-12-06')])
  t.strictSame([...new Set(week.activities.map(({ kind }) => kind))].sort(), [
    'advertising', 'awareness-session', 'business-engagement', 'compliance-visit', 'disruption', 'launch', 'press',
    'school-session', 'street-surgery'
  ])
  t.match(week.activities.find(({ kind }) => kind === 'launch')?.summary, '“Where is Jess?”')
  t.strictSame(week.activities.filter(({ visibility }) => visibility === 'operational').map(({ kind }) => kind).sort(),
    ['compliance-visit', 'disruption'])
})

t.test('the week says what it wants each audience to know, and has advice with links', async t => {
  const { db } = await world(t)

  await loadExampleProgramme(db, seal, noon)

  const [week] = await db.campaign.findMany({
    where: { slug: 'know-who-your-friends-are' }, include: { keyMessages: true, advicePages: { include: { links: true } } }
  })
  t.match(week, { area: 'Greater Manchester', accounts: [/facebook/, /x\.com/], pressEmail: /@example\.org$/ })
  t.strictSame(new Set(week?.keyMessages.map(({ audience }) => audience)), new Set(audiences))
  t.strictSame(week?.advicePages.map(({ status, links }) => [status, links.length]), [['published', 3], ['published', 3]])
  const texts = [...week?.keyMessages ?? [], ...week?.advicePages ?? []].map(({ text }) => text)
  t.strictSame(texts.flatMap(outdatedWords), [])
})

t.test('the words are those of today', async t => {
  const { db } = await world(t)

  await loadExampleProgramme(db, seal, noon)

  const words = JSON.stringify([await db.campaign.findMany(), await db.activity.findMany()])
  t.notMatch(words, /sexting|cybersex|nudie|child porn|prostitut|promiscu|lifestyle choice|putting themselves|sex slave|under 19|paedo/i)
})

t.test('nobody is emailed, and every address is one where no email arrives', async t => {
  const { db } = await world(t)

  await loadExampleProgramme(db, seal, noon)

  const [bookings, staff] = [await db.booking.findMany(), await db.staffMember.findMany()]
  t.strictSame([...bookings, ...staff].filter(({ email }) => email?.endsWith('@example.org') !== true), [])
  t.strictSame(await announced(db, 'booking.confirmed'), [])
})

t.test('there are contacts to call, near and far', async t => {
  const { db } = await world(t)

  await loadExampleProgramme(db, seal, noon)

  const numbers = (await listSupportContacts(db)).map(({ number, url }) => number ?? url)
  t.strictSame(numbers, [
    '999', '101', '0333 240 1727', '0300 373 2724', '0800 1111', '0808 800 5000', '0800 555 111',
    'https://www.ceop.police.uk/Safety-Centre/',
    'https://www.childline.org.uk/info-advice/bullying-abuse-safety/online-mobile-safety/report-remove/'
  ])
})

t.test('a database with something of its own is left alone', async t => {
  const { db } = await world(t)
  await aCampaign(db)

  await loadExampleProgramme(db, seal, noon)

  t.strictSame([await db.campaign.count(), await db.activity.count(), await db.staffMember.count()], [1, 0, 0])
})

t.test('two that start at once load it once', async t => {
  const { db } = await world(t)
  await warm(db)

  await Promise.all([loadExampleProgramme(db, seal, noon), loadExampleProgramme(db, seal, noon)])

  t.equal(await db.campaign.count(), 2)
})
