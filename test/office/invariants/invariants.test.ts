// Subject: the database.
import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import t from 'tap'
import { changeSupply } from '../../../src/booking/waiting-list/supply.ts'
import { brokenIn, checkInvariants, findingsOf, invariants } from '../../../src/office/invariants/check.ts'
import type { Finding } from '../../../src/office/invariants/check.ts'
import { checkNightly } from '../../../src/office/invariants/jobs.ts'
import { findLastCheck, nightlyCheck } from '../../../src/office/invariants/queries.ts'
import { serveWaitingList } from '../../../src/booking/waiting-list/serve.ts'
import { cancelBooking } from '../../../src/booking/bookings/cancel.ts'
import { requestPlaces } from '../../../src/booking/bookings/request-places.ts'
import { keptBy } from '../../../src/identity/second-factor/authenticator.ts'
import { connect } from '../../../src/platform/database/connect.ts'
import type { Db, Tx } from '../../../src/platform/database/connect.ts'
import { sealFor } from '../../../src/platform/seal.ts'
import { joinLinkSeal } from '../../../src/programme/teams/seal.ts'
import { allThatIsSealed } from '../../../src/sealed-tables.ts'
import { withAuthenticator } from '../../support/authenticator.ts'
import { placekeeper } from '../../support/command.ts'
import { confirming } from '../../support/confirming.ts'
import { anEmail } from '../../support/email-context.ts'
import { anEntry } from '../../support/entries.ts'
import { aLegalHold, aRequestOf } from '../../support/requests.ts'
import { aResource, aResourceRequest } from '../../support/resources.ts'
import { expectSound } from '../../support/sound.ts'
import { aHold, aStaffMember, anInvitation } from '../../support/staff.ts'
import { aBooking, anActivity, aRequest, noon, secretKey, world } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

const now = noon.plus({ minutes: 30 })
const sealed = allThatIsSealed(secretKey)
const longAgo = noon.minus({ hours: 3 })

/** Someone of everything, made by the commands that people and staff use. */
async function aBusyDatabase ({ db, outbox }: World) {
  const joinUrlSealed = joinLinkSeal(secretKey).close('https://teams.microsoft.com/meet/1')
  const { id: full } = await anActivity(db, { capacity: 2, waitingList: 'offers', joinUrlSealed })
  const { id: open } = await anActivity(db, { capacity: 20, placesPerBooking: 4 })
  await aHold(db, open, { places: 5 })
  const requests = ['one', 'two', 'three', 'four'].map(name => aRequest(`${name}@example.org`))
  await requestPlaces(db, outbox, full, requests, noon)
  await requestPlaces(db, outbox, open, [
    aRequest('one@example.org', { places: 3 }), aRequest('two@example.org', { places: 2, code: 'K7PMW3QD' })
  ], noon)
  const of = async (email: string) => await db.booking.findFirstOrThrow({ where: { activityId: full, email } })
  await cancelBooking(db, outbox, (await of('one@example.org')).id, noon)
  await serveWaitingList(db, outbox, full, noon)
  const owner = await aStaffMember(db)
  await withAuthenticator(db, owner)
  const { id: resource } = await aResource(db)
  await aResourceRequest(db, resource)
  await aRequestOf(db)
  await anInvitation(db, open)
  const booked = await of('two@example.org')
  await anEmail(db, booked.id)
  return { full, open, owner, resource, booked, offered: await of('three@example.org'), waiting: await of('four@example.org') }
}

type Busy = Awaited<ReturnType<typeof aBusyDatabase>>

/** How each invariant can be broken: by hand, as no command does it. */
const breaking: Record<string, (tx: Tx, busy: Busy) => Promise<unknown>> = {
  'not-oversold': async (tx, { full }) => await aBooking(tx as Db, full, { changedAt: now.toJSDate() }),
  'occupancy-counted': async (tx, { full }) => await tx.occupancy.update({ where: { activityId: full }, data: { waiting: 7 } }),
  'holds-counted': async tx => { await quietly(tx, 'UPDATE holds SET claimed = claimed + 1') },
  'holds-of-their-activity': async (tx, { waiting }) => {
    const hold = await tx.hold.findFirstOrThrow()
    await tx.booking.update({ where: { id: waiting.id }, data: { holdId: hold.id } })
  },
  'one-booking-a-person': async (tx, { open }) => {
    await tx.$executeRaw`DROP INDEX bookings_one_live_per_address`
    await aBooking(tx as Db, open, { email: 'One@example.org' })
  },
  'turns-told-apart': async (tx, { full, waiting }) =>
    await aBooking(tx as Db, full, { status: 'waiting', arrival: waiting.arrival }),
  'groups-exist': async (tx, { waiting }) => await tx.booking.update({ where: { id: waiting.id }, data: { priority: 3 } }),
  'offers-end': async (tx, { offered }) =>
    await tx.booking.update({ where: { id: offered.id }, data: { offeredUntil: longAgo.toJSDate() } }),
  'holds-return': async tx => await tx.hold.updateMany({ data: { returnsAt: longAgo.toJSDate() } }),
  'lists-close': async (tx, { full }) => {
    await tx.booking.updateMany({
      where: { activityId: full, status: 'offered' }, data: { status: 'confirmed', confirmedAt: noon.toJSDate() }
    })
    await tx.activity.update({ where: { id: full }, data: { bookingClosesAt: longAgo.toJSDate() } })
  },
  'cancelled-is-empty': async tx => {
    const { id } = await anActivity(tx as Db, { status: 'cancelled' })
    await aBooking(tx as Db, id)
  },
  'history-kept': async tx => await tx.$executeRaw`DELETE FROM booking_events WHERE id = (SELECT max(id) FROM booking_events)`,
  'headcounts-add-up': async (tx, { open: activityId }) => await tx.headcount.create({
    data: { activityId, dimension: 'total', value: '', booked: 2, places: 2, waited: 0, cancelled: 0, lapsed: 0, came: 1, didNotCome: 1 }
  }),
  'emails-once': async (tx, { booked }) => await anEmail(tx as Db, booked.id, { sequence: 1 }),
  'facts-emailed': async (tx, { open }) => await aBooking(tx as Db, open, { changedAt: longAgo.toJSDate() }),
  'emails-have-jobs': async (tx, { open }) => {
    const { id } = await aBooking(tx as Db, open)
    await anEmail(tx as Db, id, { status: 'queued', createdAt: longAgo.toJSDate() })
  },
  'emails-let-go': async (tx, { booked }) =>
    await anEmail(tx as Db, booked.id, { kind: 'booking-link', status: 'queued', claimedUntil: longAgo.toJSDate() }),
  'jobs-come-to': async tx => await tx.$executeRaw`
    UPDATE pgboss.job SET start_after = now() - interval '2 hours' WHERE name = 'place.freed'`,
  'jobs-of-somebody': async tx => await tx.$executeRaw`
    UPDATE pgboss.job SET data = jsonb_build_object('bookingId', ${randomUUID()}::text, 'sequence', 0) WHERE name = 'booking.cancelled'`,
  'sequence-not-behind': async (tx, { booked }) => await anEmail(tx as Db, booked.id, { kind: 'booking-changed', sequence: 3 }),
  'bookings-forgotten': async (tx, { open }) => {
    const { campaignId } = await tx.activity.findUniqueOrThrow({ where: { id: open } })
    const startsAt = noon.minus({ months: 3 })
    const times = { startsAt: startsAt.toJSDate(), endsAt: startsAt.plus({ hours: 1 }).toJSDate() }
    const { id } = await anActivity(tx as Db, { ...times, campaignId })
    await aBooking(tx as Db, id)
  },
  'forgotten-for-good': async (tx, { booked }) =>
    await tx.forgottenBooking.create({ data: { bookingId: booked.id, forgottenAt: noon.toJSDate() } }),
  'others-forgotten': async tx => {
    await tx.coHostInvitation.updateMany({
      data: { invitedAt: noon.minus({ days: 9 }).toJSDate(), expiresAt: noon.minus({ days: 3 }).toJSDate() }
    })
  },
  'entrants-forgotten': async (tx, { open }) => {
    const { campaignId } = await tx.activity.findUniqueOrThrow({ where: { id: open } })
    await anEntry(tx as Db, { id: campaignId }, { receivedAt: noon.minus({ days: 60 }).toJSDate(), confirmedAt: null })
  },
  'texts-forgotten': async tx => {
    const startsAt = noon.minus({ years: 3 })
    const endsAt = startsAt.plus({ hours: 1 })
    const { id } = await anActivity(tx as Db, { startsAt: startsAt.toJSDate(), endsAt: endsAt.toJSDate() })
    await tx.evaluationText.create({ data: { activityId: id, occasion: 'after', question: 1, text: 'Good.' } })
  },
  'sessions-dropped': async (tx, { owner }) => {
    const session = { staffMemberId: owner.id, openedBy: 'link', device: '' }
    for (const days of [200, 100]) {
      const at = noon.minus({ days }).toJSDate()
      await tx.staffSession.create({ data: { ...session, tokenHash: `${days}`, createdAt: at, lastSeenAt: at, signedInAt: at } })
    }
  },
  'trail-forgotten': async tx => await tx.auditEntry.create({
    data: { at: noon.minus({ months: 25 }).toJSDate(), action: 'activity.changed', subject: 'of-long-ago' }
  }),
  'trail-guarded': async tx => await tx.$executeRaw`ALTER TABLE audit_entries DISABLE TRIGGER audit_entries_append_only`,
  'names-of-their-day': async (tx, { open }) =>
    await tx.activity.update({ where: { id: open }, data: { partnership: 'Somebody else' } }),
  'stock-counted': async (tx, { resource }) => {
    await quietly(tx, `UPDATE resources SET promised = 9 WHERE id = '${resource}'`)
  },
  'sealed-opens': async (tx, { owner }) => await tx.staffMember.update({
    where: { id: owner.id },
    data: { factorSealed: sealFor('second factor', 'another key that is also long enough').close('A', keptBy(owner.id)) }
  })
}

/** Without the triggers that keep what one table says of another. */
async function quietly (tx: Tx, sql: string): Promise<void> {
  await tx.$executeRaw`SET LOCAL session_replication_role = replica`
  await tx.$executeRawUnsafe(sql)
  await tx.$executeRaw`SET LOCAL session_replication_role = origin`
}

class Undone extends Error {}

/** What is found once something is broken, which is undone. */
async function foundAfter (db: Db, breakIt: (tx: Tx) => Promise<unknown>): Promise<Finding[]> {
  const found: Finding[] = []
  await db.$transaction(async tx => {
    await breakIt(tx)
    found.push(...await findingsOf(tx, { now, sealed }))
    throw new Undone()
  }).catch(error => { if (!(error instanceof Undone)) throw error })
  return found
}

t.test('each invariant is found broken, and alone', async t => {
  const its = await world(t)
  const busy = await aBusyDatabase(its)
  t.strictSame(Object.keys(breaking).sort(), invariants.map(({ name }) => name).sort())
  await expectSound(its.db, { now })
  // Who serves cannot switch triggers off.
  const owner = connect(its.ownerUrl, { connections: 1 })
  t.teardown(async () => { await owner.$disconnect() })

  for (const [name, breakIt] of Object.entries(breaking)) {
    const broken = brokenIn({ findings: await foundAfter(owner, async tx => await breakIt(tx, busy)) })

    t.strictSame(broken.map(finding => [finding.name, finding.count, finding.ids.length]), [[name, 1, 1]], name)
    t.notMatch(broken.flatMap(({ ids }) => ids).join(), '@')
  }
})

t.test('what may well be is nothing broken', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const { full, open, offered } = await aBusyDatabase(its)
  const by = { id: randomUUID(), name: 'Olu Organiser', role: 'admin', agencyId: undefined } as const

  await t.test('fewer places than were given, and someone who leaves afterwards', async () => {
    const draft = {
      capacity: 1, overBookingPercent: 0, waitingList: 'offers', offerHours: 24, anotherDateAt: undefined
    } as const
    await confirming(async confirmed => await changeSupply(db, outbox, full, { draft, confirmed }, by, now))
    await expectSound(db, { now })
    await cancelBooking(db, outbox, offered.id, now)
    await expectSound(db, { now })
  })

  await t.test('details that a legal hold keeps', async () => {
    const times = { startsAt: noon.minus({ months: 6 }).toJSDate(), endsAt: noon.minus({ months: 5 }).toJSDate() }
    await db.activity.update({ where: { id: open }, data: times })
    await db.hold.updateMany({ data: { returnedAt: noon.toJSDate() } })
    t.match(brokenIn(await checkInvariants(db, { now, sealed })).map(({ name }) => name), ['bookings-forgotten'])
    await aLegalHold(db, { activityId: open })
    await expectSound(db, { now })
  })
})

t.test('what the key before sealed counts as sealed', async t => {
  const its = await world(t)
  await aBusyDatabase(its)
  const another = 'another key that is also long enough'

  t.match(brokenIn(await checkInvariants(its.db, { now, sealed: allThatIsSealed(another) })), [{ name: 'sealed-opens', count: 2 }])
  t.strictSame(brokenIn(await checkInvariants(its.db, { now, sealed: allThatIsSealed([another, secretKey]) })), [])
})

t.test('the check of the night says in the log what is broken, and the last result is kept', async t => {
  const its = await world(t)
  const { full } = await aBusyDatabase(its)
  const said: object[] = []
  const log = { info () {}, error: (about: object) => { said.push(about) } } as unknown as Logger
  t.equal(await findLastCheck(its.db), undefined)
  await its.db.occupancy.update({ where: { activityId: full }, data: { waiting: 7 } })

  const kept = await checkNightly(its.db, { now, sealed }, log)
  await its.boss.createQueue(nightlyCheck)
  await its.boss.send(nightlyCheck)
  const [job] = await its.boss.fetch(nightlyCheck)
  await its.boss.complete(nightlyCheck, job?.id ?? '', kept)

  t.strictSame(said, [{ invariant: 'occupancy-counted', count: 1, ids: [full] }])
  t.strictSame(await findLastCheck(its.db), { checkedAt: now.toISO(), findings: kept.findings })
})

t.test('the command prints one object last, and ends with 1 where something is broken', async t => {
  const { db, url: DATABASE_URL } = await world(t)
  const { id } = await anActivity(db)
  const sound = await placekeeper({ DATABASE_URL }, 'audit')
  await db.occupancy.update({ where: { activityId: id }, data: { waiting: 7 } })
  const broken = await placekeeper({ DATABASE_URL }, 'audit')

  t.match(sound, { code: 0, said: '' })
  t.match(JSON.parse(sound.out.trim().split('\n').at(-1) ?? ''), { isSound: true })
  t.match(broken, { code: 1, said: `1 of ${invariants.length} promises are broken.\n` })
  t.match(JSON.parse(broken.out.trim().split('\n').at(-1) ?? '').findings.filter(({ count }: Finding) => count > 0),
    [{ name: 'occupancy-counted', count: 1, ids: [id] }])
})
