// Subject: the database.
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import { pino } from 'pino'
import { countedService, perceived, post, service } from '../../support/service.ts'
import { anAgency, signedIn } from '../../support/staff.ts'
import { aBooking, aCampaign, anActivity, noon } from '../../support/world.ts'

const url = '/staff/people'

async function searching (t: Test, role: 'admin' | 'organiser' | 'staff' = 'staff') {
  const its = await service(t)
  const { headers } = await signedIn(its.app, its.db, { role })
  return { ...its, headers, find: async (q: string) => await found(its.app, headers, q) }
}

/** The names that a search finds, in order. */
async function found (app: FastifyInstance, headers: { cookie: string }, q: string): Promise<string[]> {
  const answer = await post(app, url, { q }, headers)
  t.equal(answer.statusCode, 200, q)
  return [...answer.body.matchAll(/<bdi>([^<]*)<\/bdi><\/a><\/p>/g)].map(([, name = '']) => name.replaceAll('&#39;', "'"))
}

t.test('people are found by how the words of their name begin, whatever its accents, capitals and script', async t => {
  const { db, find } = await searching(t)
  const { id } = await anActivity(db)
  const names = ['Zoë Müller', "Siân O'Neil", 'Oonagh O’Neil', 'Mary-Jane Smith-Jones', 'Мария Иванова', '李小龙', 'देवी शर्मा', 'محمد علي', 'Nguyễn Văn An', 'Jean Smith Jones']
  for (const name of names) await aBooking(db, id, { name })

  t.strictSame(await find('zoe'), ['Zoë Müller'])
  t.strictSame(await find('MUL zo'), ['Zoë Müller'])
  t.strictSame(await find('Müller'), ['Zoë Müller'])
  t.strictSame(await find("o'neil"), ['Oonagh O’Neil', "Siân O'Neil"])
  t.strictSame(await find('O’NEIL'), ['Oonagh O’Neil', "Siân O'Neil"])
  t.strictSame(await find('neil sian'), ["Siân O'Neil"])
  t.strictSame(await find('smith-jones'), ['Jean Smith Jones', 'Mary-Jane Smith-Jones'])
  t.strictSame(await find('jones'), ['Jean Smith Jones', 'Mary-Jane Smith-Jones'])
  t.strictSame(await find('jane smith-jo'), ['Mary-Jane Smith-Jones'])
  t.strictSame(await find('ИВАН'), ['Мария Иванова'])
  t.strictSame(await find('李'), ['李小龙'])
  t.strictSame(await find('शर्मा'), ['देवी शर्मा'])
  t.strictSame(await find('محمد'), ['محمد علي'])
  t.strictSame(await find('nguyen van'), ['Nguyễn Văn An'])
  t.strictSame(await find('uller'), [], 'not in the middle of a word')
  t.strictSame(await find('zoe smith'), [], 'every word, not any')
})

t.test('people are found whatever letters, apostrophes, hyphens and vowel signs someone has on their keyboard', async t => {
  const { db, find } = await searching(t)
  const { id } = await anActivity(db)
  const names = [
    'Zoë O’Brien', 'Ann O´Hara', 'Anna/Tom Smith', 'Marek Łukasik', 'Bjørn Ærø', 'Ðorđe Đokić', 'İlkay Işık', 'Jürgen Weiß', 'عَلِيّ حَسَن',
    'علی‌رضا کریمی', 'Ólafur Þórsson', 'Mary-Jane Watson', 'Seán O\'Dea-Smith', 'ΟΔΥΣΣΕΎΣ Νικολάου', 'Hawa Ɗanjuma', 'ＡＫＩＲＡ', 'Ivan (Vanya) Petrov', 'Anne_Marie'
  ]
  for (const name of names) await aBooking(db, id, { name })

  for (const q of ['obrien', 'Brien', 'O’Brien', "o'brien", 'o brien', 'O`BRIEN', 'o´brien', 'zoe obrien', 'O\u02BCBrien', 'obr']) t.strictSame(await find(q), ['Zoë O’Brien'], q)
  for (const q of ['ohara', "O'Hara", 'hara']) t.strictSame(await find(q), ['Ann O´Hara'], q)
  for (const q of ['Tom', 'anna', 'tom smith', 'Anna/Tom']) t.strictSame(await find(q), ['Anna/Tom Smith'], q)
  for (const q of ['Lukasik', 'łukasik', 'ŁUKASIK', 'L\u0335ukasik'.normalize('NFC').replace('\u0335', '')]) t.strictSame(await find(q), ['Marek Łukasik'], q)
  for (const q of ['bjorn', 'Bjørn', 'aero', 'ÆRØ']) t.strictSame(await find(q), ['Bjørn Ærø'], q)
  for (const q of ['Dorde', 'Đorđe', 'ðorđe', 'dokic']) t.strictSame(await find(q), ['Ðorđe Đokić'], q)
  for (const q of ['ilkay', 'İLKAY', 'isik', 'IŞIK', 'ışık']) t.strictSame(await find(q), ['İlkay Işık'], q)
  for (const q of ['weiss', 'WEISS', 'weiß', 'WEIẞ']) t.strictSame(await find(q), ['Jürgen Weiß'], q)
  for (const q of ['علي', 'عَلِيّ', 'حسن', 'علي حسن', 'علی حسن']) t.ok((await find(q)).includes('عَلِيّ حَسَن'), q)
  for (const q of ['علیرضا', 'علی‌رضا', 'علي‌رضا', 'رضا', 'كريمي']) t.strictSame(await find(q), ['علی‌رضا کریمی'], q)
  for (const q of ['thorsson', 'Þórs', 'olafur']) t.strictSame(await find(q), ['Ólafur Þórsson'], q)
  for (const q of ['maryjane', 'mary jane', 'mary-jane', 'Mary‑Jane', 'jane']) t.strictSame(await find(q), ['Mary-Jane Watson'], q)
  for (const q of ['odea smith', 'odea-smith', 'O’Dea', 'dea', 'odeasmith']) t.strictSame(await find(q), ["Seán O'Dea-Smith"], q)
  for (const q of ['οδυσσευς', 'ΟΔΥΣΣΕΥΣ', 'Οδυσσεύς']) t.strictSame(await find(q), ['ΟΔΥΣΣΕΎΣ Νικολάου'], q)
  for (const q of ['danjuma', 'Ɗanjuma', 'ɗanjuma']) t.strictSame(await find(q), ['Hawa Ɗanjuma'], q)
  t.strictSame(await find('akira'), ['ＡＫＩＲＡ'])
  for (const q of ['vanya', '(vanya', 'petrov']) t.strictSame(await find(q), ['Ivan (Vanya) Petrov'], q)
  t.strictSame(await find('marie'), ['Anne_Marie'])
  t.strictSame(await find('\u202Dobrien\u202C\u200B'), ['Zoë O’Brien'], 'as it was copied from a page')
})

t.test('people are found by their phone number, however it is written', async t => {
  const { db, find } = await searching(t)
  const { id } = await anActivity(db)
  const numbers = { Mobile: '07700 900982', Abroad: '+44 (0)7700 900983', Shop: '01539-722722', Paris: '+33 1 23 45 67 89', Pasted: '\u202D07700–900984\u202C', None: null }
  for (const [name, phone] of Object.entries(numbers)) await aBooking(db, id, { name, phone })

  for (const q of ['07700 900982', '07700900982', '+447700900982', '+44 7700 900982', '0044 7700 900982', '447700900982', '7700900982', '+44 (0)7700 900982', '07700-900-982', '\u202D07700 900982\u202C', '(07700) 900982', '０７７００９００９８２']) {
    t.strictSame(await find(q), ['Mobile'], q)
  }
  for (const q of ['07700 900983', '+447700900983', '7700 900983']) t.strictSame(await find(q), ['Abroad'], q)
  t.strictSame(await find('07700900984'), ['Pasted'], 'as it is kept since before')
  t.strictSame(await find('01539 722722'), ['Shop'])
  for (const q of ['01539', '+44 1539', '722722']) t.strictSame(await find(q), [], `a part of a number that is sealed: ${q}`)
  for (const q of ['+33 1 23 45 67 89', '0033123456789']) t.strictSame(await find(q), ['Paris'], q)
  for (const q of ['900982', '07700 900985', '00000000']) t.strictSame(await find(q), [], q)

  await db.$executeRaw`UPDATE bookings SET phone = '01539 722723', phone_mark = NULL WHERE name = 'None'`
  t.strictSame(await find('+441539722723'), ['None'], 'as the version before keeps it')
})

t.test('people are found by their address, as it is compared, and by their reference, as it is read out', async t => {
  const { db, find } = await searching(t)
  const { id } = await anActivity(db)
  await aBooking(db, id, { name: 'Anne', email: 'Anne.Kirk_bride@Example.org', reference: '7F3KQ-92QDM' })
  await aBooking(db, id, { name: 'Other', email: 'anne.kirkxbride@example.org', reference: '7F3KQ-92QDN' })
  await aBooking(db, id, { name: 'None', email: null, canonicalEmail: null, phone: '01539 722 722' })

  t.strictSame(await find('ANNE.KIRK_BRIDE@EXAMPLE.ORG'), ['Anne'])
  t.strictSame(await find('anne.kirk_'), ['Anne'], '_ stands for itself')
  t.strictSame(await find('anne.kirk'), ['Anne', 'Other'])
  t.strictSame(await find('Anne Kirkbride <anne.kirk_bride@exam'), ['Anne'])
  t.strictSame(await find('%@example.org'), [])
  t.strictSame(await find('7f3kq 92qdm'), ['Anne'])
  t.strictSame(await find('7F3KQ92QDM'), ['Anne'])
  t.strictSame(await find('7F3KQ-92QDX'), [])
})

t.test('what is to come stands before what has been, the nearest first, with its status and the way to the booking', async t => {
  const { app, db, headers, find } = await searching(t)
  const on = async (title: string, days: number, given: object = {}) => await anActivity(db, {
    title, startsAt: noon.plus({ days }).toJSDate(), endsAt: noon.plus({ days, hours: 1 }).toJSDate(), ...given
  })
  await aBooking(db, (await on('Long ago', -20)).id, { name: 'Kim 4' })
  await aBooking(db, (await on('Far', 20)).id, { name: 'Kim 2', status: 'waiting' })
  await aBooking(db, (await on('Last week', -7, { status: 'cancelled' })).id, { name: 'Kim 3', status: 'cancelled' })
  const near = await on('Near', 2)
  const { id } = await aBooking(db, near.id, { name: 'Kim 1', places: 2 })

  const page = await post(app, url, { q: 'kim' }, headers)

  t.strictSame(await find('kim'), ['Kim 1', 'Kim 2', 'Kim 3', 'Kim 4'])
  t.match(perceived(page).text, '4 bookings, those still to come first.')
  t.match(perceived(page).text, /Near Wednesday 25 November 2026, midday to 1pm Confirmed 2 places/)
  t.match(perceived(page).text, /Last week [^(]* \(past\) Cancelled Cancelled 1 place/)
  t.match(page.body, `<a class="govuk-link" href="/staff/activities/${near.slug}/bookings/${id}">`)
})

t.test('people of an agency find those of activities that it leads, and nobody else', async t => {
  const { app, db } = await service(t)
  const [police, council] = [await anAgency(db, { name: 'Police' }), await anAgency(db, { name: 'Council' })]
  const led = await anActivity(db, { leadAgencyId: police.id })
  const joined = await anActivity(db, { leadAgencyId: council.id })
  await db.activityPartner.create({ data: { activityId: joined.id, agencyId: police.id } })
  const operational = await anActivity(db, { visibility: 'operational', leadAgencyId: council.id, kind: 'disruption' })
  const theirs = await anActivity(db)
  const reference = '7F3KQ-92QDM'
  await aBooking(db, led.id, { name: 'Kim Led', email: 'kim1@example.org' })
  await aBooking(db, joined.id, { name: 'Kim Joined', email: 'kim2@example.org', reference })
  await aBooking(db, operational.id, { name: 'Kim Operational', email: 'kim3@example.org' })
  await aBooking(db, theirs.id, { name: 'Kim Partnership', email: 'kim4@example.org' })
  const headersOf = async (given: object) => (await signedIn(app, db, given)).headers

  for (const role of ['organiser', 'staff'] as const) {
    const headers = await headersOf({ role, agencyId: police.id })
    t.strictSame(await found(app, headers, 'kim'), ['Kim Led'])
    t.strictSame(await found(app, headers, 'kim2@example.org'), [])
    t.strictSame(await found(app, headers, reference), [])
  }
  t.strictSame(await found(app, await headersOf({ role: 'staff', agencyId: council.id }), 'kim'), ['Kim Joined'])
  const named = await signedIn(app, db, { role: 'staff', agencyId: council.id })
  await db.namedPerson.create({ data: { activityId: operational.id, staffMemberId: named.member.id } })
  t.strictSame(await found(app, named.headers, 'kim'), ['Kim Joined', 'Kim Operational'])
  t.strictSame(await found(app, await headersOf({ role: 'organiser' }), 'kim'), ['Kim Joined', 'Kim Led', 'Kim Partnership'])
  t.equal((await found(app, await headersOf({ role: 'admin' }), 'kim')).length, 4)
  t.equal((await post(app, url, { q: 'kim' }, await headersOf({ role: 'host' }))).statusCode, 403)
  t.equal((await post(app, url, { q: 'kim' })).statusCode, 303)
})

t.test('what is looked for stands in no address and in no line of the log', async t => {
  const lines: string[] = []
  const { app, db } = await service(t, { log: pino({ level: 'trace' }, { write: line => { lines.push(line) } }) })
  const { headers } = await signedIn(app, db)
  await aBooking(db, (await anActivity(db)).id, { name: 'Kimberley Findable', email: 'kimberley@example.org' })

  const answer = await post(app, url, { q: 'findable' }, headers)
  await app.inject({ url: `${url}?q=findable`, headers })
  const empty = await app.inject({ url: `${url}?q=kimberley`, headers })

  t.match(answer.body, 'Kimberley Findable')
  t.equal(answer.headers['cache-control'], 'no-store')
  t.notMatch(empty.body, /Findable/, 'an address finds nobody')
  t.match(empty.body, '<form id="form" class="pk-find" role="search" method="post" action="/staff/people"')
  t.ok(lines.length > 0)
  t.notMatch(lines.join(), /findable|kimberley/i)
})

t.test('where nobody is found the page says what can be looked for', async t => {
  const { app, headers } = await searching(t)

  const page = perceived(await post(app, url, { q: 'Nobody <b>At</b> All' }, headers))

  t.match(page.text, 'We found nobody. You can search by:')
  t.match(page.text, 'a booking reference, such as 7F3KQ-92QDM')
})

t.test('a search that is not valid gets the reason, and keeps what was typed', async t => {
  const { app, headers } = await searching(t)
  const wrong: Array<[string | Record<string, string>, string]> = [
    [{}, 'Enter a name, an email address, a phone number or a reference'],
    [{ q: '  ' }, 'Enter a name, an email address, a phone number or a reference'],
    [{ q: '!?' }, 'Enter a name, an email address, a phone number or a reference'],
    [{ q: 'x'.repeat(255) }, 'What you look for must be 254 characters or fewer'],
    [{ q: 'a\nb' }, 'What you look for must be on one line'],
    ['q=a&q=b', 'What you look for must be given only once'],
    [{ q: 'a', admin: '1' }, 'This form has no field “admin”. Load the page again and fill it in once more.']
  ]
  for (const [form, sentence] of wrong) {
    const answer = await post(app, url, form, headers)
    t.equal(answer.statusCode, 400)
    t.strictSame(perceived(answer).errors.map(error => error.sentence), [sentence])
    t.ok(perceived(answer).errors.every(({ field }) => perceived(answer).has(field)))
  }
  t.match((await post(app, url, { q: 'x"<'.repeat(90) }, headers)).body, 'value="x&quot;&lt;x&quot;')
  for (const q of ["' OR 1=1 --", 'a:*', "a' | 'b", '\\', 'a\\b', '(a', 'a & !b', '1e5', 'a/b', 'https://example.org/x', '%', '👩‍👩‍👧 kim', '\u200d', '\u0301', 'a'.repeat(254)]) {
    t.ok([200, 400].includes((await post(app, url, { q }, headers)).statusCode), q)
  }
})

t.test('many are shown by the page, more than a thousand not at all, and what a page asks does not grow', async t => {
  const { app, db, counted } = await countedService(t)
  const { headers } = await signedIn(app, db)
  const campaignId = (await aCampaign(db)).id
  const activities = await Promise.all([1, 2, 3].map(async () => await anActivity(db, { campaignId })))
  await aBooking(db, activities[0]?.id ?? '', { name: 'Kim Alone' })
  const queriesFor = async (form: Record<string, string>) => {
    const before = counted.queries
    const answer = await post(app, url, form, headers)
    return { queries: counted.queries - before, body: answer.body, text: perceived(answer).text }
  }
  const few = await queriesFor({ q: 'kim' })
  await db.$executeRaw`
    INSERT INTO bookings (activity_id, reference, name, email, canonical_email, role, status, created_at, changed_at, confirmed_at, submission_id)
    SELECT a.id, 'AAAAA-' || lpad(n::text, 5, '0'), 'Kim ' || lpad(n::text, 4, '0'), n || '@example.org', n || '@example.org', 'parent', 'confirmed',
      now(), now(), now(), gen_random_uuid()
    FROM generate_series(1, 999) n CROSS JOIN LATERAL (SELECT id FROM activities ORDER BY id OFFSET n % 3 LIMIT 1) a`

  const first = await queriesFor({ q: 'kim' })
  const last = await queriesFor({ q: 'kim', page: '10' })
  const beyond = await queriesFor({ q: 'kim', page: '11' })
  await aBooking(db, activities[0]?.id ?? '', { name: 'Kim Toomany' })
  const tooMany = await queriesFor({ q: 'kim' })

  t.equal(first.queries, few.queries)
  t.match(first.text, '1000 bookings, those still to come first.')
  t.match(first.text, 'Page 1 of 10')
  t.equal(first.body.match(/<li class="pk-found">/g)?.length, 100)
  t.match(first.body, /<input type="hidden" name="q" value="kim"><input type="hidden" name="page" value="2">/)
  t.equal(last.body.match(/<li class="pk-found">/g)?.length, 100)
  t.notMatch(last.text, 'Next page')
  t.match(beyond.text, 'Nobody is on this page.')
  t.match(tooMany.text, 'More than 1,000 bookings match. Type more')
  t.notMatch(tooMany.body, '<li class="pk-found">')
})
