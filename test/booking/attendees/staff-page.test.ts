import { randomUUID } from 'node:crypto'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import t from 'tap'
import type { Test } from 'tap'
import { countedService, perceived, post, service } from '../../support/service.ts'
import { signedIn } from '../../support/staff.ts'
import { aBooking, aCampaign, anActivity, noon } from '../../support/world.ts'

const today = { startsAt: noon.plus({ hours: 6 }).toJSDate(), endsAt: noon.plus({ hours: 7 }).toJSDate() }
const over = { startsAt: noon.minus({ days: 2, hours: 1 }).toJSDate(), endsAt: noon.minus({ days: 2 }).toJSDate() }

async function context (t: Test, role = 'organiser') {
  const its = await service(t)
  const { headers } = await signedIn(its.app, its.db, { role })
  const look = async (url: string) => {
    const answer = await its.app.inject({ url, headers })
    return { ...perceived(answer), body: answer.body, status: answer.statusCode }
  }
  const send = async (url: string, fields: Record<string, string> | string) => await post(its.app, url, fields, headers)
  return { ...its, headers, look, send }
}

/** Names on a page, in their order. */
function namesOn ({ body }: { body: string }): string[] {
  return [...body.matchAll(/<th scope="row" role="rowheader"[^>]*><a [^>]*><bdi>([^<]*)<\/bdi>/g)].map(([, name = '']) => name)
}

/** Addresses of the links on a page, by their words. */
function linksOn ({ body }: { body: string }): Map<string, string> {
  return new Map([...body.matchAll(/<a [^>]*href="([^"]*)"[^>]*>([\s\S]*?)<\/a>/g)].map(([, href = '', html = '']) =>
    [html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ').trim(), href.replaceAll('&amp;', '&')]))
}

/** Buttons that do something with the people who are chosen. */
function buttonsOn ({ body }: { body: string }): string[] {
  return [...body.matchAll(/formaction="([^"]*)">([^<]*)</g)].map(([, href = '', text = '']) => `${text}: ${href.replace(/.*\//, '')}`)
}

t.test('what can be done with those chosen depends on who may do it, and when', async t => {
  const cases = [
    ['organiser', {}, ['Write to them: bulletin', 'Move to another date: move', 'Cancel their bookings: cancellation']],
    ['organiser', today, ['Write to them: bulletin', 'Say if they came: attendance', 'Move to another date: move', 'Cancel their bookings: cancellation']],
    ['organiser', over, ['Write to them: bulletin', 'Say if they came: attendance']],
    ['staff', {}, []],
    ['staff', today, ['Say if they came: attendance']]
  ] as const
  for (const [role, when, buttons] of cases) {
    const { db, look } = await context(t, role)
    const { id, slug } = await anActivity(db, when)
    const { id: booking } = await aBooking(db, id)
    await aBooking(db, id, { name: 'Cara Cancelled', status: 'cancelled' })

    const page = await look(`/staff/activities/${slug}/attendees`)

    t.strictSame(buttonsOn(page), buttons, `${role} ${JSON.stringify(when)}`)
    t.strictSame([...page.body.matchAll(/type="checkbox" id="choose-[^>]* value="([^"]*)"/g)].map(([, id]) => id), buttons.length === 0 ? [] : [booking], 'nobody who has cancelled can be chosen')
  }
})

t.test('who came is said of a party with how many of it', async t => {
  const { db, look } = await context(t)
  const { id, slug } = await anActivity(db, over)
  await aBooking(db, id, { places: 4, attended: true, camePlaces: 1 })
  await aBooking(db, id, { places: 2, attended: true })
  await aBooking(db, id, { attended: false })
  await aBooking(db, id)

  const { text } = await look(`/staff/activities/${slug}/attendees`)

  t.match(text, /On the day: Came, 1 of 4 people Booked.* On the day: Came Booked.* On the day: Did not come Booked.* On the day: Not recorded Booked/)
})

t.test('the link for everyone on the page chooses them, and then nobody', async t => {
  const { db, look } = await context(t)
  const { id, slug } = await anActivity(db)
  await aBooking(db, id)
  await aBooking(db, id)
  const chosenOn = ({ body }: { body: string }) => [...body.matchAll(/name="booking" value="[^"]*" checked/g)].length

  const page = await look(`/staff/activities/${slug}/attendees?sort=name`)
  const all = await look(linksOn(page).get('Choose everyone on this page') ?? '')
  const none = await look(linksOn(all).get('Choose nobody') ?? '')

  t.equal(chosenOn(page), 0)
  t.equal(chosenOn(all), 2)
  t.match(all.body, 'aria-sort="ascending"', 'in the same order')
  t.equal(chosenOn(none), 0)
})

t.test('a search is answered by an address that does not show it, and is kept by every link of the page', async t => {
  const { db, look, send } = await context(t)
  const { id, slug } = await anActivity(db)
  for (let n = 0; n < 101; n++) await aBooking(db, id, { name: `Wanda W${n}`, district: n === 0 ? 'Eden' : null })
  await aBooking(db, id, { name: 'Anne Kirkbride' })
  const at = `/staff/activities/${slug}/attendees`

  const answer = await send(at, { search: 'wanda', sort: 'name', order: 'down', status: 'confirmed' })
  const address = String(answer.headers.location)
  const page = await look(address)
  const links = linksOn(page)
  const next = await look(links.get('Next page') ?? '')

  t.equal(answer.statusCode, 303)
  t.notMatch(decodeURIComponent(address), /wanda/i)
  t.match(page.text, 'Search Filter and sort')
  t.match(page.text, /101 of 102 people : Confirmed “wanda” Show everyone/)
  t.match(page.body, 'value="wanda"', 'as it was typed')
  t.equal(namesOn(page)[0], 'Wanda W99')
  t.strictSame(namesOn(next), ['Wanda W0'])
  t.match((await look(links.get('Sort by Name') ?? '')).text, /101 of 102 people : Confirmed “wanda”/)
  t.equal(namesOn(await look(links.get('Sort by Name') ?? ''))[0], 'Wanda W0', 'pressed again, the order is turned round')
  t.strictSame(namesOn(await look(links.get('Sort by District') ?? ''))[0], 'Wanda W0')
  t.match(links.get('Show everyone'), /^[^?]*\?sort=name&order=down$/)
  t.strictSame([...page.body.matchAll(/href="[^"]*wanda/gi)], [], 'in no address')
})

t.test('what was searched for is in no log', async t => {
  const lines: string[] = []
  const log = pino({ level: 'trace' }, new Writable({ write (line, _, done) { lines.push(String(line)); done() } }))
  const { app, db } = await service(t, { log })
  const { slug } = await anActivity(db)
  const { headers } = await signedIn(app, db)

  const { headers: { location } } = await post(app, `/staff/activities/${slug}/attendees`, { search: 'kirkbride' }, headers)
  await app.inject({ url: String(location), headers })
  await app.inject({ url: `/staff/activities/${slug}/attendees?q=kirkbride&search=kirkbride`, headers })

  t.ok(lines.some(line => line.includes('/staff/activities/:slug/attendees')))
  t.strictSame(lines.filter(line => /kirkbride|[?&]q=/.test(line)), [])
})

t.test('the head of a column says if the list is sorted by it, and how', async t => {
  const { db, look } = await context(t)
  const { id, slug } = await anActivity(db)
  await aBooking(db, id)
  const sortedOn = ({ body }: { body: string }) =>
    [...body.matchAll(/aria-sort="(\w+)">\s*<a [^>]*>[\s\S]*?<\/span>([^<]*)</g)].map(([, how, column]) => `${column}: ${how}`)

  t.strictSame(sortedOn(await look(`/staff/activities/${slug}/attendees`)), ['Status: ascending'])
  t.strictSame(sortedOn(await look(`/staff/activities/${slug}/attendees?sort=booked&order=down`)), ['Booked: descending'])
})

t.test('those who no longer come stand apart, and alone where only they are asked for', async t => {
  const { db, look } = await context(t)
  const { id, slug } = await anActivity(db)
  await aBooking(db, id, { name: 'Lena Lapsed', status: 'lapsed', lapseReason: 'refused' })
  await aBooking(db, id, { name: 'Zoë Zola' })
  await aBooking(db, id, { name: 'Cara Cancelled', status: 'cancelled' })

  const page = await look(`/staff/activities/${slug}/attendees?sort=name`)
  const alone = await look(linksOn(page).get('Cancelled 1 person') ?? '')

  t.match(page.text, /Zoë Zola.*2 people who are not coming any more.*Cara Cancelled.*Lena Lapsed.*Offer refused/)
  t.match(page.body, /<details class="govuk-details pk-gone">/)
  t.strictSame(namesOn(alone), ['Cara Cancelled'])
  t.match(alone.body, /<details class="govuk-details pk-gone" open>/)
  t.match(alone.body, /aria-current="true">\s*<strong[^>]*>\s*Cancelled/)
})

t.test('a filter says in words what it asks for, also where nobody is like that', async t => {
  const { db, look } = await context(t)
  const { id: campaignId } = await aCampaign(db, { districts: ['Allerdale', 'Eden'] })
  const { id, slug } = await anActivity(db, { campaignId })
  await aBooking(db, id, { name: 'Ada', accessNeeds: 'Captions', question: 'When?', district: 'Copeland' })
  await aBooking(db, id, { name: 'Bea' })
  const filtered = async (query: string) => await look(`/staff/activities/${slug}/attendees?${query}`)

  const both = await filtered('need=yes&question=open&status=confirmed&status=waiting&role=parent&attendance=unknown')
  const nobody = await filtered('district=Allerdale')

  t.match(both.text, /1 of 2 people : Confirmed or Waiting Parent With an access need With a question that is not settled Not recorded Show everyone/)
  t.strictSame(namesOn(both), ['Ada'])
  t.match(nobody.text, /None of 2 people : Allerdale Show everyone/)
  t.strictSame(namesOn(nobody), [])
  t.strictSame(buttonsOn(nobody), [])
  t.match(nobody.text, /District Allerdale Eden Somewhere else Copeland/, 'those of the form, and others that people had named')
  t.match(nobody.body, /value="Allerdale" checked/)
})

t.test('a form or an address that cannot be read gets one sentence, and everyone is shown', async t => {
  const { db, look, send } = await context(t)
  const { id, slug } = await anActivity(db)
  await aBooking(db, id, { name: 'Anne Kirkbride' })
  const at = `/staff/activities/${slug}/attendees`

  const form = await send(at, { search: '!!', role: 'parent' })
  const address = await look(`${at}?sort=age&role=parent`)
  const foreign = await look(`${at}?wrong=1`)
  const stale = await look(`${at}?q=1.AAAA`)

  t.equal(form.statusCode, 400)
  t.strictSame(perceived(form).errors, [{ field: 'search', sentence: 'Enter a name, an email address, a phone number or a reference' }])
  t.match(form.body, /id="search"[^>]*value="!!"/)
  t.match(form.body, /value="parent" checked/)
  t.strictSame(namesOn(form), ['Anne Kirkbride'])
  t.equal(address.status, 400)
  t.strictSame(address.errors, [{ field: 'form', sentence: 'This list cannot be sorted by that' }])
  t.ok(address.has('form'))
  t.equal(foreign.status, 400)
  t.strictSame(stale.errors, [{ field: 'form', sentence: 'This link cannot be read any more. Search again' }])
})

t.test('where nobody has booked, a wrong form still has the field that is wrong', async t => {
  const { db, look, send } = await context(t)
  const { slug } = await anActivity(db)
  const at = `/staff/activities/${slug}/attendees`

  const wrong = perceived(await send(at, { search: '!' }))

  t.match((await look(at)).text, 'Nobody has booked yet.')
  t.strictSame(wrong.errors.map(({ field }) => field), ['search'])
  t.ok(wrong.has('search'))
})

t.test('behind the last page is the last page: some have left since the link was made', async t => {
  const { db, look } = await context(t)
  const { id, slug } = await anActivity(db)
  await aBooking(db, id, { name: 'Anne Kirkbride' })

  t.strictSame(namesOn(await look(`/staff/activities/${slug}/attendees?page=7`)), ['Anne Kirkbride'])
})

t.test('what someone needs and asks opens beside them, and says if it is settled', async t => {
  const { db, look } = await context(t)
  const { id, slug } = await anActivity(db)
  const at = noon.toJSDate()
  const settled = { questionOutcome: 'answered', questionSettledAt: at, questionSettledById: randomUUID() }
  await aBooking(db, id, { name: 'Ada', accessNeeds: '<b>Captions</b>', question: 'When?' })
  await aBooking(db, id, { name: 'Bea', accessNeeds: 'Signing', accessAnswer: 'Yes', accessAnsweredAt: at, question: 'Why?', ...settled })

  const { text, body } = await look(`/staff/activities/${slug}/attendees`)

  t.match(text, /Access need of Ada <b>Captions<\/b> Question of Ada When\?/)
  t.match(text, /Access need, answered of Bea Signing Question, settled of Bea Why\?/)
  t.equal([...body.matchAll(/<details class="pk-mark[^"]*">/g)].length, 4, 'folded')
})

t.test('with filter and search a page is made by as many queries as without', async t => {
  const { app, counted, ...its } = await countedService(t)
  const { id, slug } = await anActivity(its.db)
  const { headers } = await signedIn(app, its.db)
  const queriesFor = async (query: string) => {
    counted.queries = 0
    await app.inject({ url: `/staff/activities/${slug}/attendees${query}`, headers })
    return counted.queries
  }
  const { headers: { location } } = await post(app, `/staff/activities/${slug}/attendees`, { search: 'anne', need: 'yes' }, headers)
  const query = String(location).replace(/^[^?]*/, '')
  await queriesFor('')

  const before = [await queriesFor(''), await queriesFor(query)]
  for (let n = 0; n < 30; n++) await aBooking(its.db, id, { accessNeeds: 'Captions', question: 'When?' })

  t.strictSame([await queriesFor(''), await queriesFor(query)], before)
  t.ok((before[1] ?? 0) <= (before[0] ?? 0) + 1, 'one more counts those who match')
})

t.test('staff are not offered a list that they would be refused, and organisers are', async t => {
  for (const [role, isOffered] of [['staff', false], ['organiser', true]] as const) {
    const { db, look } = await context(t, role)
    const { id, slug } = await anActivity(db)
    await aBooking(db, id, { accessNeeds: 'A ramp', question: 'Is there parking?', phone: '07700 900123', unreachableAt: noon.toJSDate() })
    const at = `/staff/activities/${slug}/attendees`

    for (const which of ['?need=yes', '?question=asked']) {
      const page = await look(at + which)
      t.equal(linksOn(page).has('Download a list'), isOffered, `${role} ${which}`)
      t.equal(page.text.includes('Only organisers can download a list of people found by their access need'), !isOffered)
      t.equal((await look(`/staff/activities/${slug}/list${which}`)).status, isOffered ? 200 : 403)
    }
    // Everyone who sees the list reads there whom emails do not reach.
    for (const which of ['', '?reached=no']) {
      t.equal(linksOn(await look(at + which)).get('Download a list'), `/staff/activities/${slug}/list${which}`)
      t.equal((await look(`/staff/activities/${slug}/list${which}`)).status, 200)
    }
  }
})
