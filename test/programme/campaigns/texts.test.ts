import t from 'tap'
import type { Test } from 'tap'
import { textsDraft } from '../../../src/programme/campaigns/texts.ts'
import { changeTexts } from '../../../src/programme/campaigns/commands.ts'
import { findEditedCampaign } from '../../../src/programme/campaigns/queries.ts'
import { outdatedWords } from '../../../src/programme/campaigns/wording.ts'
import { perceived, post, service } from '../../support/service.ts'
import { anAgency, organiser, signedIn } from '../../support/staff.ts'
import { aBooking, aCampaign, anActivity, noon, warm, world } from '../../support/world.ts'

async function context (t: Test) {
  const its = await service(t)
  const campaign = await aCampaign(its.db, { slug: 'its-not-ok', districts: ['Allerdale', 'Eden'], summary: 'As it was.' })
  return { ...its, ...await signedIn(its.app, its.db, { role: 'organiser' }), campaign, url: '/staff/campaigns/its-not-ok' }
}

/** The form with its current values, some of them changed. */
function aForm (body: string, given: Record<string, string> = {}): Record<string, string> {
  return {
    title: 'It’s Not OK',
    strapline: '',
    summary: 'As it was.',
    area: '',
    hashtags: '',
    accounts: '',
    districts: 'Allerdale\nEden',
    privacyNotice: '',
    discreet: 'on',
    daysUntilErasure: '30',
    edition: /name="edition" value="(\w+)"/.exec(body)?.[1] ?? '',
    ...given
  }
}

t.test('what an organiser writes is on the campaign’s page at once, and in the trail with what from and to', async t => {
  const { app, db, headers, member, campaign, url } = await context(t)
  await anActivity(db, { campaignId: campaign.id })
  const { body } = await app.inject({ url, headers })
  const form = aForm(body, { summary: 'One\r\n\r\nTwo', hashtags: 'itsnotokay\n#CSE', districts: 'Allerdale\r\n\r\n Eden \nCopeland', privacyNotice: 'We run it.', discreet: 'off', daysUntilErasure: '0' })

  const answer = await post(app, url, form, headers)
  const again = await post(app, url, form, headers)

  t.strictSame([answer.statusCode, again.statusCode], [303, 303])
  t.match(perceived(await app.inject('/campaigns/its-not-ok')).text, /It’s Not OK Run by .* One Two .*Allerdale, Eden, Copeland Follow it #itsnotokay #CSE.*We run it\./)
  t.match(await findEditedCampaign(db, 'its-not-ok'), { districts: ['Allerdale', 'Eden', 'Copeland'], discreet: false, daysUntilErasure: 0 })
  t.match(await db.auditEntry.findMany({ where: { action: 'campaign.changed' } }), [{
    staffMemberId: member.id, subject: 'its-not-ok', details: { summary: ['As it was.', 'One\n\nTwo'], discreet: ['true', 'false'], daysUntilErasure: ['30', '0'] }
  }])
  t.equal(await db.auditEntry.count({ where: { action: 'campaign.changed' } }), 1)
})

t.test('bad input gets a sentence beside its field, and what was typed stays', async t => {
  const { app, db, headers, url } = await context(t)
  const { body } = await app.inject({ url, headers })
  const cases: Array<[string, Record<string, string>, string, string | RegExp]> = [
    ['no title', { title: ' ' }, 'title', 'Enter a title'],
    ['a long title', { title: 'x'.repeat(201) }, 'title', 'Title must be 200 characters or fewer'],
    ['a title of two lines', { title: 'a\nb' }, 'title', 'Title must be on one line'],
    ['a long summary', { summary: 'x'.repeat(5001) }, 'summary', 'Summary must be 5,000 characters or fewer'],
    ['a long strapline', { strapline: 'x'.repeat(151) }, 'strapline', 'Strapline must be 150 characters or fewer'],
    ['an area of two lines', { area: 'a\nb' }, 'area', 'Area must be on one line'],
    ['a mobile number', { summary: 'Call Pat on 07700 900123' }, 'summary', 'Summary must not have a mobile number in it: it may be one person’s own. Give the number of a team or an office'],
    ['no account', { accounts: 'https://www.facebook.com/' }, 'accounts', /^Accounts must be whole addresses, one a line, like https:\/\/www\.facebook\.com\/notokayGM\. We know Facebook, .* and Nextdoor$/],
    ['no hashtag', { hashtags: 'its not okay' }, 'hashtags', 'Hashtags must be letters and digits without spaces, one a line'],
    ['a district twice', { districts: 'Eden\neden' }, 'districts', 'Districts must not name one twice'],
    ['many districts', { districts: Array.from({ length: 51 }, (_, n) => n).join('\n') }, 'districts', 'Districts must be 50 lines or fewer'],
    ['a long notice', { privacyNotice: 'x'.repeat(10_001) }, 'privacyNotice', 'Privacy notice must be 10,000 characters or fewer'],
    ['neither on nor off', { discreet: 'maybe' }, 'discreet', 'Select whether wording is discreet'],
    ['too many days', { daysUntilErasure: '3651' }, 'daysUntilErasure', 'Days until details are deleted must be a whole number from 0 to 3,650'],
    ['no days', { daysUntilErasure: '' }, 'daysUntilErasure', 'Days until details are deleted must be a whole number from 0 to 3,650'],
    ['an unknown field', { slug: 'x' }, 'form', 'This form has no field “slug”. Load the page again and fill it in once more.']
  ]

  for (const [what, given, field, sentence] of cases) {
    const answer = await post(app, url, aForm(body, { privacyNotice: 'A notice of ours', ...given }), headers)
    const page = perceived(answer)
    t.equal(answer.statusCode, 400, what)
    t.match(page.errors, [{ field, sentence }], what)
    t.equal(page.errors.length, 1, what)
    t.ok(page.has(field), `${what}: the link leads somewhere`)
    if (given.privacyNotice === undefined) t.match(page.text, 'A notice of ours', what)
  }
  t.match(await findEditedCampaign(db, 'its-not-ok'), { summary: 'As it was.', privacyNotice: '' })
})

t.test('a district in which something is still to come goes only after someone has said so', async t => {
  const { app, db, headers, campaign, url } = await context(t)
  const { id } = await anActivity(db, { campaignId: campaign.id, district: 'Eden' })
  await aBooking(db, id, { district: 'Eden' })
  await aBooking(db, id, { district: 'Eden', status: 'cancelled' })
  await anActivity(db, { campaignId: campaign.id, district: 'Allerdale', startsAt: noon.minus({ days: 2 }).toJSDate(), endsAt: noon.minus({ days: 1 }).toJSDate() })
  const form = aForm((await app.inject({ url, headers })).body, { districts: '' })

  const asked = await post(app, url, form, headers)
  const kept = await findEditedCampaign(db, 'its-not-ok')
  const other = await post(app, url, { ...form, without: 'Allerdale' }, headers)
  const meant = await post(app, url, { ...form, without: /name="without" type="checkbox" value="(\w+)"/.exec(asked.body)?.[1] ?? '' }, headers)

  t.equal(asked.statusCode, 409)
  t.match(perceived(asked).errors, [{ field: 'inUse', sentence: /^Something is still to come in districts that you are removing/ }])
  t.ok(perceived(asked).has('inUse'))
  t.match(perceived(asked).text, /Eden: 1 activity and 1 booking Remove these/)
  t.strictSame(kept?.districts, ['Allerdale', 'Eden'])
  t.equal(other.statusCode, 409, 'another district was meant')
  t.equal(meant.statusCode, 303)
  t.strictSame((await findEditedCampaign(db, 'its-not-ok'))?.districts, [])
})

t.test('of two who edit one campaign at once the second compares and loses nothing typed', async t => {
  const { app, db, headers, url } = await context(t)
  const { body } = await app.inject({ url, headers })

  await post(app, url, aForm(body, { summary: 'Theirs' }), headers)
  const second = await post(app, url, aForm(body, { summary: 'Mine' }), headers)
  const third = await post(app, url, aForm(second.body, { summary: 'Mine' }), headers)

  t.equal(second.statusCode, 409)
  t.match(perceived(second).text, 'What is different Summary There now Theirs Yours Mine')
  t.match(second.body, /name="summary"[^>]*>Mine</)
  t.equal(third.statusCode, 303)
  t.match(await findEditedCampaign(db, 'its-not-ok'), { summary: 'Mine' })
})

t.test('ten changes at once from the same page are one change', async t => {
  const { db } = await world(t)
  const { slug } = await aCampaign(db)
  const texts = await findEditedCampaign(db, slug)
  if (texts === undefined) throw new Error('It has just been made.')
  await warm(db)

  const outcomes = await Promise.allSettled(Array.from({ length: 10 }, async (_, n) =>
    await changeTexts(db, { slug, versionHash: textsDraft.versionHash(texts), without: [] }, { ...texts, summary: `${n}` }, organiser, noon)))

  t.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
})

t.test('words that are not said any more are named with better ones, and refused by nobody', async t => {
  const { app, headers, url } = await context(t)
  const { body } = await app.inject({ url, headers })

  const answer = await post(app, url, aForm(body, { summary: 'Anyone Under 19 and Sexting', privacyNotice: 'A lifestyle choice' }), headers)
  const { text } = perceived(await app.inject({ url, headers }))

  t.equal(answer.statusCode, 303)
  t.match(text, 'We no longer use these words. You can still save them.')
  t.match(text, /Summary: “sexting”\. Better: “sharing nudes”.*Summary: “under 19”.*Privacy notice: “lifestyle choice”/)
  t.strictSame(outdatedWords('Child sexual abuse material. Under 18. A choice. Sextingham.'), [])
  t.strictSame(outdatedWords('child porn, child pornography, child prostitutes, sex slaves, promiscuous, putting themselves at risk').map(({ says }) => says),
    ['child porn', 'child pornography', 'child prostitutes', 'promiscuous', 'putting themselves at risk', 'sex slaves'])
})

t.test('admins and the partnership’s organisers edit campaigns, no one else; an unknown one is not found', async t => {
  const { app, db, url, headers } = await context(t)
  const { id: agencyId } = await anAgency(db)

  for (const [role, agency, allowed] of [['admin', null, true], ['organiser', null, true], ['organiser', agencyId, false], ['staff', null, false]] as const) {
    const { headers } = await signedIn(app, db, { role, agencyId: agency })
    t.equal((await app.inject({ url, headers })).statusCode, allowed ? 200 : 403)
    t.equal((await app.inject({ url: '/staff/campaigns', headers })).statusCode, allowed ? 200 : 403)
    if (!allowed) t.equal((await post(app, url, {}, headers)).statusCode, 403)
    t.equal((await app.inject({ url: '/staff', headers })).body.includes('href="/staff/campaigns"'), allowed)
  }
  for (const slug of ['none', '%00', 'A', 'x'.repeat(201)]) {
    t.equal((await app.inject({ url: `/staff/campaigns/${slug}`, headers })).statusCode, 404, slug.slice(0, 9))
  }
})

/** A campaign with bookings: two for a coming activity, one for an activity that ended 20 days ago. */
async function promised (t: Test) {
  const its = await context(t)
  const { db, campaign: { id: campaignId } } = its
  const toCome = await anActivity(db, { campaignId })
  const over = await anActivity(db, {
    campaignId, startsAt: noon.minus({ days: 21 }).toJSDate(), endsAt: noon.minus({ days: 20 }).toJSDate()
  })
  const cancelled = await aBooking(db, toCome.id, { status: 'cancelled' })
  const theirs = [await aBooking(db, toCome.id), cancelled, await aBooking(db, over.id)]
  const days = async () => await Promise.all(theirs.map(async ({ id }) =>
    (await db.booking.findUniqueOrThrow({ where: { id } })).eraseOn.toISOString().slice(0, 10)))
  const before = ['2026-12-31', '2026-12-31', '2026-12-03']
  const { app, headers, url } = its
  const { body } = await app.inject({ url, headers })
  const edition = /name="edition" value="(\w+)"/.exec(body)?.[1] ?? ''
  const form = (given: Record<string, string>) => aForm(body, { edition, ...given })
  const confirmedIn = ({ body }: { body: string }) => /name="confirmed" value="([^"]+)"/.exec(body)?.[1] ?? ''
  return { ...its, toCome, days, before, form, confirmedIn }
}

t.test('fewer days are saved once it is read whose details go sooner, from when, and who goes tonight', async t => {
  const { app, headers, url, days, before, form, confirmedIn } = await promised(t)

  const given = { daysUntilErasure: '10', title: 'Another title' }
  const asked = await post(app, url, form(given), headers)

  const { h1, text } = perceived(asked)
  t.equal(h1, 'Do you want to save this change?')
  t.match(text, 'The details of 3 people are deleted sooner than we told them, the first on 13 November 2026.')
  t.match(text, 'The details of 1 person are deleted in the coming night. This cannot be undone.')
  t.strictSame(await days(), before, 'nothing is saved yet')
  const saved = await post(app, url, form({ ...given, confirmed: confirmedIn(asked) }), headers)
  t.equal(saved.statusCode, 303)
  t.strictSame(await days(), ['2026-12-11', '2026-12-11', '2026-11-13'])
})

t.test('more days are for people who book from then on, and that is read too', async t => {
  const { app, db, headers, url, toCome, days, before, form, confirmedIn } = await promised(t)

  const asked = await post(app, url, form({ daysUntilErasure: '60' }), headers)
  t.match(perceived(asked).text, '3 people who have booked keep the day that they were told. ' +
    'Only people who book from now on have the new number of days.')
  await aBooking(db, toCome.id)
  const changed = await post(app, url, form({ daysUntilErasure: '60', confirmed: confirmedIn(asked) }), headers)
  t.match(perceived(changed).text, 'Something has changed while you were reading')
  const saved = await post(app, url, form({ daysUntilErasure: '60', confirmed: confirmedIn(changed) }), headers)

  t.equal(saved.statusCode, 303)
  t.strictSame(await days(), before)
  t.match(await db.campaign.findFirst({ where: { slug: 'its-not-ok' } }), { daysUntilErasure: 60 })
})
