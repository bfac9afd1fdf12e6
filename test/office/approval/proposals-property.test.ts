import t from 'tap'
import fc from 'fast-check'
import { cancelActivity } from '../../../src/booking/bookings/cancel.ts'
import { BookingNotOpen } from '../../../src/programme/activities/errors.ts'
import { ConfirmationRequired, confirmationToken } from '../../../src/identity/staff/confirmation.ts'
import { AnswersRefused, BothChanged } from '../../../src/office/editor/errors.ts'
import { approveProposal, returnProposal } from '../../../src/office/approval/proposals.ts'
import { NotToBeApproved } from '../../../src/office/approval/errors.ts'
import { surroundingsFor } from '../../../src/office/editor/queries.ts'
import type { Answers } from '../../../src/office/editor/answers.ts'
import { joinLinkSeal } from '../../../src/programme/teams/seal.ts'
import { confirming } from '../../support/confirming.ts'
import { aMember, answersNow, approveAs, aWeekToApprove, editAs, opened, saveAs } from '../../support/proposals.ts'
import { aBooking, anActivity, announced, noon, secretKey, world } from '../../support/world.ts'

const seal = joinLinkSeal(secretKey)

/** What someone may type; some of it only goes together, and some not at all. */
const typed: fc.Arbitrary<Partial<Answers>> = fc.record({
  title: fc.constantFrom('A workshop', 'Another', 'A third'),
  summary: fc.constantFrom('', 'Come and see.'),
  starts_day: fc.constantFrom('2026-12-01', '2026-12-08'),
  ends_time: fc.constantFrom('18:30', '20:00'),
  venue: fc.constantFrom('The library', 'The town hall'),
  district: fc.constantFrom('Bolton', 'Bury'),
  audiences: fc.constantFrom('', 'parents'),
  places_per_booking: fc.constantFrom('1', '2', '3'),
  closes_day: fc.constantFrom('', '2026-12-01', '2026-12-08'),
  closes_time: fc.constantFrom('', '12:00')
}, { requiredKeys: [] })

/** The answers that no agency changes in public without a coordinator. */
const readByEveryone = ['title', 'summary', 'starts_day', 'starts_time', 'ends_day', 'ends_time', 'venue', 'district', 'audiences', 'visibility', 'booking'] as const

/** Each ending once, for chance leaves out one or the other. */
const eachEnding = [
  { who: 'agency' as const, given: { venue: 'The town hall' } },
  { who: 'approve' as const, given: {} },
  { who: 'agency' as const, given: { places_per_booking: '3' } },
  { who: 'approve' as const, given: {} }
]

t.test('whatever an agency types is saved or waits, and nobody reads what nobody has approved', async t => {
  const { db, outbox } = await world(t)
  const { activity: first, campaign, ours, organiser } = await aWeekToApprove(db)
  const own = await aMember(db, { role: 'organiser' })
  const seen = { waiting: 0, saved: 0, approved: 0, refused: 0 }
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ who: fc.constant('agency' as const), given: typed }) },
    { weight: 1, arbitrary: fc.record({ who: fc.constant('partnership' as const), given: typed }) },
    { weight: 1, arbitrary: fc.record({ who: fc.constantFrom('approve' as const, 'return' as const), given: fc.constant({}) }) }
  )
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async steps => {
    const { slug } = await anActivity(db, {
      ...given(first), campaignId: campaign.id, leadAgencyId: ours.id
    })
    for (const { who, given } of steps) {
      const before = await answersNow(db, slug)
      const by = who === 'partnership' ? own : organiser
      const { shown } = await opened(db, slug, by)
      const proposal = await proposalOf(slug)
      try {
        if (who === 'approve') {
          const wanted = (await opened(db, slug, organiser)).shown
          await approveAs({ db, outbox }, slug, own)
          t.strictSame(await answersNow(db, slug), wanted, 'approved, it is as it was asked')
          seen.approved++
        } else if (who === 'return') {
          await returnProposal({ db, outbox, seal }, slug, 'No.', own, noon)
        } else {
          const { waiting } = await editAs({ db, outbox }, slug, by, given)
          const now = await answersNow(db, slug)
          if (who === 'agency') {
            for (const field of readByEveryone) t.equal(now[field], before[field], 'nobody reads it yet')
          } else {
            t.strictSame(waiting, [])
            t.strictSame(await proposalOf(slug), proposal, 'what an agency asks for waits on')
          }
          t.strictSame((await opened(db, slug, by)).shown, { ...shown, ...given }, 'nothing typed is lost')
          seen[waiting.length > 0 ? 'waiting' : 'saved']++
        }
      } catch (error) {
        if (!(error instanceof AnswersRefused || error instanceof NotToBeApproved)) throw error
        t.strictSame(await answersNow(db, slug), before, 'refused, nothing is changed')
        seen.refused++
      }
    }
  }), { numRuns: Number(process.env.PROPOSALS ?? 30), examples: [[eachEnding]] })
  t.ok(Object.values(seen).every(count => count > 0), `all of it came about: ${JSON.stringify(seen)}`)

  async function proposalOf (slug: string) {
    return await db.proposal.findFirst({ where: { activity: { slug } } })
  }

  function given ({ title, kind, isOnline, venue, district, visibility }: typeof first) {
    return { title, kind, isOnline, venue, district, visibility }
  }
})

t.test('what is approved comes to the same as a coordinator’s own edit: rows, calendars, emails', async t => {
  const { db, outbox } = await world(t)
  const { activity: first, campaign, ours, organiser } = await aWeekToApprove(db)
  const own = await aMember(db, { role: 'organiser' })
  await fc.assert(fc.asyncProperty(typed, async given => {
    const { title, kind, isOnline, venue, district, visibility } = first
    const make = async () => {
      const made = await anActivity(db, {
        title, kind, isOnline, venue, district, visibility, campaignId: campaign.id, leadAgencyId: ours.id
      })
      for (const status of ['confirmed', 'waiting']) await aBooking(db, made.id, { status })
      return made
    }
    const [asked, edited] = [await make(), await make()]
    const before = (await announced(db, 'booking.changed')).length
    try {
      await editAs({ db, outbox }, edited.slug, own, given)
    } catch (error) {
      if (!(error instanceof AnswersRefused)) throw error
      const alike = await editAs({ db, outbox }, asked.slug, organiser, given).catch((error: unknown) => error)
      t.match(alike, { wrong: error.wrong }, 'refused alike')
      return
    }
    const between = (await announced(db, 'booking.changed')).length
    await editAs({ db, outbox }, asked.slug, organiser, given)
    const isWaiting = await db.proposal.count({ where: { activityId: asked.id } }) > 0
    if (isWaiting) await approveAs({ db, outbox }, asked.slug, own)
    t.equal((await announced(db, 'booking.changed')).length - between, between - before, 'as many are emailed')
    const stateOf = async (id: string) => {
      const { id: _id, slug: _slug, icalUid: _uid, changedAt: _at, createdAt: _made, bookings, ...state } =
        await db.activity.findUniqueOrThrow({ where: { id }, include: { bookings: { orderBy: { status: 'asc' } } } })
      return { ...state, bookings: bookings.map(({ status, icalSequence }) => [status, icalSequence]) }
    }
    t.strictSame(await stateOf(asked.id), await stateOf(edited.id))
  }), { numRuns: Number(process.env.PROPOSALS ?? 20) })
})

t.test('of two coordinators who approve at once, one does', async t => {
  const { db, outbox } = await world(t)
  const { activity: { slug, id }, organiser, coordinator } = await aWeekToApprove(db)
  const own = await aMember(db, { role: 'organiser' })
  await editAs({ db, outbox }, slug, organiser, { venue: 'The town hall' })
  const ends = await Promise.allSettled([coordinator, own, coordinator, own].map(async by => {
    await approveAs({ db, outbox }, slug, by)
  }))
  t.equal(ends.filter(({ status }) => status === 'fulfilled').length, 1)
  for (const end of ends) if (end.status === 'rejected') t.type(end.reason, NotToBeApproved)
  t.match(await db.activity.findUniqueOrThrow({ where: { id } }), { venue: 'The town hall', icalSequence: 1 })
  t.equal(await db.approvalDecision.count(), 1)
  t.equal((await announced(db, 'approval.decided')).length, 1)
})

t.test('approving while somebody else changes the same part: whoever is second reads both', async t => {
  const { db, outbox } = await world(t)
  const { activity: { slug, id }, organiser, coordinator } = await aWeekToApprove(db)
  const own = await aMember(db, { role: 'organiser' })
  const around = await surroundingsFor(db, coordinator, ['Bolton', 'Bury'])
  for (let round = 1; round <= 5; round++) {
    await editAs({ db, outbox }, slug, organiser, { venue: `Asked ${round}` })
    const { shown, saw } = await opened(db, slug, own)
    const approve = async (confirmed: string | undefined) => {
      await approveProposal({ db, outbox, seal }, slug, { confirmed, around }, coordinator, noon)
    }
    const token = await tokenOf(async () => { await approve(undefined) })
    const [approved, edited] = await Promise.allSettled([
      approve(token),
      saveAs({ db, outbox }, slug, own, { typed: { ...shown, venue: `Changed ${round}` }, saw })
    ])
    const { venue } = await db.activity.findUniqueOrThrow({ where: { id } })
    if (approved.status === 'fulfilled') {
      t.equal(venue, `Asked ${round}`)
      t.type((edited as PromiseRejectedResult).reason, BothChanged)
    } else {
      t.type(approved.reason, ConfirmationRequired)
      t.equal(venue, `Changed ${round}`)
      t.match((approved.reason as ConfirmationRequired).effects, { meanwhile: [{ to: `Changed ${round}` }] })
      await confirming(approve)
    }
  }

  async function tokenOf (act: () => Promise<unknown>): Promise<string> {
    try {
      await act()
    } catch (error) {
      if (error instanceof ConfirmationRequired) return confirmationToken(error.effects)
      throw error
    }
    throw new Error('It asked for nothing to be read.')
  }
})

t.test('of what is cancelled while a change is asked for, nothing waits', async t => {
  const { db, outbox } = await world(t)
  const { activity: first, campaign, ours, organiser } = await aWeekToApprove(db)
  const own = await aMember(db, { role: 'organiser' })
  for (let round = 0; round < 5; round++) {
    const { slug, id } = await anActivity(db, { campaignId: campaign.id, leadAgencyId: ours.id, visibility: 'public', district: first.district })
    const ends = await Promise.allSettled([
      editAs({ db, outbox }, slug, organiser, { title: 'Another' }),
      confirming(async confirmed => { await cancelActivity(db, outbox, id, { reason: 'Ill.', confirmed }, own, noon) })
    ])
    for (const end of ends) if (end.status === 'rejected') t.type(end.reason, BookingNotOpen)
    t.equal(await db.proposal.count({ where: { activityId: id } }), 0)
    t.match(await db.activity.findUniqueOrThrow({ where: { id } }), { status: 'cancelled' })
  }
})
