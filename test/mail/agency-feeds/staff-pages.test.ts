import { randomUUID } from 'node:crypto'
import t from 'tap'
import type { FastifyInstance } from 'fastify'
import { hashOf } from '../../../src/identity/staff/token.ts'
import { filledIn } from '../../support/filled-in.ts'
import { perceived, post, service } from '../../support/service.ts'
import { anAgency, signedIn } from '../../support/staff.ts'
import { noon, warm } from '../../support/world.ts'

const url = '/staff/feeds'

/** The address that a page shows for the only time. */
function addressOn (body: string): string {
  return new URL(/href="(https?:[^"]*\/feeds\/[^"]*)"/.exec(body)?.[1] ?? '').pathname
}

async function make (app: FastifyInstance, headers: Record<string, string>, given: Record<string, string> = {}) {
  const form = filledIn((await app.inject({ url, headers })).body)
  return await post(app, url, { ...form, name: 'Comms team’s Outlook', ...given }, headers)
}

t.test('an organiser makes a link for their agency, sees it once, whether it is used, and ends it', async t => {
  const { app, db } = await service(t)
  const agency = await anAgency(db, { name: 'Cumbria Police' })
  const { headers } = await signedIn(app, db, { role: 'organiser', agencyId: agency.id })
  t.match(perceived(await app.inject({ url, headers })).text, 'There are none yet')

  const made = await make(app, headers)

  t.equal(perceived(made).h1, 'Keep this link: you see it only now', perceived(made).text)
  t.equal(made.headers['cache-control'], 'no-store')
  const address = addressOn(made.body)
  t.match(address, /^\/feeds\/[\w-]{22}\.ics$/, '128 bits')
  t.match(made.body, new RegExp(`href="webcal://[^/]*${address}"`))
  t.match(made.body, /<svg class="pk-qr"[^>]*aria-label="QR code of the link"/)
  const token = address.slice('/feeds/'.length, -'.ics'.length)
  const row = await db.agencyFeed.findFirstOrThrow()
  t.match(row, { agencyId: agency.id, name: 'Comms team’s Outlook', tokenHash: hashOf(token), lastFetchedOn: null })
  t.notMatch(JSON.stringify([row, await db.auditEntry.findMany({ omit: { id: true } })]), token, 'only its hash is kept')
  const listed = await app.inject({ url, headers })
  t.match(perceived(listed).text, /Comms team’s Outlook Cumbria Police\. .*Not used yet\./)
  t.notMatch(listed.body, token)

  t.equal((await app.inject(address)).statusCode, 200)
  t.match(perceived(await app.inject({ url, headers })).text, 'Last used on Monday 23 November 2026.')

  const end = `${url}/${row.id}/end`
  t.match(perceived(await app.inject({ url: end, headers })).h1, 'Do you want to end “Comms team’s Outlook”?')
  t.equal((await app.inject(address)).statusCode, 200, 'to look ends nothing')
  t.equal((await post(app, end, {}, headers)).headers.location, `${url}?done=ended`)
  t.equal((await app.inject(address)).statusCode, 404)
  t.equal((await post(app, end, {}, headers)).statusCode, 404, 'pressed twice')
  t.strictSame((await db.auditEntry.findMany({ where: { action: { startsWith: 'feed.' } }, orderBy: { id: 'asc' } }))
    .map(({ action, subject }) => [action, subject]), [['feed.made', row.name], ['feed.ended', row.name]])
})

t.test('people of an agency make and end those of their own, the partnership those of all', async t => {
  const { app, db } = await service(t)
  const [one, other] = [await anAgency(db, { name: 'One' }), await anAgency(db, { name: 'Other' })]
  const bound = await signedIn(app, db, { role: 'organiser', agencyId: one.id })
  const partnership = await signedIn(app, db, { role: 'organiser' })

  t.equal((await make(app, partnership.headers, { agency: other.id, name: 'Theirs' })).statusCode, 200)
  t.equal((await make(app, partnership.headers, { agency: 'partnership', name: 'Ours' })).statusCode, 200)
  t.equal((await make(app, bound.headers, { name: 'Mine' })).statusCode, 200)
  t.strictSame((await db.agencyFeed.findMany({ orderBy: { name: 'asc' } })).map(({ name, agencyId }) => [name, agencyId]),
    [['Mine', one.id], ['Ours', null], ['Theirs', other.id]])

  const seen = perceived(await app.inject({ url, headers: bound.headers })).text
  t.match(seen, 'Mine')
  t.notMatch(seen, /Theirs|Ours/)
  const theirs = await db.agencyFeed.findFirstOrThrow({ where: { name: 'Theirs' } })
  const none = await app.inject({ url: `${url}/${randomUUID()}/end`, headers: bound.headers })
  const hidden = await app.inject({ url: `${url}/${theirs.id}/end`, headers: bound.headers })
  t.strictSame([hidden.statusCode, hidden.body], [404, none.body], 'as one that there is not')
  t.equal((await post(app, `${url}/${theirs.id}/end`, {}, bound.headers)).statusCode, 404)
  t.equal((await make(app, bound.headers, { agency: other.id })).statusCode, 400, 'a field that their form does not have')
  t.equal(await db.agencyFeed.count(), 3)
})

t.test('what is wrong with the form gets a sentence, and what was typed stays', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db)

  for (const [given, field, sentence] of [
    [{ agency: 'partnership', name: ' ' }, 'name', 'Enter whose calendar it is for'],
    [{ agency: 'partnership', name: 'x'.repeat(101) }, 'name', '100 characters'],
    [{ agency: '' }, 'agency', 'Select whose activities it shows'],
    [{ agency: randomUUID() }, 'agency', 'There is no such agency'],
    [{ agency: 'partnership', colour: 'red' }, 'form', 'no field']
  ] as Array<[Record<string, string>, string, string]>) {
    const answer = await make(app, headers, given)
    t.match(perceived(answer).errors, [{ field, sentence: new RegExp(sentence) }], JSON.stringify(given))
    t.match(filledIn(answer.body), { name: given.name ?? 'Comms team’s Outlook' })
  }
  t.equal(await db.agencyFeed.count(), 0)
})

t.test('one form pressed many times at once makes one link, whose address one answer has', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db)
  const form = { ...filledIn((await app.inject({ url, headers })).body), agency: 'partnership', name: 'My phone' }
  await warm(db)

  const answers = await Promise.all([1, 2, 3, 4].map(async () => await post(app, url, form, headers)))

  t.strictSame(answers.map(({ statusCode }) => statusCode).sort(), [200, 409, 409, 409])
  t.equal(await db.agencyFeed.count(), 1)
  t.equal(await db.auditEntry.count({ where: { action: 'feed.made' } }), 1)
  const [made, again] = [200, 409].map(code => answers.find(({ statusCode }) => statusCode === code))
  t.equal((await app.inject(addressOn(made?.body ?? ''))).statusCode, 200)
  t.match(perceived(again ?? answers[0] as never).errors, [{ sentence: /end it and make another/ }])
})

t.test('a feed goes with its agency', async t => {
  const { db } = await service(t)
  const { id } = await anAgency(db)
  await db.agencyFeed.create({ data: { id: randomUUID(), agencyId: id, name: 'One', tokenHash: 'x', madeAt: noon.toJSDate() } })

  await db.agency.delete({ where: { id } })

  t.equal(await db.agencyFeed.count(), 0)
})
