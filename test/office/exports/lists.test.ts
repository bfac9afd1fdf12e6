import { parse } from 'csv-parse/sync'
import readWorkbook from 'read-excel-file/node'
import t from 'tap'
import type { Test } from 'tap'
import { buildApp } from '../../../src/app.ts'
import type { Db } from '../../../src/platform/database/connect.ts'
import { mostActivities } from '../../../src/office/exports/schema.ts'
import { openSnapshots } from '../../../src/platform/database/snapshots.ts'
import { partsOf, perceived, post, service } from '../../support/service.ts'
import { anAgency, signedIn } from '../../support/staff.ts'
import { aBooking, aCampaign, anActivity, noon, world } from '../../support/world.ts'

/** Parses a list as a spreadsheet does. */
function rowsOf (csv: string): Array<Record<string, string>> {
  return parse(csv, { bom: true, columns: true })
}

/** A form as a browser sends it; a field may be chosen several times. */
function filled (fields: Record<string, string | string[]>): string {
  return new URLSearchParams(Object.entries(fields).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => [name, value]))).toString()
}

const asked = { columns: ['name', 'phone', 'places', 'booked_at'], format: 'csv', why: 'contact' }

/** The values of the boxes that are ticked. */
function ticked (html: string): string[] {
  return [...html.matchAll(/<input class="govuk-checkboxes__input"[^>]*value="([^"]+)"[^>]*checked/g)].map(([, value = '']) => value)
}

async function exported (db: Db) {
  return await db.auditEntry.findMany({ where: { action: 'attendees.exported' }, orderBy: { id: 'asc' } })
}

/** A workshop with three people, of whom one waits. */
async function aWorkshop (t: Test, role = 'organiser') {
  const its = await service(t)
  const activity = await anActivity(its.db, { title: 'Tea & talk' })
  const anne = { name: 'Anne Kirkbride', phone: '+44 7700 900982', accessNeeds: 'Captions', question: 'Is it recorded?' }
  await aBooking(its.db, activity.id, { ...anne, places: 2 })
  await aBooking(its.db, activity.id, { name: 'Łucja van der Berg' })
  await aBooking(its.db, activity.id, { name: 'Wanda Waits', status: 'waiting' })
  const { headers, member } = await signedIn(its.app, its.db, { role })
  return { ...its, activity, headers, member, at: `/staff/activities/${activity.slug}/list` }
}

t.test('a page says who is in a list, and offers the columns that most need, but not the needs', async t => {
  const { app, headers, at } = await aWorkshop(t)

  const page = await app.inject({ url: `${at}?status=confirmed`, headers })

  t.equal(page.statusCode, 200)
  t.match(perceived(page).text, /Download a list.*Who Confirmed Change who is in it How many 2 people/)
  t.match(perceived(page).text, /Excel workbook \(XLSX\).*CSV.*Why do you need this list\?.*To check people in on the day/)
  t.strictSame(ticked(page.body), [
    'reference', 'name', 'email', 'phone', 'status', 'places', 'role', 'district', 'booked_at', 'attended', 'activity', 'starts', 'place'
  ])
})

t.test('the list has the chosen columns in their order, and who took it and why is recorded', async t => {
  const { app, db, headers, member, activity, at } = await aWorkshop(t)

  const answer = await post(app, `${at}?status=confirmed`, filled({ ...asked, columns: ['booked_at', 'phone', 'name', 'places'] }), headers)

  t.equal(answer.statusCode, 200)
  t.equal(answer.headers['content-disposition'], `attachment; filename="attendees-${activity.slug}-2026-11-23.csv"`)
  t.strictSame(rowsOf(answer.body), [
    { name: 'Anne Kirkbride', phone: '07700 900982', places: '2', booked_at: '2026-11-23 12:00' },
    { name: 'Łucja van der Berg', phone: '', places: '1', booked_at: '2026-11-23 12:00' }
  ])
  const [entry, ...others] = await exported(db)
  t.strictSame(others, [])
  t.match(entry, { staffMemberId: member.id, subject: activity.slug })
  t.strictSame(entry?.details, {
    rows: 2, columns: ['name', 'phone', 'places', 'booked_at'], format: 'csv', why: 'To call or email people', who: 'Confirmed'
  })
})

t.test('whoever has to show again who they are comes back to what they chose, and gets no list before', async t => {
  let now = noon
  const { app, db } = await service(t, { clock: () => now })
  const { id, slug } = await anActivity(db)
  await aBooking(db, id)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const fields = filled({ columns: ['name', 'phone'], format: 'csv', why: 'other', why_other: 'For Zoë' })

  for (const at of [`/staff/activities/${slug}/list?status=confirmed`, `/staff/lists/new?activity=${slug}`]) {
    now = noon.plus({ minutes: 15 })
    const answer = await post(app, at, fields, headers)
    t.equal(answer.statusCode, 303)
    const back = new URL(String(answer.headers.location), 'http://x').searchParams.get('to') ?? ''
    t.match(back, at, 'the way back')
    t.notMatch(decodeURIComponent(back), 'Zoë', 'what they typed is in no address')
    now = noon
    const page = await app.inject({ url: back, headers })

    t.equal(page.statusCode, 200)
    t.strictSame(ticked(page.body), ['name', 'phone'])
    t.match(page.body, /value="csv"[^>]* checked/)
    t.match(page.body, /value="other"[^>]* checked/)
    t.match(page.body, 'value="For Zoë"')
    t.equal((await app.inject({ url: `${at}&choices=1.forged`, headers })).statusCode, 200)
  }
  t.strictSame(await exported(db), [])
})

t.test('what someone chose is ticked the next time, for them alone', async t => {
  const { app, db, headers, at } = await aWorkshop(t)
  await post(app, at, filled({ ...asked, columns: ['name', 'access_needs'] }), headers)
  const last = await db.lastList.findMany()
  // A script's list is no choice of theirs, and does not take the place of theirs.
  await app.inject({ url: at.replace(/list$/, 'attendees.xlsx'), headers })
  t.strictSame(await db.lastList.findMany(), last)

  const page = await app.inject({ url: at, headers })
  t.strictSame(ticked(page.body), ['name', 'access_needs'])
  t.match(page.body, /value="csv"[^>]* checked/)

  const other = await signedIn(app, db)
  t.ok(ticked((await app.inject({ url: at, headers: other.headers })).body).length > 5)
})

t.test('a workbook has the same values, real moments, and a sheet that says what it is', async t => {
  const { app, headers, member, at } = await aWorkshop(t)
  const columns = ['name', 'phone', 'access_needs', 'booked_at', 'given_names', 'surname', 'activity', 'starts', 'place']

  const answer = await post(app, `${at}?status=confirmed`, filled({ ...asked, columns, format: 'xlsx', why: 'door' }), headers)

  t.equal(answer.headers['content-type'], 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
  const [list, about] = await readWorkbook(answer.rawPayload)
  const [booked, starts] = [new Date('2026-11-23T12:00Z'), new Date('2026-12-01T18:00Z')]
  t.strictSame(list?.data, [
    ['Name', 'Phone', 'Access needs', 'Booked', 'Given names', 'Surname', 'Activity', 'Starts', 'Place'],
    ['Anne Kirkbride', '+44 7700 900982', 'Captions', booked, 'Anne', 'Kirkbride', 'Tea & talk', starts, 'Online'],
    ['Łucja van der Berg', null, null, booked, 'Łucja', 'van der Berg', 'Tea & talk', starts, 'Online']
  ])
  t.strictSame(about?.data.slice(0, -1), [
    ['Activity', 'Tea & talk'], ['When', 'Tuesday 1 December 2026, 6pm to 6:30pm'], ['Where', 'Online, on Microsoft Teams'],
    ['Who', 'Confirmed'], ['How many', '2 people'], ['Made', `Monday 23 November 2026 at midday, by ${member.name}`],
    ['Why', 'To check people in on the day']
  ])
})

t.test('a form filled in wrongly gets a sentence for each mistake, and no list', async t => {
  const { app, db, headers, at } = await aWorkshop(t)
  const cases: Array<[change: Record<string, string | string[]>, field: string, sentence: string]> = [
    [{ columns: [] }, 'columns', 'Select at least one column'],
    [{ columns: ['name', 'canonical_email'] }, 'columns', 'Select columns from those on the page'],
    [{ format: [] }, 'format', 'Select a format'],
    [{ format: 'exe' }, 'format', 'Select a format'],
    [{ why: [] }, 'why', 'Select why you need this list'],
    [{ why: 'other' }, 'why_other', 'Say why you need this list'],
    [{ why: 'other', why_other: 'x'.repeat(201) }, 'why_other', 'Why you need it must be 200 characters or fewer'],
    [{ more: 'x' }, 'form', 'This form has no field “more”. Load the page again and fill it in once more.']
  ]
  for (const [change, field, sentence] of cases) {
    const answer = await post(app, at, filled({ ...asked, ...change }), headers)
    t.equal(answer.statusCode, 400, sentence)
    t.equal(answer.headers['content-type'], 'text/html; charset=utf-8')
    t.strictSame(perceived(answer).errors, [{ field, sentence }])
    t.equal(answer.headers['content-disposition'], undefined)
  }
  t.strictSame(await exported(db), [])

  const wrong = await app.inject({ url: `${at}?status=gone`, headers })
  t.equal(wrong.statusCode, 400)
  t.match(perceived(wrong).errors, [{ sentence: 'Select a status from those on the page' }])
})

t.test('another reason is recorded in its words', async t => {
  const { app, db, headers, at } = await aWorkshop(t)

  await post(app, at, filled({ ...asked, why: 'other', why_other: 'Name badges' }), headers)

  t.match((await exported(db))[0]?.details, { why: 'Something else: Name badges', who: 'Everyone' })
})

t.test('staff get no phones, needs and questions in a list, however they ask', async t => {
  const { app, db, headers, at } = await aWorkshop(t, 'staff')

  const page = await app.inject({ url: at, headers })
  t.notMatch(page.body, /value="(?:phone|access_needs|question)"/)
  t.match(perceived(page).text, /Phone, Access needs, Question: only organisers can have these in a list/)

  const asking = await post(app, at, filled({ ...asked, columns: ['name', 'phone'] }), headers)
  t.equal(asking.statusCode, 400)
  t.strictSame(perceived(asking).errors, [{ field: 'columns', sentence: 'Select columns from those on the page' }])

  const { body } = await app.inject({ url: at.replace(/list$/, 'attendees.csv'), headers })
  t.match(rowsOf(body)[0], { name: 'Anne Kirkbride', phone: '', access_needs: '', question: '' })
  const { rawPayload } = await app.inject({ url: at.replace(/list$/, 'attendees.xlsx'), headers })
  t.notMatch((await readWorkbook(rawPayload))[0]?.data[0], ['Phone'])
  for (const { details } of await exported(db)) t.notMatch(JSON.stringify(details), /phone|access_needs|question/)
})

t.test('staff get no list of those who need something, asked something or have a phone number, however they ask', async t => {
  const { app, db, headers, at, activity } = await aWorkshop(t, 'staff')
  const search = async (search: string) => {
    const { headers: { location } } = await post(app, at.replace(/list$/, 'attendees'), { search }, headers)
    return String(location).split('?')[1] ?? ''
  }
  const telling = ['need=yes', 'question=asked', 'question=open', await search('07700')]
  const sentence = 'Only organisers can have a list of people found by their access need, question or phone number. You can see these people on the page.'
  for (const which of telling) {
    const answers = [
      await app.inject({ url: `${at}?${which}`, headers }),
      await post(app, `${at}?${which}`, filled({ ...asked, columns: ['name'] }), headers),
      await app.inject({ url: at.replace(/list$/, `attendees.csv?${which}`), headers }),
      await app.inject({ url: at.replace(/list$/, `attendees.xlsx?${which}`), headers }),
      await app.inject({ url: `/staff/lists/new?activity=${activity.slug}&${which}`, headers }),
      await post(app, `/staff/lists/new?activity=${activity.slug}&${which}`, filled({ ...asked, columns: ['name'] }), headers)
    ]
    for (const answer of answers) {
      t.equal(answer.statusCode, 403, which)
      t.match(perceived(answer).text, sentence)
      t.equal(answer.headers['content-disposition'], undefined)
    }
  }
  t.strictSame(await exported(db), [])

  t.equal((await app.inject({ url: `${at}?${await search('kirkbride')}`, headers })).statusCode, 200)
  const organiser = await signedIn(app, db, { role: 'organiser' })
  for (const which of telling) {
    t.equal((await app.inject({ url: `${at}?${which}`, headers: organiser.headers })).statusCode, 200, which)
  }
})

t.test('what someone searched for is neither recorded nor in the list', async t => {
  const { app, db, headers, at, activity } = await aWorkshop(t)
  const found = await post(app, `/staff/activities/${activity.slug}/attendees`, { search: 'kirkbride' }, headers)
  const address = String(found.headers.location).split('?')[1] ?? ''

  const page = await app.inject({ url: `${at}?${address}`, headers })
  t.match(perceived(page).text, /Found by a search “kirkbride” Change who is in it How many 1 person/)
  const answer = await post(app, `${at}?${address}`, filled({ ...asked, format: 'xlsx' }), headers)

  t.strictSame((await readWorkbook(answer.rawPayload))[0]?.data.length, 2)
  t.notMatch(JSON.stringify((await readWorkbook(answer.rawPayload))[1]), /kirkbride/)
  t.match((await exported(db))[0]?.details, { who: 'Found by a search', rows: 1 })
  t.notMatch(JSON.stringify(await db.lastList.findMany()), /kirkbride|q=/)
})

t.test('the waiting list comes in its turn, with everyone’s', async t => {
  const { app, db, headers, activity, at } = await aWorkshop(t)
  await db.booking.deleteMany({})
  const waits = { status: 'waiting' }
  await aBooking(db, activity.id, { ...waits, name: 'Second' })
  await aBooking(db, activity.id, { ...waits, name: 'First', priority: 1 })
  await aBooking(db, activity.id, { ...waits, name: 'Third', role: 'carer' })
  await aBooking(db, activity.id, { name: 'Comes' })
  const address = `${at}?status=waiting&sort=turn`

  t.ok(ticked((await app.inject({ url: address, headers })).body).includes('turn'))
  const all = await post(app, address, filled({ ...asked, columns: ['name', 'turn'] }), headers)
  const one = await post(app, `${address}&role=carer`, filled({ ...asked, columns: ['name', 'turn'] }), headers)

  t.strictSame(rowsOf(all.body), [{ name: 'First', turn: '1' }, { name: 'Second', turn: '2' }, { name: 'Third', turn: '3' }])
  t.strictSame(rowsOf(one.body), [{ name: 'Third', turn: '3' }], 'their turn is among all who wait')
})

t.test('a list for scripts takes the same filter, and has its own columns', async t => {
  const { app, db, headers, at } = await aWorkshop(t)

  const { body } = await app.inject({ url: at.replace(/list$/, 'attendees.csv?status=waiting'), headers })
  const { rawPayload } = await app.inject({ url: at.replace(/list$/, 'attendees.xlsx?sort=name'), headers })

  t.strictSame(rowsOf(body).map(({ name }) => name), ['Wanda Waits'])
  const [list] = await readWorkbook(rawPayload)
  t.strictSame(list?.data[0], [
    'Reference', 'Name', 'Email address', 'Phone', 'Status', 'Places', 'Who they are', 'District', 'Access needs', 'Question', 'Heard about it from',
    'Booked', 'Came'
  ])
  t.strictSame(list?.data.slice(1).map(([, name]) => name), ['Anne Kirkbride', 'Łucja van der Berg', 'Wanda Waits'])
  for (const { details } of await exported(db)) t.match(details, { why: 'not said' })
})

/** Three activities of a campaign, of which another agency leads one, with a booking each. */
async function aCampaignOf (t: Test) {
  const its = await service(t)
  const { id: campaignId, slug } = await aCampaign(its.db)
  const at = (days: number) =>
    ({ startsAt: noon.plus({ days }).toJSDate(), endsAt: noon.plus({ days, hours: 1 }).toJSDate() })
  const theirs = await anAgency(its.db)
  const later = await anActivity(its.db, { campaignId, title: 'Later', ...at(9) })
  const sooner = await anActivity(its.db, { campaignId, title: 'Sooner', isOnline: false, venue: 'Town hall', ...at(2) })
  const led = await anActivity(its.db, { campaignId, title: 'Theirs', leadAgencyId: theirs.id, ...at(5) })
  for (const [{ id }, name] of [[later, 'Zoë'], [sooner, 'Ömer'], [led, 'Someone else’s']] as const) await aBooking(its.db, id, { name })
  return { ...its, campaign: slug, later, sooner, led, theirs }
}

t.test('one list of several activities says of each row which it is about, and is recorded of each', async t => {
  const { app, db, campaign, later, sooner, led } = await aCampaignOf(t)
  const { headers } = await signedIn(app, db, { role: 'organiser' })

  const choosing = await app.inject({ url: `/staff/lists?campaign=${campaign}`, headers })
  t.match(perceived(choosing).text, /Sooner.*Theirs.*Later.*the list has all 3|all 3\..*Sooner.*Theirs.*Later/)
  const page = await app.inject({ url: `/staff/lists/new?campaign=${campaign}&activity=${sooner.slug}&activity=${later.slug}`, headers })
  t.match(perceived(page).text, /Activities Sooner .* Later .*How many 2 people/)
  const action = /<form id="form"[^>]*action="([^"]+)"/.exec(page.body)?.[1]?.replaceAll('&amp;', '&') ?? ''
  const answer = await post(app, action, filled({ ...asked, columns: ['name', 'activity', 'starts', 'place'] }), headers)

  t.equal(answer.headers['content-disposition'], `attachment; filename="attendees-${campaign}-2026-11-23.csv"`)
  t.strictSame(rowsOf(answer.body), [
    { name: 'Ömer', activity: 'Sooner', starts: '2026-11-25 12:00', place: 'Town hall' },
    { name: 'Zoë', activity: 'Later', starts: '2026-12-02 12:00', place: 'Online' }
  ])
  t.strictSame((await exported(db)).map(({ subject }) => subject), [sooner.slug, later.slug])
  t.notMatch(answer.body, led.title)
})

t.test('a list of several says how many of the chosen activities are not in it', async t => {
  const { app, db, campaign, theirs, sooner, later, led } = await aCampaignOf(t)
  const elsewhere = await anActivity(db, { title: 'Elsewhere', booking: 'none', capacity: null })
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const url = (...slugs: string[]) => `/staff/lists/new?${slugs.map(slug => `activity=${slug}`).join('&')}`

  const all = perceived(await app.inject({ url: url(sooner.slug, led.slug), headers })).text
  const some = perceived(await app.inject({ url: url(sooner.slug, 'not-there', later.slug, elsewhere.slug), headers })).text
  const narrowed = perceived(await app.inject({ url: `${url(sooner.slug, later.slug)}&campaign=${campaign}&to=2026-11-26`, headers })).text
  const list = await post(app, url(sooner.slug, 'not-there'), filled({ ...asked, columns: ['name'], format: 'xlsx' }), headers)
  const ofAgency = await signedIn(app, db, { role: 'organiser', agencyId: theirs.id })
  const hidden = perceived(await app.inject({ url: url(sooner.slug, led.slug), headers: ofAgency.headers })).text

  t.notMatch(all, 'not in this list')
  t.match(some, '2 of the 4 activities that you chose are not in this list.')
  for (const text of [narrowed, hidden]) t.match(text, '1 of the 2 activities that you chose is not in this list.')
  t.notMatch(hidden, 'Sooner')
  const sheets = await readWorkbook(list.rawPayload)
  t.match(JSON.stringify(sheets[1]?.data), /Not in it.*1 of the 2 activities that were chosen/)
})

t.test('a CSV file has rows alone: its name says that activities are missing, and its page which have nobody', async t => {
  const { app, db, theirs, sooner, later, led } = await aCampaignOf(t)
  await anActivity(db, { title: 'Nobody yet', campaignId: sooner.campaignId, slug: 'nobody-yet' })
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const nameOf = async (slugs: string[], as: Record<string, string>, format = 'csv') => {
    const url = `/staff/lists/new?${slugs.map(slug => `activity=${slug}`).join('&')}`
    const list = await post(app, url, filled({ ...asked, columns: ['name'], format }), as)
    return { list, name: /filename="(.*)"/.exec(String(list.headers['content-disposition']))?.[1] }
  }

  const whole = await nameOf([sooner.slug, 'nobody-yet'], headers)
  t.equal(whole.name, 'attendees-2026-11-23.csv')
  t.equal(rowsOf(whole.list.body).length, await db.booking.count({ where: { activityId: sooner.id } }), 'who has nobody is no row')
  const page = perceived(await app.inject({ url: `/staff/lists/new?activity=${sooner.slug}&activity=nobody-yet`, headers })).text
  t.match(page, /Sooner .* On the list: 1 person .*Nobody yet .* On the list: nobody/)

  const ofAgency = await signedIn(app, db, { role: 'organiser', agencyId: theirs.id })
  const slugs = [sooner.slug, later.slug, led.slug]
  const some = await nameOf(slugs, ofAgency.headers)
  t.equal(some.name, 'attendees-1-of-3-activities-2026-11-23.csv')
  t.notMatch(some.list.body, /Sooner|Later/)
  t.equal((await nameOf(slugs, ofAgency.headers, 'xlsx')).name, 'attendees-1-of-3-activities-2026-11-23.xlsx')
  const workbook = await nameOf([sooner.slug, 'nobody-yet'], headers, 'xlsx')
  t.match(JSON.stringify((await readWorkbook(workbook.list.rawPayload))[1]?.data), /Sooner: .*: 1 person.*Nobody yet: .*: nobody/)
  const before = await app.inject({ url: `/staff/lists/new?${slugs.map(slug => `activity=${slug}`).join('&')}`, headers: ofAgency.headers })
  t.match(perceived(before).text, /2 of the 3 activities that you chose are not in this list\..*The name of the file says so too\./)
  t.notMatch(perceived(before).text, /Sooner|Later/, 'not which: they may not know of them')
})

t.test('where nothing is said of campaign and days, one is not told that all are taken', async t => {
  const { app, db } = await aCampaignOf(t)
  const { headers } = await signedIn(app, db)

  const page = await app.inject({ url: '/staff/lists?campaign=&from=&to=', headers })

  t.match(perceived(page).text, /Tick those you want\. These are the activities to come.*Sooner.*Theirs.*Later/)
  t.notMatch(page.body, 'the list has all')
})

t.test('as many activities as a list can have, with the longest names, fit into its address', async t => {
  const { app, db } = await service(t)
  const slugs: string[] = []
  for (let n = 0; n <= mostActivities; n++) {
    slugs.push(`${n}-`.padEnd(80, 'x'))
    await anActivity(db, { slug: slugs[n] ?? '' })
  }
  const { headers } = await signedIn(app, db)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const page = async (chosen: string[]) => {
    const ticked = new URLSearchParams(chosen.map((slug): [string, string] => ['activity', slug]))
    const answer = await fetch(`${url}/staff/lists/new?${ticked}`, { headers })
    return { status: answer.status, body: await answer.text() }
  }

  const most = await page(slugs.slice(1))
  t.equal(most.status, 200)
  t.match(most.body, `${mostActivities} activities`)
  const action = /<form id="form"[^>]*action="([^"]+)"/.exec(most.body)?.[1]?.replaceAll('&amp;', '&') ?? ''
  const list = await fetch(`${url}${action}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
    body: filled({ ...asked, columns: ['name'] })
  })
  t.strictSame([list.status, (await list.text()).trim()], [200, 'name'])
  const more = await page(slugs)
  t.equal(more.status, 400)
  t.match(more.body, `Select ${mostActivities} activities or fewer`)
})

t.test('a list of some days has the activities that begin on them', async t => {
  const { app, db, sooner } = await aCampaignOf(t)
  const { headers } = await signedIn(app, db)

  const answer = await post(app, '/staff/lists/new?from=2026-11-25&to=2026-11-25', filled({ ...asked, columns: ['name'] }), headers)

  t.strictSame(rowsOf(answer.body), [{ name: 'Ömer' }])
  t.strictSame((await exported(db)).map(({ subject }) => subject), [sooner.slug])
})

t.test('nobody gets the people of an activity that they may not know', async t => {
  const { app, db, campaign, theirs, sooner, led } = await aCampaignOf(t)
  const { headers } = await signedIn(app, db, { role: 'organiser', agencyId: theirs.id })

  const choosing = await app.inject({ url: `/staff/lists?campaign=${campaign}`, headers })
  t.notMatch(choosing.body, /Sooner/)
  const answer = await post(app, `/staff/lists/new?campaign=${campaign}`, filled({ ...asked, columns: ['name'] }), headers)
  t.strictSame(rowsOf(answer.body), [{ name: 'Someone else’s' }])
  const none = await post(app, `/staff/lists/new?activity=${sooner.slug}`, filled(asked), headers)
  t.equal(none.statusCode, 400)
  t.strictSame(perceived(none).errors, [{ field: 'activity', sentence: 'There is no activity like that whose attendees you can see' }])
  t.strictSame((await exported(db)).map(({ subject }) => subject), [led.slug])
})

t.test('activities chosen wrongly get a sentence', async t => {
  const { app, db } = await aCampaignOf(t)
  const { headers } = await signedIn(app, db)
  const cases: Array<[url: string, field: string, sentence: string]> = [
    ['/staff/lists?from=tomorrow', 'from', 'Enter a day like 2026-12-01'],
    ['/staff/lists?from=2026-12-02&to=2026-12-01', 'to', 'The last day must be the first day or later'],
    ['/staff/lists?campaign=%3Cb%3E', 'campaign', 'Select a campaign from those on the page'],
    ['/staff/lists/new', 'activity', 'Select at least one activity, or show those of a campaign or some days first'],
    ['/staff/lists/new?activity=x&activity=', 'activity', 'Select activities from those on the page'],
    ['/staff/lists/new?activity=not-there', 'activity', 'There is no activity like that whose attendees you can see'],
    ['/staff/lists/new?from=2026-12-01&status=gone', 'status', 'Select a status from those on the page']
  ]
  for (const [url, field, sentence] of cases) {
    const answer = await app.inject({ url, headers })
    t.equal(answer.statusCode, 400, url)
    t.strictSame(perceived(answer).errors, [{ field, sentence }])
  }
})

t.test('while several lists are on their way another waits, with a sentence', async t => {
  const its = await world(t)
  const snapshots = openSnapshots(its.url, { atOnce: 1 })
  const app = await buildApp({ ...partsOf(its), snapshots })
  t.teardown(async () => { await app.close() })
  const { slug } = await anActivity(its.db)
  const { headers } = await signedIn(app, its.db)
  const onItsWay = await snapshots.open()

  const answer = await post(app, `/staff/activities/${slug}/list`, filled(asked), headers)
  const byLink = await app.inject({ url: `/staff/activities/${slug}/attendees.csv`, headers })

  t.strictSame([answer.statusCode, byLink.statusCode], [429, 429])
  const sentence = 'Several other lists are being downloaded just now. Try again in a minute.'
  t.strictSame(perceived(answer).errors, [{ field: 'form', sentence }])
  t.match(perceived(byLink).text, sentence)
  for (const { headers } of [answer, byLink]) {
    t.equal(headers['content-disposition'], undefined, 'a page, and no file')
    t.match(headers['content-type'], 'text/html')
  }
  await onItsWay.close()
  t.equal((await post(app, `/staff/activities/${slug}/list`, filled(asked), headers)).statusCode, 200)
  t.equal((await exported(its.db)).length, 1)
})
