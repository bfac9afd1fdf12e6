import t from 'tap'
import type { Test } from 'tap'
import { againValues } from '../../../src/office/entries/again.ts'
import { forgetEntrants } from '../../../src/office/entries/keeping.ts'
import { erasedOn } from '../../../src/programme/entries/entry.ts'
import { findEntryForm, getEntry } from '../../../src/programme/entries/queries.ts'
import { joinLinkSeal } from '../../../src/programme/teams/seal.ts'
import { contextWith, keeping } from '../../support/email-context.ts'
import { anEntry, anEntryForm, press, tellEntrants } from '../../support/entries.ts'
import { filledIn } from '../../support/filled-in.ts'
import { linksToEntries, perceived, post, service } from '../../support/service.ts'
import { anAgency, signedIn } from '../../support/staff.ts'
import { noon, secretKey } from '../../support/world.ts'

const own = (id: string) => `/entries/${linksToEntries.own.tokenOf({ id, version: 0 })}`

/** An entry of which organisers have made something that they hide. */
async function hiddenEntry (t: Test, status: string, visibility: string) {
  const its = await service(t)
  const { app, db } = its
  const campaign = await anEntryForm(db)
  const entry = await anEntry(db, campaign, { activity: { status } })
  const id = entry.activityId ?? ''
  const before = await app.inject(`${own(entry.id)}/change`)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const police = await anAgency(db, { name: 'Police' })
  await db.activity.update({
    where: { id },
    data: {
      visibility,
      title: 'SECRET raid',
      venue: 'SECRET flat',
      summary: 'SECRET',
      leadAgencyId: police.id,
      startsAt: new Date('2026-12-11T20:00:00Z'),
      endsAt: new Date('2026-12-11T21:00:00Z')
    }
  })
  const stored = async () => await db.activity.findUnique({ where: { id } })
  return { ...its, campaign, entry, id, headers, before, stored }
}

for (const status of ['draft', 'published']) {
  for (const visibility of ['operational', 'agency', 'partners']) {
    t.test(`who entered what is now ${visibility} (${status}) reads what they typed, and their link changes nothing`, async t => {
      const its = await hiddenEntry(t, status, visibility)
      const { app, db, entry, before, stored } = its
      const was = await stored()
      const page = await app.inject(own(entry.id))
      t.match(perceived(page).text, /A stall at our school The organisers are working on it/)
      t.notMatch(page.body, /SECRET|11 December|Change it|Withdraw it/)
      t.equal((await app.inject(`${own(entry.id)}/change`)).statusCode, 303, 'there is no form')
      const sent = await post(app, `${own(entry.id)}/change`, { ...filledIn(before.body), audiences: 'parents', summary: 'Mine' })
      t.notMatch(sent.body, 'SECRET')
      t.equal((await press(app, own(entry.id), 'withdrawal')).statusCode, 303)
      t.strictSame(await stored(), was)
      t.match(await db.entry.findUnique({ where: { id: entry.id } }), { outcome: null, title: 'A stall at our school' })
      t.equal(await db.proposal.count(), 0)

      const found = await getEntry(db, entry.id)
      const its2 = await findEntryForm(db, found.campaign.slug)
      if (its2 === undefined) throw new Error('There is no form.')
      t.notMatch(JSON.stringify(await againValues(db, joinLinkSeal(secretKey), { earlier: found, ...its2 }, noon)), 'SECRET')
      t.equal(erasedOn(found), '2027-03-09', 'the day of its deletion says nothing of when it is')
      await forgetEntrants(db, noon.set({ year: 2027, month: 3, day: 8 }))
      t.equal(await db.entry.count(), 1)
      await forgetEntrants(db, noon.set({ year: 2027, month: 3, day: 9 }))
      t.equal(await db.entry.count(), 0, 'and it is that day')
    })
  }
}

t.test('nothing that organisers do with what they hide is emailed to who entered it', async t => {
  const its = await hiddenEntry(t, 'draft', 'operational')
  const { app, db, id, stored } = its
  const { headers } = await signedIn(app, db, { role: 'admin' })
  const slug = (await stored())?.slug ?? ''
  t.equal((await post(app, `/staff/activities/${slug}/publish`, {}, headers)).statusCode, 303)
  await db.approvalDecision.create({
    data: { activityId: id, about: 'change', decision: 'approved', decidedById: id, decidedAt: noon.toJSDate() }
  })
  await its.outbox.announce(db as never, 'approval.decided', [{ decisionId: (await db.approvalDecision.findFirstOrThrow()).id }])
  await db.activity.update({ where: { id }, data: { status: 'cancelled' } })
  await its.outbox.announce(db as never, 'activity.changed', [{ activityId: id } as never])
  const mailer = keeping()
  t.strictSame(await tellEntrants(its, contextWith(its, mailer)), [])
  t.strictSame(mailer.kept, [])
})

t.test('of what they may not know staff read what was typed, in the list, in its file and before refusing', async t => {
  const { app, db, campaign, headers, id, stored } = await hiddenEntry(t, 'draft', 'operational')
  const [list, file] = [
    await app.inject({ url: `/staff/campaigns/${campaign.slug}/entries`, headers }),
    await post(app, `/staff/campaigns/${campaign.slug}/entries/file`, {}, headers)
  ]
  for (const { statusCode, body } of [list, file]) {
    t.equal(statusCode, 200)
    t.match(body, 'A stall at our school')
    t.notMatch(body, /SECRET|2026-12-11/)
    t.notMatch(body, (await stored())?.slug ?? '')
  }
  await db.approvalRequest.create({ data: { activityId: id, askedById: id, askedAt: noon.toJSDate() } })
  const refused = await post(app, '/staff/entries/refusal', { chosen: id, reason: 'No' }, headers)
  t.equal(refused.statusCode, 409)
  t.notMatch(refused.body, 'SECRET')
  const admin = await signedIn(app, db, { role: 'admin' })
  const known = await app.inject({ url: `/staff/campaigns/${campaign.slug}/entries`, headers: admin.headers })
  t.match(known.body, 'SECRET raid', 'who may know of it reads it')
  t.ok(await stored())
})

t.test('entries are refused by who approves them, also in a campaign that needs no approval', async t => {
  const { app, db } = await service(t)
  const campaign = await anEntryForm(db, { campaign: { needsApproval: false } })
  const { id, activityId } = await anEntry(db, campaign)
  const agencyId = (await anAgency(db)).id
  const refuse = async (headers: Record<string, string>, fields = {}) =>
    await post(app, '/staff/entries/refusal', { chosen: activityId ?? '', reason: 'No', ...fields }, headers)
  const stranger = await signedIn(app, db, { role: 'organiser', agencyId })
  const elsewhere = await signedIn(app, db, { role: 'organiser', agencyId })
  const cora = await signedIn(app, db, { role: 'organiser', agencyId })
  for (const [{ member }, district] of [[elsewhere, 'Bury'], [cora, 'Bolton']] as const) {
    await db.coordinator.create({ data: { campaignId: campaign.id, staffMemberId: member.id, districts: [district] } })
  }
  for (const { headers } of [stranger, elsewhere]) t.equal((await refuse(headers)).statusCode, 409)
  const asked = await refuse(cora.headers)
  t.match(perceived(asked).h1, 'Do you want to refuse this?')
  const confirmed = /name="confirmed" value="([^"]+)"/.exec(asked.body)?.[1] ?? ''
  t.equal((await refuse(cora.headers, { confirmed })).statusCode, 303)
  t.match(await db.entry.findUnique({ where: { id } }), { outcome: 'refused' })
})

t.test('what was entered for partners, as the form says, waits and is looked after like any other', async t => {
  const { app, db } = await service(t)
  const campaign = await anEntryForm(db, { visibility: 'partners' })
  const cora = await signedIn(app, db, { role: 'organiser', agencyId: (await anAgency(db)).id })
  await db.coordinator.create({ data: { campaignId: campaign.id, staffMemberId: cora.member.id, districts: ['Bolton'] } })
  const entry = await anEntry(db, campaign, { activity: { visibility: 'partners' } })
  t.match(perceived(await app.inject({ url: '/staff/approvals/reading', headers: cora.headers })).text, 'A stall at our school')
  t.match(perceived(await app.inject(own(entry.id))).text, /We have it\..*Change it/)
})
