import t from 'tap'
import type { Test } from 'tap'
import { EmailInHand } from '../../../src/mail/emails/errors.ts'
import { sendEntryLinks, tellOfDecidedEntries } from '../../../src/office/entries/jobs.ts'
import { eraseEverything, finishErasures } from '../../../src/office/rights/commands.ts'
import { noteDecisions } from '../../../src/programme/activities/decisions.ts'
import type { Decision } from '../../../src/programme/activities/decisions.ts'
import { contextFor } from '../../support/email-context.ts'
import { anEntry, anEntryForm } from '../../support/entries.ts'
import { aMailbox } from '../../support/mailbox.ts'
import { aMember } from '../../support/proposals.ts'
import { announced, noon, world } from '../../support/world.ts'

/** An entry that was published, decisions about it, and a real mail server. */
async function entered (t: Test) {
  const its = await world(t)
  const { db, outbox } = its
  const coordinator = await aMember(db, { role: 'admin' })
  const campaign = await anEntryForm(db)
  const entry = await anEntry(db, campaign, { activity: { status: 'published', visibility: 'public' } })
  const mailbox = await aMailbox(t)
  const context = contextFor(t, its, mailbox.url)
  const decide = async (decision: Partial<Decision>, minutes: number) => {
    const approved = { activityId: entry.id, about: 'change', decision: 'approved', reason: '', askedByIds: [entry.id] } as const
    await db.$transaction(async tx => {
      await noteDecisions(tx, outbox, [{ ...approved, ...decision }], coordinator, noon.plus({ minutes }))
    })
  }
  return {
    ...its,
    campaign,
    entry,
    mailbox,
    context,
    decide,
    decided: async () => await announced(db, 'approval.decided'),
    came: () => mailbox.taken.map(({ mail }) => mail.messageId)
  }
}

t.test('two decisions at once are two emails at once, each with a Message-ID of its own, and each goes once', async t => {
  const { context, decide, decided, came } = await entered(t)
  await decide({}, 1)
  await decide({}, 2)

  const ends = await tellOfDecidedEntries(context, await decided())
  t.strictSame(ends.map(({ status }) => status), ['fulfilled', 'fulfilled'])
  t.equal(new Set(came()).size, 2)
  await tellOfDecidedEntries(context, (await decided()).reverse())
  await tellOfDecidedEntries(context, await decided())
  t.equal(came().length, 2)
})

t.test('a decision that comes twice, or that two members of staff asked for, is one email', async t => {
  const { db, context, decide, decided, came } = await entered(t)
  const staff = [await aMember(db, { role: 'organiser' }), await aMember(db, { role: 'organiser' })]
  for (const [n, decision] of ([{}, { about: 'activity', askedByIds: staff.map(({ id }) => id) }] as const).entries()) {
    await db.$executeRaw`DELETE FROM pgboss.job`
    await decide(decision, n + 1)
    const twice = n === 0 ? [...await decided(), ...await decided()] : await decided()
    t.equal(twice.length, 2)

    const ends = await tellOfDecidedEntries(context, twice)
    t.ok(ends.every(end => end.status === 'fulfilled' || end.reason instanceof EmailInHand))
    context.turnClock(noon.plus({ minutes: 9 * (n + 1) }))
    const later = await tellOfDecidedEntries(context, twice)
    t.ok(later.every(({ status }) => status === 'fulfilled'))
    t.equal(came().length, n + 1)
  }
})

t.test('links that someone asked for are an email beside the invitation of the same moment', async t => {
  const { context, campaign, entry, came } = await entered(t)
  const links = { entryId: entry.id, campaignId: campaign.id, askedAt: noon.toISO() }

  const ends = await sendEntryLinks(context, [{ ...links, isInvitation: false }, { ...links, isInvitation: true }])

  t.strictSame(ends.map(({ status }) => status), ['fulfilled', 'fulfilled'])
  t.equal(new Set(came()).size, 2)
})

t.test('every email about an entry is found when it is erased, also where it is kept as a file', async t => {
  const { db, outbox, context, campaign, entry, decide, decided, came } = await entered(t)
  await decide({}, 1)
  await decide({ decision: 'returned', reason: 'Which hall?' }, 2)
  await tellOfDecidedEntries(context, await decided())
  const links = { entryId: entry.id, campaignId: campaign.id, isInvitation: false, askedAt: noon.toISO() }
  await sendEntryLinks(context, [links])
  t.equal(came().length, 3)

  await eraseEverything(db, outbox, { address: entry.email, confirmed: undefined }, undefined, noon)
  const found: string[] = []
  await finishErasures(db, outbox, async ({ emailIds }) => { found.push(...emailIds) }, noon.plus({ days: 3 }))

  t.equal(await db.entry.count(), 0)
  t.strictSame(came().filter(id => !found.some(emailId => id?.includes(emailId))), [])
})
