import { DateTime } from 'luxon'
import t from 'tap'
import type { Test } from 'tap'
import fc from 'fast-check'
import { askForApproval, returnForChanges } from '../../../src/office/approval/ask.ts'
import { announceDigests, changeDigests } from '../../../src/office/approval/digests.ts'
import { sendDigests, tellOfDecisions } from '../../../src/office/approval/jobs.ts'
import { openOutbox } from '../../../src/platform/outbox.ts'
import { sweepOwedJobs } from '../../../src/platform/owed-jobs.ts'
import { startWorker, subscriptions } from '../../../src/worker.ts'
import { returnProposal, withdrawProposal } from '../../../src/office/approval/proposals.ts'
import { deleteDraft } from '../../../src/office/editor/delete-draft.ts'
import { proposeChange } from '../../../src/office/editor/proposals.ts'
import { isInOfficeHours, whoIsTold } from '../../../src/office/approval/telling.ts'
import { joinLinkSeal } from '../../../src/programme/teams/seal.ts'
import { cancelActivity } from '../../../src/booking/bookings/cancel.ts'
import { aCoHost } from '../../support/co-hosts.ts'
import { anEntry, tellEntrants } from '../../support/entries.ts'
import { confirming } from '../../support/confirming.ts'
import { contextFor } from '../../support/email-context.ts'
import { aMailbox } from '../../support/mailbox.ts'
import { eventually } from '../../support/running-service.ts'
import { aMember, approveAs, aWeekToApprove, editAs } from '../../support/proposals.ts'
import { anActivity, announced, noon, secretKey, world } from '../../support/world.ts'

const seal = joinLinkSeal(secretKey)
const silent = { info () {}, warn () {}, error () {} }

/** A real mail server, a week, and what workers do at an instant. */
async function office (t: Test) {
  const its = await world(t)
  const { db, outbox } = its
  const week = await aWeekToApprove(db)
  const mailbox = await aMailbox(t)
  const context = contextFor(t, its, mailbox.url)
  const parts = { db, outbox, seal }

  /** Lets it be an instant; what was announced is done, and then everything once more, as after a restart. */
  async function at (now: DateTime<true>): Promise<string[]> {
    const before = mailbox.taken.length
    await Promise.all([announceDigests(db, outbox, now), announceDigests(db, outbox, now)])
    context.turnClock(now)
    for (let restarts = 0; restarts < 2; restarts++) {
      const dues = await announced(db, 'approval-digest.due')
      const decisions = await announced(db, 'approval.decided')
      for (const end of [...await sendDigests(context, dues), ...await tellOfDecisions(context, decisions)]) {
        if (end.status === 'rejected') throw end.reason
      }
    }
    return mailbox.taken.slice(before).map(({ to, mail }) => `${to.join()}: ${mail.subject}`)
  }

  return { ...its, ...week, parts, mailbox, context, at }
}

t.test('a co-host hears what was decided about the change that they asked for', async t => {
  const { db, activity, coordinator, mailbox, at, theirs, ...its } = await office(t)
  const coHost = await aMember(db, { role: 'host', agencyId: theirs.id, name: 'Cora Cohost' })
  await aCoHost(db, activity.id, coHost.id)
  await editAs({ db, ...its }, activity.slug, { ...coHost, coHostOf: [activity.id] }, { title: 'Another' })
  await approveAs({ db, ...its }, activity.slug, coordinator)
  t.match((await at(noon)).filter(line => line.startsWith(coHost.email)), [/./])
  t.equal(mailbox.taken.length, 1)
})

t.test('a coordinator is emailed at most once an hour of what waits, and only if something new does', async t => {
  const { campaign, db, activity, ours, organiser, coordinator, mailbox, at, parts, ...its } = await office(t)
  const edit = async (given: object, now = noon) => await editAs({ db, ...its }, activity.slug, organiser, given, now)
  const aDraft = await anActivity(db, {
    campaignId: campaign.id, status: 'draft', title: 'Tea & talk', district: 'Bolton', leadAgencyId: ours.id, visibility: 'public'
  })
  t.strictSame(await at(noon), [], 'nothing waits')
  await edit({ title: 'Anne Kirkbride’s workshop' })
  t.strictSame(await at(noon.plus({ minutes: 1 })), [`${coordinator.email}: 1 activity waits for your approval`])
  const { text = '' } = mailbox.taken[0]?.mail ?? {}
  t.match(text, /A workshop: a change/)
  t.notMatch(text, /Kirkbride|Olu O/, 'neither what is asked nor who asked')
  t.match(text, 'https://workshops.example.org/staff/approvals')

  await askForApproval(parts, aDraft.slug, organiser, noon.plus({ minutes: 2 }))
  t.strictSame(await at(noon.plus({ minutes: 60 })), [], 'not within the hour')
  t.strictSame(await at(noon.plus({ minutes: 61 })), [`${coordinator.email}: 2 activities wait for your approval`])
  t.strictSame(await at(noon.plus({ hours: 3 })), [], 'nothing new')
  await edit({ title: 'Another title' }, noon.plus({ hours: 3 }))
  await edit({ title: 'A third title' }, noon.plus({ hours: 3, minutes: 30 }))
  t.strictSame(await at(noon.plus({ hours: 5, minutes: 30 })), [], 'not after five')
  t.strictSame(await at(noon.plus({ hours: 21 })), [`${coordinator.email}: 2 activities wait for your approval`], 'but at nine')

  await changeDigests(db, coordinator, { isOff: true }, noon)
  await edit({ title: 'A fourth title' }, noon.plus({ hours: 21 }))
  t.strictSame(await at(noon.plus({ hours: 22, minutes: 30 })), [])
  await changeDigests(db, coordinator, { isOff: false }, noon)
  t.equal((await at(noon.plus({ hours: 23 }))).length, 1)
})

t.test('an email about what waits that never went is due again an hour later, and goes once', async t => {
  const { db, outbox, activity, organiser, coordinator, at, context, mailbox } = await office(t)
  await editAs({ db, outbox }, activity.slug, organiser, { title: 'Another' })
  await announceDigests(db, outbox, noon)
  const lost = await announced(db, 'approval-digest.due')
  await announceDigests(db, outbox, noon.plus({ minutes: 59 }))
  t.equal((await announced(db, 'approval-digest.due')).length, 1)
  t.strictSame(await at(noon.plus({ hours: 1 })), [`${coordinator.email}: 1 activity waits for your approval`])
  await sendDigests(context, lost)
  t.equal(mailbox.taken.length, 1, 'also where the first job comes after all')
  t.strictSame(await at(noon.plus({ hours: 3 })), [])
})

t.test('what is dealt with before its email goes is not in it', async t => {
  const { db, outbox, activity, organiser, coordinator, context, mailbox, parts } = await office(t)
  await editAs({ db, outbox }, activity.slug, organiser, { title: 'Another' })
  await announceDigests(db, outbox, noon)
  await withdrawProposal(parts, activity.slug, organiser, noon)
  const dues = await announced(db, 'approval-digest.due')
  t.match(dues, [{ staffMemberId: coordinator.id }])
  await sendDigests(context, dues)
  t.strictSame(mailbox.taken, [])
})

t.test('who asked is emailed once what was decided, with the reason', async t => {
  const { db, outbox, activity, organiser, coordinator, campaign, ours, at, mailbox, parts } = await office(t)
  const night = noon.plus({ hours: 8 })
  await editAs({ db, outbox }, activity.slug, organiser, { title: 'Another' })
  await returnProposal(parts, activity.slug, 'Say which <b>room</b>.', coordinator, noon)
  t.strictSame(await at(night), [`${organiser.email}: Sent back: A workshop`], 'this does not wait for the morning')
  t.match(mailbox.taken[0]?.mail.text, /Everyone reads the activity as it was before.*Say which <b>room<\/b>\./s)
  t.notMatch(mailbox.taken[0]?.mail.text, /Cora/)
  await editAs({ db, outbox }, activity.slug, organiser, { title: 'In room 2' })
  await approveAs({ db, outbox }, activity.slug, coordinator)
  t.strictSame(await at(night), [`${organiser.email}: Approved: In room 2`])

  const aDraft = await anActivity(db, {
    campaignId: campaign.id, status: 'draft', title: 'Tea & talk', district: 'Bolton', leadAgencyId: ours.id, visibility: 'public'
  })
  await askForApproval(parts, aDraft.slug, organiser, noon)
  await returnForChanges(parts, aDraft.slug, 'Add a time.', coordinator, noon)
  t.strictSame(await at(night), [`${organiser.email}: Sent back: Tea & talk`])
})

t.test('a decision is told neither to who cannot sign in any more nor to who may not know of it', async t => {
  const { db, outbox, activity, organiser, coordinator, at } = await office(t)
  await editAs({ db, outbox }, activity.slug, organiser, { title: 'Another' })
  await approveAs({ db, outbox }, activity.slug, coordinator)
  await db.activity.update({ where: { id: activity.id }, data: { visibility: 'operational' } })
  t.strictSame(await at(noon), [])
  await db.activity.update({ where: { id: activity.id }, data: { visibility: 'public' } })
  t.strictSame(await at(noon), [`${organiser.email}: Approved: Another`], 'the job looks again at each try')
  await editAs({ db, outbox }, activity.slug, organiser, { title: 'A third' })
  await approveAs({ db, outbox }, activity.slug, coordinator)
  await db.staffMember.update({ where: { id: organiser.id }, data: { disabledAt: noon.toJSDate() } })
  t.strictSame(await at(noon), [])
})

t.test('a decision whose jobs were lost or given up is told once to who asked, and once to who has no account', async t => {
  const { db, boss, outbox, activity, campaign, ours, organiser, coordinator, mailbox, parts, ...its } = await office(t)
  const all = await openOutbox(boss, subscriptions)
  await editAs({ db, outbox: all }, activity.slug, organiser, { title: 'Another' })
  await approveAs({ db, outbox: all }, activity.slug, coordinator)
  const entry = await anEntry(db, campaign, { activity: { leadAgencyId: ours.id, visibility: 'public' } })
  const { slug } = await db.activity.findUniqueOrThrow({ where: { id: entry.id } })
  await returnForChanges({ ...parts, outbox: all }, slug, 'Which door?', coordinator, noon)

  t.match(await sweepOwedJobs(db, boss), { again: 0 }, 'jobs are about to tell it')
  await db.$executeRaw`DELETE FROM pgboss.job WHERE name = 'approval.decided'`
  await db.$executeRaw`UPDATE pgboss.job SET state = 'failed' WHERE name = 'approval.decided/entries'`
  t.match(await sweepOwedJobs(db, boss), { again: 4 }, 'each of its two queues owes each of the two')
  t.match(await sweepOwedJobs(db, boss), { again: 0 })

  const clock = () => noon.plus({ hours: 8 })
  await startWorker({ ...its, db, boss, outbox: all, clock, emailContext: { ...its.context, clock }, log: silent },
    subscriptions.filter(({ fact }) => fact === 'approval.decided'))
  await eventually(async () => await db.owedJob.count({ where: { queue: { startsWith: 'approval.decided' } } }) === 0)
  t.strictSame(mailbox.taken.map(({ to }) => to.join()).sort(), [organiser.email, entry.email].sort())
  t.match(await sweepOwedJobs(db, boss), { again: 0 })
})

t.test('a decision that comes twice at once is one email', async t => {
  const { db, outbox, activity, organiser, coordinator, context, mailbox } = await office(t)
  await editAs({ db, outbox }, activity.slug, organiser, { title: 'Another' })
  await approveAs({ db, outbox }, activity.slug, coordinator)
  const decided = await announced(db, 'approval.decided')

  await tellOfDecisions(context, [...decided, ...decided])
  context.turnClock(noon.plus({ minutes: 9 }))
  await tellOfDecisions(context, [...decided, ...decided])

  t.strictSame(mailbox.taken.map(({ mail }) => mail.subject), ['Approved: Another'])
})

t.test('all who asked for a change are emailed once what was decided, while they may change the activity', async t => {
  const { db, outbox, activity, ours, theirs, organiser, coordinator, at, mailbox, parts } = await office(t)
  const colleague = await aMember(db, { role: 'organiser', agencyId: ours.id })
  const gone = await aMember(db, { role: 'organiser', agencyId: ours.id })
  const elsewhere = await aMember(db, { role: 'organiser', agencyId: ours.id })
  await editAs({ db, outbox }, activity.slug, organiser, { title: 'Another' })
  await editAs({ db, outbox }, activity.slug, gone, { venue: 'The hall' })
  await editAs({ db, outbox }, activity.slug, elsewhere, { venue: 'The church hall' })
  await editAs({ db, outbox }, activity.slug, colleague, { summary: 'Tea and talk.' })
  await editAs({ db, outbox }, activity.slug, organiser, { summary: 'Tea, cake and talk.' })
  await db.staffMember.update({ where: { id: gone.id }, data: { disabledAt: noon.toJSDate() } })
  await db.staffMember.update({ where: { id: elsewhere.id }, data: { agencyId: theirs.id } })

  await returnProposal(parts, activity.slug, 'Which room?', coordinator, noon)
  const back = ': Sent back: A workshop'
  t.strictSame((await at(noon.plus({ hours: 8 }))).sort(), [organiser.email + back, colleague.email + back].sort())
  t.match(mailbox.taken[0]?.mail.text, /You are not the only one who asked/)

  await editAs({ db, outbox }, activity.slug, colleague, { venue: 'Room 2' })
  await approveAs({ db, outbox }, activity.slug, coordinator)
  const good = ': Approved: Another'
  t.strictSame((await at(noon.plus({ hours: 8 }))).sort(), [organiser.email + good, colleague.email + good].sort())

  await editAs({ db, outbox }, activity.slug, organiser, { title: 'A third' })
  await approveAs({ db, outbox }, activity.slug, coordinator, noon.plus({ minutes: 1 }))
  t.strictSame(await at(noon.plus({ hours: 8 })), [`${organiser.email}: Approved: A third`], 'of what is new only who asked for it')
  t.notMatch(mailbox.taken.at(-1)?.mail.text, /the only one/)
})

t.test('who asked for a change is emailed where someone else takes it back or sets it back, cancels or hides the activity', async t => {
  const { activity, ours, theirs, organiser, at, mailbox, parts, ...its } = await office(t)
  const { db } = its
  const colleague = await aMember(db, { role: 'organiser', agencyId: ours.id })
  const gone = await aMember(db, { role: 'organiser', agencyId: ours.id })
  const { slug } = activity
  const ask = async (title = 'Another') => { await editAs(its, slug, organiser, { title }) }
  const later = noon.plus({ hours: 8 })
  const told = (what: string, title = 'A workshop') => [`${organiser.email}: ${what}: ${title}`]

  await ask()
  await editAs(its, slug, gone, { venue: 'The hall' })
  await db.staffMember.update({ where: { id: gone.id }, data: { agencyId: theirs.id } })
  await withdrawProposal(parts, slug, colleague, noon)
  t.strictSame(await at(later), told('Taken back'), 'and nobody who may not change it any more')
  t.match(mailbox.taken[0]?.mail.text, /You asked a coordinator to approve a change of this activity\. Someone else has taken that back\./)

  await ask()
  await editAs(its, slug, colleague, { title: 'A workshop' })
  t.strictSame(await at(later), told('Taken back'))

  await ask()
  await editAs(its, slug, organiser, { title: 'A workshop' })
  await ask()
  await withdrawProposal(parts, slug, organiser, noon)
  t.strictSame(await at(later), [], 'of what they take back themselves they know')

  await ask()
  await editAs(its, slug, colleague, { summary: 'Tea and talk.', visibility: 'partners' })
  t.strictSame(await at(later), told('Does not wait any more', 'Another'), 'it was saved with that')

  await db.activity.update({ where: { id: activity.id }, data: { visibility: 'public' } })
  await ask('A third')
  await confirming(async confirmed =>
    await cancelActivity(db, its.outbox, activity.id, { reason: 'Snow.', confirmed }, colleague, noon))
  t.strictSame(await at(later), told('Cancelled', 'Another'))
})

t.test('who asked for approval of a draft is emailed where someone else deletes it, while they might have changed it', async t => {
  const { db, outbox, activity: { campaignId }, ours, theirs, organiser, at, mailbox, parts } = await office(t)
  const draft = await anActivity(db, {
    campaignId, status: 'draft', title: 'Tea', district: 'Bolton', leadAgencyId: ours.id, visibility: 'public'
  })
  const [colleague, gone] = [
    await aMember(db, { role: 'organiser', agencyId: ours.id }), await aMember(db, { role: 'organiser', agencyId: ours.id })
  ]
  await askForApproval(parts, draft.slug, gone, noon)
  await db.approvalRequest.updateMany({ data: { askedById: organiser.id, askedBefore: [gone.id] } })
  await db.staffMember.update({ where: { id: gone.id }, data: { agencyId: theirs.id } })

  await deleteDraft({ db, outbox }, draft.id, colleague, noon)

  t.strictSame(await at(noon.plus({ hours: 8 })), [`${organiser.email}: Deleted: Tea`])
  t.match(mailbox.taken[0]?.mail.text, /Someone else has deleted it\. .*What: Tea/s)
  t.notMatch(mailbox.taken[0]?.mail.text, /When|See the activity/)
})

t.test('all who asked for approval of a draft are emailed, also where someone else asked again', async t => {
  const { db, activity: { campaignId }, ours, organiser, coordinator, at, parts } = await office(t)
  const colleague = await aMember(db, { role: 'organiser', agencyId: ours.id })
  const draft = await anActivity(db, {
    campaignId, status: 'draft', title: 'Tea', district: 'Bolton', leadAgencyId: ours.id, visibility: 'public'
  })
  await askForApproval(parts, draft.slug, organiser, noon)
  await returnForChanges(parts, draft.slug, 'Add a time.', coordinator, noon)
  t.strictSame(await at(noon.plus({ hours: 8 })), [`${organiser.email}: Sent back: Tea`])
  await askForApproval(parts, draft.slug, colleague, noon)
  await returnForChanges(parts, draft.slug, 'Add a place.', coordinator, noon)
  const back = ': Sent back: Tea'
  t.strictSame((await at(noon.plus({ hours: 8 }))).sort(), [organiser.email + back, colleague.email + back].sort())
})

t.test('someone without an account hears it too, and once, where staff add to what they ask or ask again', async t => {
  const { campaign, ours, organiser, coordinator, at, mailbox, parts, context, ...its } = await office(t)
  const { db, outbox } = its
  const published = { status: 'published', title: 'A stall', leadAgencyId: ours.id, visibility: 'public' } as const
  const { id: activityId, email } = await anEntry(db, campaign, { activity: published })
  const { slug } = await db.activity.findUniqueOrThrow({ where: { id: activityId } })
  const toEntrants = async () => {
    const before = mailbox.taken.length
    t.strictSame(await tellEntrants(its, context), [])
    return mailbox.taken.slice(before).map(({ to }) => to.join())
  }
  await db.$transaction(async tx => {
    await proposeChange(tx, outbox, { activityId, changes: { title: ['A stall', 'A big stall'] }, by: 'entrant', now: noon })
  })
  await editAs({ db, outbox }, slug, organiser, { venue: 'The gym' })
  await t.rejects(withdrawProposal(parts, slug, organiser, noon), /only members of staff asked/)
  await approveAs({ db, outbox }, slug, coordinator)
  t.match(await db.activity.findUnique({ where: { slug } }), { title: 'A big stall', venue: 'The gym' })
  t.strictSame(await at(noon.plus({ hours: 8 })), [`${organiser.email}: Approved: A big stall`])
  t.strictSame(await toEntrants(), [email])

  const entry = await anEntry(db, campaign, { activity: { leadAgencyId: ours.id, visibility: 'public' } })
  const draft = await db.activity.findUniqueOrThrow({ where: { id: entry.id } })
  await returnForChanges(parts, draft.slug, 'Which door?', coordinator, noon)
  t.strictSame(await toEntrants(), [entry.email])
  await askForApproval(parts, draft.slug, organiser, noon)
  await returnForChanges(parts, draft.slug, 'Which hall?', coordinator, noon.plus({ minutes: 1 }))
  t.strictSame(await toEntrants(), [entry.email])
})

t.test('nobody is emailed what they decided themselves', async t => {
  const { db, outbox, activity, campaign, organiser, at } = await office(t)
  await editAs({ db, outbox }, activity.slug, organiser, { title: 'Another' })
  await db.coordinator.create({ data: { campaignId: campaign.id, staffMemberId: organiser.id } })
  await approveAs({ db, outbox }, activity.slug, organiser)
  t.strictSame(await at(noon), [])
  t.equal(await db.approvalDecision.count(), 0)
})

t.test('what has no coordinator is emailed to the partnership’s organisers, and without those to admins', async t => {
  const { db, outbox, activity, organiser, at } = await office(t)
  await db.coordinator.deleteMany()
  const admin = await aMember(db, { role: 'admin' })
  await editAs({ db, outbox }, activity.slug, organiser, { title: 'Another' })
  t.strictSame(await at(noon), [`${admin.email}: 1 activity waits for your approval`])
  const own = await aMember(db, { role: 'organiser' })
  await editAs({ db, outbox }, activity.slug, organiser, { title: 'A third' }, noon.plus({ minutes: 1 }))
  t.strictSame(await at(noon.plus({ hours: 2 })), [`${own.email}: 1 activity waits for your approval`])
})

t.test('what is to be cancelled is emailed to those who run it, and not to who may only approve', async t => {
  const { db, campaign, ours, organiser, at, mailbox } = await office(t)
  const own = await aMember(db, { role: 'organiser' })
  const asked = { cancellingAskedAt: noon.toJSDate() }
  const led = await anEntry(db, campaign, { ...asked, activity: { status: 'published', title: 'A stall', leadAgencyId: ours.id } })
  t.strictSame(await at(noon), [`${organiser.email}: 1 activity waits for you to decide`])
  const { text = '' } = mailbox.taken[0]?.mail ?? {}
  t.match(text, /people have booked, and the person who entered it says that it will not take place\..*A stall: to be cancelled/s)
  t.notMatch(text, /Kirkbride|Mary’s|wants everyone to see/)

  await anEntry(db, campaign, { ...asked, activity: { status: 'published', title: 'Tea' } })
  const hidden = await anEntry(db, campaign, { ...asked, activity: { status: 'published', title: 'Raid', visibility: 'operational' } })
  t.strictSame(await at(noon.plus({ hours: 1 })), [`${own.email}: 1 activity waits for you to decide`])
  t.match(mailbox.taken[1]?.mail.text, 'Tea: to be cancelled')
  t.notMatch(mailbox.taken[1]?.mail.text, 'Raid')

  await db.entry.updateMany({ where: { id: { in: [led.id, hidden.id] } }, data: { cancellingAskedAt: null } })
  t.strictSame(await at(noon.plus({ hours: 3 })), [], 'once each')
  await db.entry.update({ where: { id: led.id }, data: { cancellingAskedAt: noon.plus({ hours: 3 }).toJSDate() } })
  t.strictSame(await at(noon.plus({ hours: 3 })), [`${organiser.email}: 1 activity waits for you to decide`], 'and again if they ask again')
})

t.test('office hours are those of London’s clocks, on days on which offices are open', async t => {
  const at = (text: string) => isInOfficeHours(DateTime.fromISO(text, { zone: 'utc' }) as DateTime<true>)
  t.ok(at('2026-11-23T09'))
  t.notOk(at('2026-11-23T08'))
  t.notOk(at('2026-11-23T17'))
  t.ok(at('2026-07-06T08'), 'nine in summer')
  t.notOk(at('2026-07-06T16'))
  t.notOk(at('2026-11-22T12'), 'a Sunday')
  t.notOk(at('2026-12-25T12'), 'Christmas Day')
  t.notOk(at('2026-12-28T12'), 'the Monday for Boxing Day')
  t.ok(at('2026-12-29T12'))
})

t.test('whatever waits is told to someone who may approve it, if anyone may', async () => {
  const person = fc.record({
    id: fc.uuid(),
    name: fc.constant('Someone'),
    role: fc.constantFrom('admin', 'organiser', 'staff'),
    agencyId: fc.constantFrom(undefined, 'one', 'other')
  })
  const district = fc.constantFrom(undefined, 'Bolton', 'Bury')
  fc.assert(fc.property(
    fc.array(person, { maxLength: 6 }), fc.array(fc.subarray(['Bolton', 'Bury']), { maxLength: 6 }),
    fc.array(district, { minLength: 1, maxLength: 2 }), fc.constantFrom('public', 'operational'),
    fc.constantFrom('change', 'cancelling'), fc.constantFrom(undefined, 'one', 'other'),
    (people, areas, districts, visibility, about, leadAgencyId) => {
      const coordinators = people.flatMap(({ id: staffMemberId }, n) =>
        areas[n] === undefined ? [] : [{ staffMemberId, districts: areas[n] }])
      const told = whoIsTold({ visibility, about, leadAgencyId, districts, coordinators }, people)
      const covers = (own: readonly string[]) =>
        districts.every(district => own.length === 0 || (district !== undefined && own.includes(district)))
      const isAble = ({ id, role, agencyId }: typeof people[number]) => role === 'admin' ||
        (role === 'organiser' && (agencyId === undefined || (about === 'cancelling'
          ? agencyId === leadAgencyId
          : coordinators.some(({ staffMemberId, districts }) => staffMemberId === id && covers(districts)))))
      const able = people.filter(isAble)
      return told.every(isAble) && (told.length > 0 || able.length === 0 || visibility === 'operational')
    }))
})
