import t from 'tap'
import type { Test } from 'tap'
import { dropOldProposals } from '../../../src/office/approval/decided.ts'
import { mayWithdraw } from '../../../src/office/approval/proposals.ts'
import { filledIn, formsOn } from '../../support/filled-in.ts'
import { perceived, post, service } from '../../support/service.ts'
import { signedIn, anAgency, organiser } from '../../support/staff.ts'
import { aBooking, aCampaign, anActivity, noon } from '../../support/world.ts'

/** A published activity of an agency, in a week whose coordinators approve what becomes public. */
async function aWeek (t: Test, given: object = {}) {
  const { app, db, ...its } = await service(t)
  const campaign = await aCampaign(db, {
    kind: 'week-of-action', needsApproval: true, districts: ['Bolton', 'Bury'], slug: 'the-week'
  })
  const [ours, theirs] = [await anAgency(db), await anAgency(db, { name: 'Bury Council' })]
  const activity = await anActivity(db, {
    campaignId: campaign.id,
    kind: 'stall',
    booking: 'none',
    capacity: null,
    isOnline: false,
    venue: 'The market',
    district: 'Bolton',
    leadAgencyId: ours.id,
    status: 'published',
    visibility: 'public',
    title: 'A stall',
    ...given
  })
  const olu = await signedIn(app, db, { role: 'organiser', agencyId: ours.id, name: 'Olu Organiser' })
  const cora = await signedIn(app, db, { role: 'organiser', agencyId: theirs.id, name: 'Cora Coordinator' })
  const other = await signedIn(app, db, { role: 'organiser', agencyId: theirs.id, name: 'Ann Other' })
  await db.coordinator.create({
    data: { campaignId: campaign.id, staffMemberId: cora.member.id, districts: ['Bolton'] }
  })
  const href = `/staff/activities/${activity.slug}`
  const edit = async (given: object, headers = olu.headers) => {
    const form = filledIn((await app.inject({ url: `${href}/edit`, headers })).body)
    return await post(app, `${href}/edit`, { ...form, ...given }, headers)
  }
  const seen = async (url: string, headers: Record<string, string>) => perceived(await app.inject({ url, headers }))
  /** Presses the button of a page that says what it does; of one without it, sends the form all the same. */
  const press = async (body: string, headers = cora.headers) => {
    const fields = formsOn(body, href).find(({ action }) => action === `${href}/proposal/approval`)?.fields ?? []
    return await post(app, `${href}/proposal/approval`, Object.fromEntries(fields), headers)
  }
  /** Reads the page and presses its button. */
  const approve = async (headers = cora.headers) => {
    return await press((await app.inject({ url: `${href}/proposal`, headers })).body, headers)
  }
  const stored = async () => await db.activity.findUniqueOrThrow({ where: { id: activity.id } })
  return { ...its, app, db, activity, href, olu, cora, other, edit, seen, approve, press, stored }
}

t.test('what everyone reads waits for a coordinator, and the rest is saved in the same press', async t => {
  const { app, db, href, edit, seen, approve, stored, olu, cora, other, activity } = await aWeek(t)
  const saved = await edit({ title: 'A bigger stall', venue: 'The town hall', places_per_booking: '3' })
  t.equal(saved.headers.location, `${href}/proposal?done=asked&saved=places_per_booking`)
  t.match((await seen(saved.headers.location as string, olu.headers)).text,
    /Saved at once: Places in one booking\. The rest waits for a coordinator/)
  t.match(await stored(), { title: 'A stall', venue: 'The market', placesPerBooking: 3, icalSequence: 0 })
  t.match((await app.inject(`/activities/${activity.slug}`)).body, /A stall/)
  t.notMatch((await app.inject(`/activities/${activity.slug}`)).body, /bigger|town hall/)

  t.match((await seen(href, olu.headers)).text, /A change that waits for a coordinator Title: A bigger stall \(now: A stall\) Venue: The town hall/)
  t.equal(filledIn((await app.inject({ url: `${href}/edit`, headers: olu.headers })).body).title, 'A bigger stall')
  t.match((await seen(`${href}/edit`, olu.headers)).text, /This change waits for a coordinator\..*As asked: A bigger stall Now: A stall/)
  t.match((await seen('/staff/approvals', cora.headers)).text, /A stall A change/)
  t.match((await seen('/staff', cora.headers)).text, /1 activity waits for your approval/)
  const others = await app.inject({ url: `${href}/proposal`, headers: other.headers })
  t.notMatch(others.body, /bigger|Olu Organiser|asked for/, 'others know nothing of it')
  t.match(perceived(await post(app, `${href}/proposal/approval`, {}, other.headers)).errors, [{ sentence: /You do not approve this/ }])
  t.notMatch((await seen(href, other.headers)).text, /bigger/)
  t.notMatch((await app.inject({ url: `${href}/proposal`, headers: olu.headers })).body, /Approve the change/)
  t.equal((await post(app, `${href}/proposal/approval`, {}, olu.headers)).statusCode, 409, 'not one’s own')

  t.match((await seen(`${href}/proposal`, cora.headers)).text,
    /Olu Organiser asked for this.*Title Now A stall As asked A bigger stall.*If you approve it Everyone reads it at once/)
  t.match(perceived(await post(app, `${href}/proposal/approval`, {}, cora.headers)).h1, 'Change that waits', 'not without having read it')
  t.equal(await db.proposal.count(), 1)
  t.equal((await approve()).headers.location, `${href}/proposal?done=approved`)
  t.match(await stored(), { title: 'A bigger stall', venue: 'The town hall', placesPerBooking: 3, icalSequence: 1 })
  t.equal(await db.proposal.count(), 0)
  t.match((await seen(`${href}/proposal`, olu.headers)).text, /No change of this activity waits/)
  t.strictSame((await db.auditEntry.findMany({ where: { subject: activity.slug }, orderBy: { id: 'asc' } })).map(({ action, details }) => [action, details]), [
    ['activity.changed', { places_per_booking: ['1', '3'], told: 0 }],
    ['proposal.made', { title: ['A stall', 'A bigger stall'], venue: ['The market', 'The town hall'] }],
    ['proposal.approved', { title: ['A stall', 'A bigger stall'], venue: ['The market', 'The town hall'] }]
  ])
})

t.test('asking again changes what waits, setting it back takes it out, and withdrawing leaves all as it is', async t => {
  const { app, db, href, edit, seen, stored, olu, cora } = await aWeek(t)
  await edit({ title: 'A bigger stall', venue: 'The town hall' })
  t.match((await edit({})).headers.location, /done=as-it-was$/, 'saved once more, nothing is asked anew')
  await edit({ title: 'A huge stall' })
  t.match((await db.proposal.findFirstOrThrow()).changes, { title: ['A stall', 'A huge stall'], venue: ['The market', 'The town hall'] })
  await edit({ title: 'A stall' })
  t.strictSame((await db.proposal.findFirstOrThrow()).changes, { venue: ['The market', 'The town hall'], secret_place: ['', ''] })

  t.equal((await post(app, `${href}/proposal/withdrawal`, {}, cora.headers)).statusCode, 403)
  for (const how of ['once', 'twice']) {
    t.match((await post(app, `${href}/proposal/withdrawal`, {}, olu.headers)).headers.location, /done=withdrawn$/, how)
  }
  t.match(await stored(), { title: 'A stall', venue: 'The market' })
  t.equal(await db.proposal.count(), 0)
  t.notMatch((await seen(href, olu.headers)).text, /waits for a coordinator/)
  t.equal(await db.auditEntry.count({ where: { action: 'proposal.withdrawn' } }), 1)
})

t.test('a coordinator sends it back with a reason, and it is asked again by saving the form', async t => {
  const { app, db, href, edit, seen, olu, cora, stored } = await aWeek(t)
  await edit({ title: 'Ring the town hall' })
  t.strictSame(perceived(await post(app, `${href}/proposal/return`, { reason: '' }, cora.headers)).errors,
    [{ field: 'reason', sentence: 'Say what has to change' }])
  t.equal((await post(app, `${href}/proposal/return`, { reason: 'Take the number out.' }, olu.headers)).statusCode, 409)
  t.equal((await post(app, `${href}/proposal/return`, { reason: 'Take the number out.' }, cora.headers)).headers.location,
    '/staff/approvals?done=returned')
  t.notMatch((await seen('/staff/approvals', cora.headers)).text, /A stall/)
  t.equal((await post(app, `${href}/proposal/approval`, {}, cora.headers)).statusCode, 409)
  t.match((await seen(`${href}/proposal`, olu.headers)).text, /Cora Coordinator sent it back\. Take the number out\./)
  t.match((await seen(href, olu.headers)).text, /A change that was sent back Take the number out\./)
  t.match((await edit({ places_per_booking: '2' })).headers.location, /proposal/)
  t.ok((await db.proposal.findFirstOrThrow()).returnedAt, 'another part is no answer to it')
  await edit({ title: 'Ring the office' })
  t.match((await seen('/staff/approvals', cora.headers)).text, /A stall A change/)
  t.match(await stored(), { title: 'A stall', placesPerBooking: 2 })
})

t.test('where somebody else has changed the same part meanwhile, the coordinator reads both and is asked anew', async t => {
  const { app, db, href, edit, press, olu, cora, stored, activity } = await aWeek(t)
  await edit({ title: 'A bigger stall' })
  const read = await app.inject({ url: `${href}/proposal`, headers: cora.headers })
  const own = await signedIn(app, db, { role: 'organiser', name: 'Pat Partnership' })
  t.match(perceived(await app.inject({ url: `${href}/edit`, headers: own.headers })).text, /The form shows what everyone reads now/)
  t.match((await edit({ title: 'The stall' }, own.headers)).headers.location, /done=edited$/)
  t.match((await db.proposal.findFirstOrThrow()).changes, { title: ['A stall', 'A bigger stall'] })

  await edit({ venue: 'The town hall' })
  t.match((await db.proposal.findFirstOrThrow()).changes, { title: ['A stall', 'A bigger stall'] }, 'going on with it, what it was stays known')
  await edit({ venue: 'The market' })

  const anew = await press(read.body)
  t.match(perceived(anew).text, /Something has changed while you were reading.*Now The stall As asked A bigger stall Someone else has changed this since\. When this was asked for, it was: A stall/)
  t.match(await stored(), { title: 'The stall' })
  t.match((await press(anew.body)).headers.location, /done=approved$/)
  t.match(await stored(), { title: 'A bigger stall' })
  t.equal((await app.inject(`/activities/${activity.slug}`)).statusCode, 200)
  t.match((await edit({ title: 'Mine' }, olu.headers)).headers.location, /proposal/)
  t.match((await edit({ title: 'Mine' }, own.headers)).headers.location, /done=edited$/)
  t.match(perceived(await app.inject({ url: `${href}/proposal`, headers: cora.headers })).text, /Nothing changes: it is as they ask already/)
})

t.test('what would be wrong without a part that waits, waits with it', async t => {
  const { edit, stored, db } = await aWeek(t, { booking: 'places', capacity: 10, title: 'A workshop' })
  const closes = { closes_day: '2026-12-20', closes_time: '10:00' }
  t.match((await edit({ starts_day: '2026-12-20', starts_time: '18:00', ends_time: '19:00', ...closes })).headers.location, /saved=$/)
  t.match(await stored(), { bookingClosesAt: null })
  t.match((await db.proposal.findFirstOrThrow()).changes, {
    starts_day: ['2026-12-01', '2026-12-20'], closes_day: ['', '2026-12-20']
  })
})

t.test('a move to another district is approved by who coordinates both', async t => {
  const { db, edit, seen, cora, approve, stored } = await aWeek(t)
  await edit({ district: 'Bury' })
  t.notMatch((await seen('/staff/approvals', cora.headers)).text, /A stall/)
  t.equal((await approve()).statusCode, 409, 'it does not wait for her')
  await db.coordinator.updateMany({ data: { districts: ['Bury'] } })
  t.equal((await approve()).statusCode, 409, 'nor there alone')
  await db.coordinator.updateMany({ data: { districts: ['Bolton', 'Bury'] } })
  t.match((await approve()).headers.location, /approved/)
  t.match(await stored(), { district: 'Bury' })
})

t.test('hiding it needs nobody’s leave, and then nothing waits; cancelling it drops what waits', async t => {
  const { app, db, href, edit, stored, olu } = await aWeek(t)
  await edit({ title: 'A bigger stall' })
  t.match((await edit({ visibility: 'agency' })).headers.location, /done=edited/)
  t.match(await stored(), { title: 'A bigger stall', visibility: 'agency' }, 'what waited is saved with it')
  t.equal(await db.proposal.count(), 0)
  t.match((await edit({ visibility: 'public', summary: 'Come!' })).headers.location, /proposal/)
  t.match(await stored(), { visibility: 'agency', summary: '' })
  const form = filledIn((await app.inject({ url: `${href}/cancellation`, headers: olu.headers })).body)
  t.equal((await post(app, `${href}/cancellation`, { ...form, reason: 'Ill.' }, olu.headers)).statusCode, 303)
  t.equal(await db.proposal.count(), 0)
})

t.test('moving a booked activity says who is emailed, as an edit does', async t => {
  const { db, edit, seen, href, cora, approve, activity } = await aWeek(t, { booking: 'places', capacity: 10 })
  const booking = await aBooking(db, activity.id, { status: 'confirmed' })
  t.match((await edit({ venue: 'The town hall' })).headers.location, /proposal/, 'nobody is emailed yet, so there is nothing to confirm')
  t.match((await seen(`${href}/proposal`, cora.headers)).text, /1 person gets an updated invitation/)
  await approve()
  t.match(await db.booking.findUniqueOrThrow({ where: { id: booking.id } }), { icalSequence: 1 })
})

t.test('a coordinator of another agency reads what is to become public, as long as that waits', async t => {
  const { app, db, edit, href, cora, approve, activity } = await aWeek(t, { visibility: 'agency' })
  t.equal((await app.inject({ url: href, headers: cora.headers })).statusCode, 404)
  await edit({ visibility: 'public' })
  t.equal((await app.inject({ url: href, headers: cora.headers })).statusCode, 200)
  await db.activity.update({ where: { id: activity.id }, data: { visibility: 'operational' } })
  t.equal((await app.inject({ url: href, headers: cora.headers })).statusCode, 404, 'never of what is operational')
  await db.activity.update({ where: { id: activity.id }, data: { visibility: 'agency' } })
  t.equal((await app.inject({ url: href, headers: cora.headers })).statusCode, 404, 'hiding it more has ended it')
  await edit({ visibility: 'public' })
  t.match((await approve()).headers.location, /approved/)
  t.equal((await app.inject(`/activities/${activity.slug}`)).statusCode, 200)
})

t.test('what was asked for before the end is not approved after it, and the night deletes it', async t => {
  const { app, db, edit, href, seen, cora, olu, approve, activity } = await aWeek(t)
  await edit({ title: 'A bigger stall' })
  const isOver = async (hoursAgo: number) => {
    const endsAt = noon.minus({ hours: hoursAgo })
    await db.activity.update({
      where: { id: activity.id }, data: { startsAt: endsAt.minus({ hours: 1 }).toJSDate(), endsAt: endsAt.toJSDate() }
    })
  }
  await db.proposal.updateMany({ data: { askedAt: noon.minus({ hours: 2 }).toJSDate() } })
  await isOver(1)
  t.notMatch((await seen('/staff/approvals', cora.headers)).text, /A stall/)
  t.match(perceived(await approve()).errors, [{ sentence: /over by now/ }])
  t.equal(await dropOldProposals(db, noon), 1)

  t.match((await edit({ title: 'Thank you all' })).headers.location, /proposal/)
  t.equal(await dropOldProposals(db, noon), 0, 'what is asked for afterwards waits on')
  t.match((await approve()).headers.location, /approved/)
  t.equal(await db.approvalDecision.count(), 1)
  await dropOldProposals(db, noon.plus({ days: 30 }))
  t.equal(await db.approvalDecision.count(), 0)
  t.equal((await app.inject({ url: href, headers: olu.headers })).statusCode, 200)
})

t.test('what was asked for without an account is sent back with a reason, never withdrawn by staff in silence', async t => {
  const activity = { id: 'the activity', leadAgencyId: undefined, hostIds: [] }

  t.notOk(mayWithdraw(organiser, activity, { askedByIds: ['the activity'] }))
  t.notOk(mayWithdraw(organiser, activity, { askedByIds: ['the activity', organiser.id] }), 'nor where staff have added to it')
  t.ok(mayWithdraw(organiser, activity, { askedByIds: ['a colleague'] }))
})
