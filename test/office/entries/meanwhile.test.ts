// Subject: the database.
import t from 'tap'
import { ConfirmationRequired, confirmationToken } from '../../../src/identity/staff/confirmation.ts'
import { amendEntry, answersToAmend, versionToAmend } from '../../../src/office/entries/amend.ts'
import { inviteAgain, invitingEffects, listToInvite } from '../../../src/office/entries/again.ts'
import { refuseEntries, withdrawEntry } from '../../../src/office/entries/withdraw.ts'
import { getCurrentActivity } from '../../../src/office/editor/queries.ts'
import type { Db, Tx } from '../../../src/platform/database/connect.ts'
import { EntriesClosed, EntryMoved } from '../../../src/programme/entries/errors.ts'
import { anEntry, anEntryForm, press } from '../../support/entries.ts'
import { eventually } from '../../support/running-service.ts'
import { countedQueries, linksToEntries, partsOf, post, service } from '../../support/service.ts'
import { organiser, signedIn } from '../../support/staff.ts'
import { aCampaign, announced, noon, warm, world } from '../../support/world.ts'

/** Does one thing in a transaction, and ends it once another waits for its locks. */
async function beside (db: Db, first: (tx: Tx) => Promise<unknown>, second: () => Promise<unknown>): Promise<unknown> {
  const done = Promise.withResolvers<undefined>()
  const gate = Promise.withResolvers<undefined>()
  const held = db.$transaction(async tx => {
    await first(tx)
    done.resolve(undefined)
    await gate.promise
  }, { timeout: 30_000 })
  await done.promise
  const other = second().then(() => 'done', (error: unknown) => error)
  const isWaiting = async () => (await db.$queryRaw<unknown[]>`
    SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).length > 0
  await eventually(isWaiting)
  gate.resolve(undefined)
  await held
  return await other
}

t.test('changing or withdrawing an entry beside its deletion says that it has moved', async t => {
  const { db, outbox } = await world(t)
  const parts = partsOf({ db, outbox })
  const campaign = await anEntryForm(db)
  await warm(db)
  for (const what of ['activity', 'entry'] as const) {
    for (const does of ['amend', 'withdraw'] as const) {
      const { id } = await anEntry(db, campaign)
      const { slug } = await db.activity.findUniqueOrThrow({ where: { id } })
      const draft = await getCurrentActivity(db, parts.seal, slug)
      const saw = versionToAmend(await answersToAmend(db, draft), { answers: [] })
      const end = await beside(db,
        async tx => what === 'activity' ? await tx.activity.delete({ where: { id } }) : await tx.entry.delete({ where: { id } }),
        async () => does === 'amend'
          ? await amendEntry(parts, id, { saw, draft: { ...draft, summary: 'Other words.' } }, noon)
          : await withdrawEntry(parts, { id, confirmed: undefined }, noon))
      t.ok(end instanceof EntryMoved, `${does} beside the deletion of the ${what}: ${String(end)}`)
    }
  }
})

t.test('what is not confirmed is deleted by its link once, however often the button is pressed', async t => {
  const { app, db } = await service(t)
  const { id } = await anEntry(db, await anEntryForm(db), { confirmedAt: null })
  await warm(db)
  const address = `/entries/${linksToEntries.own.tokenOf({ id, version: 0 })}/withdrawal`
  const parts = partsOf({ db, outbox: app.outbox })
  const withdraw = async () => await withdrawEntry(parts, { id, confirmed: undefined }, noon)
  const ends = await Promise.all([withdraw(), withdraw(), withdraw()])
  t.strictSame(ends, ['withdrawn', 'withdrawn', 'withdrawn'])
  t.equal(await db.entry.count(), 0)
  t.equal((await post(app, address, {})).statusCode, 410)
})

t.test('what is published and withdrawn is cancelled as organisers cancel', async t => {
  const { app, db } = await service(t)
  const { id } = await anEntry(db, await anEntryForm(db), { activity: { status: 'published' } })
  t.equal((await press(app, `/entries/${linksToEntries.own.tokenOf({ id, version: 0 })}`, 'withdrawal')).statusCode, 303)
  t.match(await db.activity.findUnique({ where: { id } }), { status: 'cancelled', icalSequence: 1 })
  t.match((await db.auditEntry.findMany({ orderBy: { id: 'asc' } })).map(({ action }) => action), ['activity.cancelled', 'entry.withdrawn'])
})

t.test('people are invited once, also where no form was saved yet or several press at once, and never to a form that is off', async t => {
  const { db, outbox } = await world(t)
  const earlier = await anEntryForm(db, { campaign: { title: 'Last year' } })
  const campaign = await anEntryForm(db)
  const off = await aCampaign(db, { slug: 'no-form' })
  for (let n = 0; n < 3; n++) await anEntry(db, earlier, { isKeptForAgain: true, activity: { status: 'published' } })
  // One that nobody approved took no part.
  await anEntry(db, earlier, { isKeptForAgain: true })
  await warm(db)
  const invite = async (to: { id: string, slug: string }) => {
    const confirmed = confirmationToken(invitingEffects(await listToInvite(db, campaign.id, earlier.id), earlier.title))
    return await Promise.allSettled([1, 2, 3, 4, 5].map(async () =>
      await inviteAgain(db, outbox, { campaign: to, earlierId: earlier.id, confirmed }, organiser, noon)))
  }
  t.ok((await invite(off)).every(end => end.status === 'rejected' && end.reason instanceof EntriesClosed))
  t.equal((await announced(db, 'entry-links.due')).length, 0)
  await invite(campaign)
  t.equal((await announced(db, 'entry-links.due')).length, 3)
})

t.test('reading what refusing does takes as many queries for many as for few', async t => {
  const { outbox, ...its } = await world(t)
  const { db, counted } = countedQueries(its.db)
  const campaign = await anEntryForm(db)
  const ids: string[] = []
  for (let n = 0; n < 12; n++) ids.push((await anEntry(db, campaign)).id)
  const queries = async (some: string[]) => {
    const before = counted.queries
    const refused: unknown = await refuseEntries(
      { db, outbox }, { ids: some, reason: 'Twice', confirmed: undefined }, organiser, noon).catch((error: unknown) => error)
    t.ok(refused instanceof ConfirmationRequired)
    return counted.queries - before
  }
  await queries(ids.slice(0, 2))
  t.equal(await queries(ids), await queries(ids.slice(0, 2)))
})

t.test('the file with who entered what is for who has lately signed in', async t => {
  let now = noon
  const { app, db } = await service(t, { clock: () => now })
  const campaign = await anEntryForm(db)
  await anEntry(db, campaign)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const file = async () => await post(app, `/staff/campaigns/${campaign.slug}/entries/file`, {}, headers)
  t.match(await file(), { statusCode: 200, headers: { 'content-type': /csv/ } })
  now = now.plus({ minutes: 20 })
  t.match(await file(), { statusCode: 303, headers: { location: `/staff/again?to=${encodeURIComponent(`/staff/campaigns/${campaign.slug}/entries`)}` } })
})

t.test('nothing is promised of what nobody decided before its day', async t => {
  let now = noon
  const { app, db } = await service(t, { clock: () => now })
  const { id } = await anEntry(db, await anEntryForm(db))
  const own = `/entries/${linksToEntries.own.tokenOf({ id, version: 0 })}`
  t.notMatch((await app.inject(own)).body, 'Nobody decided on this')
  now = noon.plus({ days: 60 })
  const { body } = await app.inject(own)
  t.match(body, 'Nobody decided on this before its day')
  t.notMatch(body, 'emails you when it is in the programme')
})
