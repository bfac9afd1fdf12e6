import t from 'tap'
import type { Test } from 'tap'
import type { Activity } from '../../../src/platform/database/generated/client.ts'
import { filledIn } from '../../support/filled-in.ts'
import { perceived, post, service } from '../../support/service.ts'
import { approveAs, aWeekToApprove, answersNow, editAs } from '../../support/proposals.ts'
import { aCoHost } from '../../support/co-hosts.ts'
import { anAgency, signedIn } from '../../support/staff.ts'
import { aBooking, anActivity, announced, world } from '../../support/world.ts'

const venue = 'Rose House'
const dropIn = { kind: 'awareness-session', isOnline: false, venue, joinUrlSealed: null, visibility: 'public' }

async function anEditor (t: Test, given: Partial<Activity> = {}) {
  const its = await service(t)
  const activity = await anActivity(its.db, { ...dropIn, ...given })
  const { headers } = await signedIn(its.app, its.db, { role: 'organiser' })
  const url = `/staff/activities/${activity.slug}/edit`
  const edit = async (answers: Record<string, string>, as = headers) => {
    const { secret_place: was, ...form } = filledIn((await its.app.inject({ url, headers: as })).body)
    const secret = was === undefined ? {} : { secret_place: was }
    const sent = Object.entries({ ...form, ...secret, ...answers }).filter(([name, text]) => name !== 'secret_place' || text !== '')
    return await post(its.app, url, Object.fromEntries(sent), as)
  }
  const now = async () => await its.db.activity.findUniqueOrThrow({ where: { id: activity.id } })
  return { its, activity, headers, url, edit, now }
}

const isConfirmation = ({ body }: { body: string }) => body.includes('name="confirmed"')

/** Presses the button of the page that says what a change does. */
async function confirm (
  { its, url, headers }: Pick<Awaited<ReturnType<typeof anEditor>>, 'its' | 'url' | 'headers'>, { body }: { body: string }
) {
  return await post(its.app, url, filledIn(body), headers)
}

t.test('who is told the place is read before it changes, and only those who wait are emailed', async t => {
  const editor = await anEditor(t)
  const { its, activity, edit, now } = editor
  await aBooking(its.db, activity.id)
  await aBooking(its.db, activity.id, { status: 'waiting' })

  const asked = await edit({ secret_place: 'yes' })
  t.ok(isConfirmation(asked), perceived(asked).text)
  t.match(perceived(asked).text, 'Only people who have a place are told where it is from now on.')
  t.match(perceived(asked).text, 'Rose House: told only to people who have a place')
  t.equal((await now()).hasSecretPlace, false)

  t.equal((await confirm(editor, asked)).statusCode, 303)
  t.equal((await now()).hasSecretPlace, true)
  const told = await announced(its.db, 'booking.changed')
  t.equal(told.length, 1, 'who has a place knows it already')
  t.equal((await its.app.inject(`/activities/${activity.slug}`)).body.includes(venue), false)

  const shown = await edit({ secret_place: '' })
  t.match(perceived(shown).text, 'Everyone who can see this activity can read where it is from now on.')
  t.equal((await confirm(editor, shown)).statusCode, 303)
  t.match((await its.app.inject(`/activities/${activity.slug}`)).body, venue)
})

t.test('another secret place is told to those who have a place, and to nobody who waits', async t => {
  const editor = await anEditor(t, { hasSecretPlace: true })
  const { its, activity, edit } = editor
  const { id: bookingId } = await aBooking(its.db, activity.id)
  await aBooking(its.db, activity.id, { status: 'waiting' })
  const before = await its.db.activity.findUniqueOrThrow({ where: { id: activity.id } })

  const asked = await edit({ venue: 'Lily House' })
  t.equal((await confirm(editor, asked)).statusCode, 303, perceived(asked).text)

  t.strictSame((await announced(its.db, 'booking.changed') as Array<{ bookingId: string }>).map(due => due.bookingId), [bookingId])
  const after = await its.db.activity.findUniqueOrThrow({ where: { id: activity.id } })
  t.equal(after.icalSequence, before.icalSequence, 'public calendars hear of nothing')
  t.strictSame(after.changedAt, before.changedAt, 'nor do search engines')
})

t.test('a drop-in has no secret place, and what everyone reads does not name one', async t => {
  const { edit, now } = await anEditor(t)

  const refused = await edit({ secret_place: 'yes', booking: 'drop-in' })
  t.equal(refused.statusCode, 400)
  t.match(perceived(refused).text, 'nobody books a drop-in')
  const named = await edit({ secret_place: 'yes', summary: 'Come to ROSE HOUSE.' })
  t.match(perceived(named).text, 'Summary must not name the venue')
  t.equal((await now()).hasSecretPlace, false)
})

t.test('a co-host moves a secret place and cannot show it', async t => {
  const { its, activity, edit, now } = await anEditor(t, { hasSecretPlace: true })
  const { headers, member } = await signedIn(its.app, its.db, { role: 'host', agencyId: (await anAgency(its.db)).id })
  await aCoHost(its.db, activity.id, member.id)

  await edit({ venue: 'Lily House', secret_place: '' }, headers)
  t.match(await now(), { venue: 'Lily House', hasSecretPlace: true })
})

t.test('the first page of an activity says to those who know the place that it is secret', async t => {
  const { its, activity, headers } = await anEditor(t, { hasSecretPlace: true })
  const url = `/staff/activities/${activity.slug}`
  t.match(perceived(await its.app.inject({ url, headers })).text, 'Rose House Secret: tell it only to people who have a place.')
  await its.db.activity.update({ where: { id: activity.id }, data: { hasSecretPlace: false } })
  t.notMatch(perceived(await its.app.inject({ url, headers })).text, 'Secret:')
})

t.test('a copy keeps it, and tells the place only to those who are told it', async t => {
  const { its, activity, headers } = await anEditor(t, { hasSecretPlace: true })
  const others = await signedIn(its.app, its.db, { role: 'organiser', agencyId: (await anAgency(its.db)).id })
  const copyFor = async (headers: { cookie: string }) =>
    filledIn((await its.app.inject({ url: `/staff/activities/new?from=${activity.slug}`, headers })).body)

  t.match(await copyFor(headers), { venue, secret_place: 'yes' })
  t.match(await copyFor(others.headers), { venue: '', secret_place: 'yes' })
})

t.test('to hide a place waits for no coordinator, and to show it does', async t => {
  const its = await world(t)
  const { activity: { slug }, organiser, coordinator } = await aWeekToApprove(its.db)

  t.match(await editAs(its, slug, organiser, { secret_place: 'yes' }), { saved: ['venue'], waiting: [] })
  t.match(await answersNow(its.db, slug), { venue: 'The library', secret_place: 'yes' })

  t.match(await editAs(its, slug, organiser, { secret_place: '' }), { saved: [], waiting: ['venue'] })
  t.equal((await answersNow(its.db, slug)).secret_place, 'yes')
  await approveAs(its, slug, coordinator)
  t.equal((await answersNow(its.db, slug)).secret_place, '')
})

t.test('a place that was hidden since another was asked for stays hidden when that is approved', async t => {
  const its = await world(t)
  const { activity: { id, slug }, organiser, coordinator } = await aWeekToApprove(its.db)
  t.match(await editAs(its, slug, organiser, { venue: 'Rose House' }), { waiting: ['venue'] })
  await its.db.activity.update({ where: { id }, data: { hasSecretPlace: true } })

  await approveAs(its, slug, coordinator)
  t.match(await answersNow(its.db, slug), { venue: 'Rose House', secret_place: 'yes' })
})

t.test('an address that names the venue keeps a draft from being published, and is said of what is published', async t => {
  const { its, activity, headers, edit } = await anEditor(t, { slug: 'evening-at-rose-house' })
  t.match(perceived(await edit({ secret_place: 'yes' })).text, 'The address of its page still names the venue.')

  await its.db.activity.update({ where: { id: activity.id }, data: { status: 'draft', hasSecretPlace: true } })
  const url = `/staff/activities/${activity.slug}/publish`
  t.match(perceived(await its.app.inject({ url, headers })).text, 'Its address names the venue')
  await post(its.app, url, {}, headers)
  t.equal((await its.db.activity.findUniqueOrThrow({ where: { id: activity.id } })).status, 'draft')
})

t.test('why it is cancelled does not name a secret place', async t => {
  const { its, activity, headers, now } = await anEditor(t, { hasSecretPlace: true })
  const url = `/staff/activities/${activity.slug}/cancellation`
  const form = filledIn((await its.app.inject({ url, headers })).body)

  const refused = await post(its.app, url, { ...form, reason: 'Rose House is flooded.' }, headers)
  t.equal(refused.statusCode, 400)
  t.match(perceived(refused).errors, [{ sentence: /The reason must not name the venue/ }])
  t.equal((await now()).status, 'published')
  t.equal((await post(its.app, url, { ...form, reason: 'The hall is flooded.' }, headers)).statusCode, 303)
})
