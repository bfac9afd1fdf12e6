import t from 'tap'
import type { Test } from 'tap'
import { searchSeal } from '../../../src/booking/attendees/filter.ts'
import { sentFrom } from '../../support/filled-in.ts'
import { perceived, post, service } from '../../support/service.ts'
import { signedIn } from '../../support/staff.ts'
import { aBooking, anActivity, noon, secretKey } from '../../support/world.ts'

/** A button under the list: the last part of its address, and for each page after it what is chosen there. */
const ways: Array<[button: string, ...pages: Array<Record<string, string>>]> = [
  ['cancellation', {}],
  ['move', { to: 'there' }, {}],
  ['attendance', { attended: 'yes' }],
  ['bulletin', { heading: '', body: 'Bring a torch.' }]
]

/** The list that a page leads back to, by the link at its top and the one beside its button. */
function waysBack (body: string): string[] {
  return [...body.matchAll(/href="([^"]*\/attendees[^"]*)"[^>]*>([^<]*)/g)]
    .filter(([, , text = '']) => /^(Back to the attendees|Cancel|Go to the attendees|No, .*)$/.test(text.trim()))
    .map(([, href = '']) => href.replaceAll('&amp;', '&'))
}

/** What an address asks for, with its search opened. */
function askedBy (href: string): Record<string, string> {
  const { q, ...asked } = Object.fromEntries(new URL(href, 'https://workshops.example.org').searchParams)
  return { ...asked, ...(q !== undefined && { search: searchSeal(secretKey).open(q) }) }
}

/** The service with three people on the list, a date to move them to, and an organiser. */
async function desk (t: Test) {
  const its = await service(t)
  const day = { startsAt: noon.plus({ hours: 6 }).toJSDate(), endsAt: noon.plus({ hours: 7 }).toJSDate() }
  const activity = await anActivity(its.db, { ...day, capacity: 50 })
  const later = { startsAt: noon.plus({ days: 7 }).toJSDate(), endsAt: noon.plus({ days: 7, hours: 1 }).toJSDate() }
  const there = await anActivity(its.db, { ...later, campaignId: activity.campaignId, capacity: 50 })
  const { headers } = await signedIn(its.app, its.db, { role: 'organiser' })
  return { ...its, activity, there, headers, href: `/staff/activities/${activity.slug}/attendees` }
}

t.test('whoever did something to people they chose is back on the list as they left it, and on each page before that', async t => {
  const { app, db, activity, there, headers, href } = await desk(t)
  const left = { status: 'confirmed', sort: 'name', order: 'down', search: 'anne' }

  for (const [button, ...pages] of ways) {
    const { id } = await aBooking(db, activity.id, { name: 'Anne Kirkbride' })
    const filtered = await post(app, href, left, headers)
    const list = await app.inject({ url: String(filtered.headers.location), headers })
    const query = /name="list" value="([^"]*)"/.exec(list.body)?.[1]?.replaceAll('&amp;', '&') ?? ''
    t.notMatch(query, 'anne', `${button}: a name is in no address`)

    let shown = await post(app, `${href}/${button}`, { booking: id, list: query }, headers)
    for (const typed of pages) {
      t.equal(shown.statusCode, 200, button)
      for (const back of waysBack(shown.body)) t.strictSame(askedBy(back), left, `${button}: back from “${perceived(shown).h1}”`)
      t.ok(waysBack(shown.body).length >= 2, button)
      const action = /<form id="form"[^>]*action="([^"]*)"/.exec(shown.body)?.[1] ?? ''
      const chosen = typed.to === undefined ? typed : { to: there.slug }
      shown = await post(app, action, sentFrom(shown.body, chosen), headers)
    }
    if (button === 'bulletin') {
      t.equal(shown.statusCode, 400, 'a form that is wrong')
      for (const back of waysBack(shown.body)) t.strictSame(askedBy(back), left, 'and its way back')
      continue
    }
    t.equal(shown.statusCode, 303, button)
    const { done, ...asked } = askedBy(String(shown.headers.location))
    t.match(done, /./, button)
    t.strictSame(asked, left, `${button}: the list afterwards`)
    const after = await app.inject({ url: String(shown.headers.location), headers })
    t.equal(after.statusCode, 200, button)
    t.match(perceived(after).text, / Done /, `${button}: what was done is said`)
    t.match(perceived(after).text, 'Confirmed “anne”', `${button}: and the filter stands there`)
  }
})

t.test('the page of a long list comes back too, and a choice of nobody leads there', async t => {
  const { app, headers, href } = await desk(t)

  for (const [button] of ways) {
    const refused = await post(app, `${href}/${button}`, { list: 'sort=name&page=3' }, headers)

    t.equal(refused.statusCode, 400, button)
    t.strictSame([...new Set(waysBack(refused.body))].map(askedBy), [{ sort: 'name', page: '3' }], button)
  }
})

t.test('what is no list of ours leads to the whole list, and nowhere else', async t => {
  const { app, db, activity, headers, href } = await desk(t)
  const { id } = await aBooking(db, activity.id)
  const forged = [
    'https://elsewhere.example/', '//elsewhere.example', '/../../../sign-out', '&done=<b>', 'q=1.forged', 'q=anne',
    'status=nobody', 'next=https://elsewhere.example', '#', '?', '%', 'sort=name\r\nset-cookie: a=b', `district=${'x'.repeat(9000)}`
  ]

  for (const list of forged) {
    const shown = await post(app, `${href}/cancellation`, { booking: id, list }, headers)
    t.equal(shown.statusCode, 200, list)
    t.strictSame([...new Set(waysBack(shown.body))], [href], list)
  }
  const twice = await post(app, `${href}/cancellation`, `booking=${id}&list=sort%3Dname&list=sort%3Dplaces`, headers)
  t.strictSame([...new Set(waysBack(twice.body))], [href], 'given twice')
  const known = await post(app, `${href}/cancellation`, { booking: id, list: 'sort=name&select=all&done=noted' }, headers)
  t.strictSame([...new Set(waysBack(known.body))], [`${href}?sort=name`], 'without what was done, and who was ticked')
})
