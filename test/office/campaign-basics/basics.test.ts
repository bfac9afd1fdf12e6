import { DateTime } from 'luxon'
import fc from 'fast-check'
import t from 'tap'
import type { Test } from 'tap'
import { basicsDraft, isOutside } from '../../../src/office/campaign-basics/basics.ts'
import { changeBasics } from '../../../src/office/campaign-basics/commands.ts'
import { findBasics } from '../../../src/office/campaign-basics/queries.ts'
import { confirming } from '../../support/confirming.ts'
import { filledIn } from '../../support/filled-in.ts'
import { perceived, post, service } from '../../support/service.ts'
import { organiser, signedIn } from '../../support/staff.ts'
import { aBooking, aCampaign, anActivity, announced, noon, warm, world } from '../../support/world.ts'

const url = '/staff/campaigns/week/basics'

async function context (t: Test, given: object = {}) {
  const its = await service(t)
  const campaign = await aCampaign(its.db, {
    slug: 'week',
    title: 'Know who your friends are',
    partnership: 'Bolton partnership',
    firstDay: new Date('2026-11-30'),
    lastDay: new Date('2026-12-06'),
    kind: 'week-of-action',
    ...given
  })
  const { headers, member } = await signedIn(its.app, its.db, { role: 'organiser' })
  const form = async (given: Record<string, string>) =>
    ({ ...filledIn((await its.app.inject({ url, headers })).body), ...given })
  const basics = async () => await findBasics(its.db, campaign.id)
  return { ...its, campaign, headers, member, form, basics }
}

/** The form of the page that says what follows, as its button sends it. */
function confirmedIn (body: string): Record<string, string> {
  return Object.fromEntries([...body.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)]
    .map(([, name = '', value = '']) => [name, value.replaceAll('&quot;', '"').replaceAll('&amp;', '&')]))
}

t.test('other dates are saved once it is read what the page says and which activities are outside', async t => {
  const { app, db, campaign, headers, member, form, basics } = await context(t)
  const on = (days: number) => ({
    startsAt: noon.plus({ days }).toJSDate(), endsAt: noon.plus({ days, hours: 1 }).toJSDate(), campaignId: campaign.id
  })
  await anActivity(db, { ...on(8), title: 'Inside' })
  await anActivity(db, { ...on(7), title: 'Too early' })
  await anActivity(db, { ...on(14), title: 'Called off', status: 'cancelled' })
  await anActivity(db, { ...on(7), title: 'Night patrol', visibility: 'operational' })

  const asked = await post(app, url, await form({ first_day: '2026-12-01', last_day: '2026-12-05' }), headers)

  const { h1, text } = perceived(asked)
  t.equal(h1, 'Do you want to save this change?')
  t.match(text, 'Its page says: Tuesday 1 to Saturday 5 December 2026.')
  t.match(text, '1 activity is outside the new dates. No activity moves by itself')
  t.match(text, 'Outside the new dates: “Too early”, Monday 30 November 2026, midday to 1pm.')
  for (const title of ['Inside', 'Called off', 'Night patrol']) t.notMatch(text, title)
  t.match(await basics(), { firstDay: '2026-11-30' }, 'nothing is saved yet')

  const saved = await post(app, url, confirmedIn(asked.body), headers)
  t.match(saved, { statusCode: 303, headers: { location: `${url}?done=saved` } })
  t.match(await basics(), { firstDay: '2026-12-01', lastDay: '2026-12-05', kind: 'week-of-action' })
  t.match(await db.auditEntry.findMany({ where: { action: 'campaign.basics-changed' } }), [
    { staffMemberId: member.id, subject: 'week', details: { firstDay: ['2026-11-30', '2026-12-01'] } }
  ])
  t.equal((await post(app, url, confirmedIn(asked.body), headers)).statusCode, 303, 'a second press')
  t.equal(await db.auditEntry.count({ where: { action: 'campaign.basics-changed' } }), 1)
})

t.test('who has the old name in a calendar is counted, nobody is emailed, and who books meanwhile is read too', async t => {
  const { app, db, campaign, headers, form, basics } = await context(t)
  const { id } = await anActivity(db, { campaignId: campaign.id })
  await aBooking(db, id)
  await aBooking(db, id, { status: 'waiting' })

  const asked = await post(app, url, await form({ partnership: 'Greater Manchester partnership' }), headers)
  t.match(perceived(asked).text, 'Our pages, and emails from now on, say “Greater Manchester partnership”.')
  t.match(perceived(asked).text, /1 person has “Bolton partnership” in a calendar of their own\. Nobody is emailed/)
  await aBooking(db, id)
  const changed = await post(app, url, confirmedIn(asked.body), headers)
  t.match(perceived(changed).text, 'Something has changed while you were reading')
  t.match(perceived(changed).text, '2 people have “Bolton partnership”')
  t.match(await basics(), { partnership: 'Bolton partnership' })

  t.equal((await post(app, url, confirmedIn(changed.body), headers)).statusCode, 303)
  t.match(await basics(), { partnership: 'Greater Manchester partnership' })
  t.match(perceived(await app.inject('/campaigns/week')).text, 'Run by Greater Manchester partnership')
  t.match((await app.inject('/calendar/week.ics')).body, 'Online workshop – Greater Manchester partnership')
  t.strictSame(await announced(db, 'booking.changed'), [])
})

t.test('calendars that show the title do not carry the name, so nobody is counted', async t => {
  const { app, db, campaign, headers, form } = await context(t, { discreet: false })
  await aBooking(db, (await anActivity(db, { campaignId: campaign.id })).id)
  const asked = await post(app, url, await form({ partnership: 'Another' }), headers)
  t.match(perceived(asked).text, 'say “Another”')
  t.notMatch(perceived(asked).text, 'calendar of their own')
})

t.test('what nobody knows of is saved at once; its kind is on its page', async t => {
  const { app, db, campaign, headers, form, basics } = await context(t)
  t.equal((await post(app, url, await form({ kind: 'programme', first_day: '', last_day: '' }), headers)).statusCode, 303)
  t.strictSame(await basics(), { kind: 'programme', partnership: 'Bolton partnership', firstDay: undefined, lastDay: undefined })

  await anActivity(db, { campaignId: campaign.id })
  const asked = await post(app, url, await form({ kind: 'week-of-action', first_day: '2026-11-30' }), headers)
  t.match(perceived(asked).text, 'Its page calls it “Week of action”, not “Campaign”. Its page says: Monday 30 November to Sunday 6 December 2026.')
})

t.test('of two who change it the second compares and loses nothing typed; bad input gets its sentence', async t => {
  const { app, headers, form, basics } = await context(t)
  const [first, second] = [await form({ partnership: 'Theirs' }), await form({ partnership: 'Mine' })]
  await post(app, url, first, headers)
  const stale = await post(app, url, second, headers)
  t.equal(stale.statusCode, 409)
  t.match(perceived(stale).text, 'Who runs it There now Theirs Yours Mine')
  t.equal((await post(app, url, filledIn(stale.body), headers)).statusCode, 303)
  t.match(await basics(), { partnership: 'Mine' })

  for (const [given, field, sentence] of [
    [{ kind: 'party' }, 'kind', 'Select what it is'],
    [{ partnership: ' ' }, 'partnership', 'Enter who runs it'],
    [{ first_day: '2026-02-30' }, 'first_day', 'First day must be a day, like 2026-12-01'],
    [{ first_day: '' }, 'first_day', 'Enter the first day as well'],
    [{ last_day: '2026-11-29' }, 'last_day', 'Last day must not be before the first day']
  ] as const) {
    const answer = await post(app, url, await form(given), headers)
    t.equal(answer.statusCode, 400)
    t.match(perceived(answer).errors, [{ field, sentence }])
  }
})

t.test('ten changes at once from the same page are one change', async t => {
  const { db } = await world(t)
  const { slug, id } = await aCampaign(db)
  const before = await findBasics(db, id)
  await warm(db)
  const versionHash = basicsDraft.versionHash(before)
  const change = async (partnership: string) => await confirming(async confirmed => {
    await changeBasics(db, { slug, versionHash, confirmed }, { ...before, partnership }, organiser, noon)
  })
  const outcomes = await Promise.allSettled(Array.from({ length: 10 }, async (_, n) => { await change(`${n}`) }))
  t.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
})

t.test('an activity is outside if one of its days is, by the clocks where it is', async t => {
  const week = { firstDay: '2026-03-23', lastDay: '2026-03-29' }
  const at = (text: string) => DateTime.fromISO(text, { zone: 'Europe/London' }).toUTC() as DateTime<true>
  const times = (from: string, to: string) => ({ startsAt: at(from), endsAt: at(to), zone: 'Europe/London' })
  t.notOk(isOutside(times('2026-03-23T00:00', '2026-03-30T00:00'), week), 'all of it, to its last midnight, in summer time')
  t.ok(isOutside(times('2026-03-22T23:59', '2026-03-23T10:00'), week))
  t.ok(isOutside(times('2026-03-29T23:00', '2026-03-30T00:01'), week))
  t.notOk(isOutside(times('1999-01-01T00:00', '2099-01-01T00:00'), { firstDay: undefined, lastDay: undefined }))

  const days = fc.integer({ min: -400, max: 400 })
  fc.assert(fc.property(days, days, (start, length) => {
    const startsAt = at('2026-03-23T12:00').plus({ days: start })
    const activity = { startsAt, endsAt: startsAt.plus({ days: Math.abs(length), hours: 1 }), zone: 'Europe/London' }
    t.equal(isOutside(activity, week), start < 0 || start + Math.abs(length) > 6)
  }))
})
