import { randomUUID } from 'node:crypto'
import t from 'tap'
import type { Test } from 'tap'
import { buildApp } from '../../../src/app.ts'
import type { Db } from '../../../src/platform/database/connect.ts'
import { addressOf, everything, fingerprints, withUnprintable } from '../../support/everything.ts'
import type { Everything } from '../../support/everything.ts'
import { formsOn } from '../../support/filled-in.ts'
import type { FoundForm } from '../../support/filled-in.ts'
import { staffRoutes, withItsRoutes } from '../../support/routes.ts'
import { partsOf, perceived, post } from '../../support/service.ts'
import { signedIn } from '../../support/staff.ts'
import { noon, world } from '../../support/world.ts'

type Fields = FoundForm['fields']

interface Sent {
  what: string
  /** A function, because some bodies are long. */
  body: () => string
  /**
   * Whether it may be valid after all: the missing field is optional, there is nothing to fill in, or no one would see
   * the mistake.
   */
  mayBeRight?: boolean
}

/** Every way to fill in a form wrongly that does not depend on its questions. */
function wrongly (fields: Fields): Sent[] {
  const form = (given: Fields) => () => new URLSearchParams(given).toString()
  const each = (what: string, change: (field: Fields[number]) => Fields, mayBeRight = false): Sent[] =>
    fields.map(field => ({
      what: `${field[0]} ${what}`,
      body: form(fields.flatMap(other => other === field ? change(other) : [other])),
      mayBeRight
    }))
  return [
    { what: 'nothing at all', body: () => '', mayBeRight: true },
    { what: 'a field that there is not', body: form([...fields, ['wrong', 'yes']]) },
    { what: '__proto__', body: () => `${form(fields)()}&__proto__=x&__proto__[admin]=yes&constructor[prototype][admin]=yes` },
    { what: '100,000 characters', body: form([...fields, ['wrong', 'x'.repeat(100_000)]]) },
    ...each('left out', () => [], true),
    ...each('given twice', field => [field, field]),
    ...each('far too long', ([name]) => [[name, 'x'.repeat(12_000)]]),
    ...each('with characters that do not print', ([name, value]) => [[name, `${value}\u0000\u0007\u202E`]], true)
  ]
}

/** Makes what a form needs, where it does not exist already. */
const prepared: Record<string, (db: Db, its: Everything) => Promise<unknown>> = {
  '/staff/activities/:slug/holds': async (db, { waiting }) => await db.booking.delete({ where: { id: waiting } }),
  '/staff/activities/:slug/publish': async (db, { activity: { id } }) =>
    await db.activity.update({ where: { id }, data: { status: 'draft', startsAt: noon.plus({ days: 7 }).toJSDate(), endsAt: noon.plus({ days: 8 }).toJSDate() } }),
  '/staff/activities/:slug/bulletins/:number/sending': async (db, { booking: id }) =>
    await db.booking.update({ where: { id }, data: { unreachableAt: null } }),
  '/staff/activities/:slug/deletion': async (db, { activity: { id: activityId } }) => {
    await db.booking.deleteMany({ where: { activityId } })
    await db.hold.deleteMany({ where: { activityId } })
    await db.bulletin.deleteMany({ where: { activityId } })
    await db.activity.update({ where: { id: activityId }, data: { status: 'draft' } })
  },
  '/staff/members/:id/enabling': async (db, { colleague: { id } }) =>
    await db.staffMember.update({ where: { id }, data: { disabledAt: noon.toJSDate() } })
}

/** What a person types into a field that is empty; undefined where empty is as good. */
const typed: Record<string, () => string> = {
  answer: () => 'We have asked for captions.',
  body: () => 'Bring a pen.',
  code: () => '123456',
  date: () => '2026-12-08',
  starts_day: () => '2026-12-08',
  starts_time: () => '18:00',
  ends_time: () => '19:00',
  first_day: () => '2026-11-16',
  district: () => 'Cumberland',
  email: () => `${randomUUID()}@example.org`,
  heading: () => 'What to bring',
  hub: () => 'Cumberland Safeguarding Hub',
  last_day: () => '2026-11-23',
  join_url: () => 'https://teams.microsoft.com/meet/39127460835112?p=Kx8sJw2LmQ0aZr7T',
  name: () => `A name ${randomUUID()}`,
  number: () => '0800 1111',
  owner: () => 'Cumberland Council',
  places: () => '1',
  phone: () => '01539 722 722',
  purpose: () => 'to talk',
  q: () => 'Anne',
  reason: () => 'The speaker is ill.',
  received: () => '2026-11-20',
  received_by: () => 'Pat Smith',
  reference: () => 'C-1042',
  review_on: () => '2027-03-01',
  title: () => `A title ${randomUUID()}`,
  weeks: () => '2',
  what_happened: () => 'Nobody came.'
}

/** Buttons that ignore all fields that come with them. */
const readNothing = [
  '/staff/sign-out', '/staff/sign-in/factor', '/staff/account/sessions/:id/end', '/staff/account/other-sessions/end',
  '/staff/account/work-account/disconnection', '/staff/again/letter', '/staff/members/:id/second-factor',
  '/staff/activities/:slug/bookings/:booking/cancellation', '/staff/audit/export', '/staff/requests/:id/told'
]

/** Fields that may bring more than one answer. */
const several = ['partners', 'reminders', 'audiences', 'follow_up', 'hosts']

/** Where to go back to, and the mark of what was read: invalid values count as missing. */
const marks = ['page', 'of', 'show', 'kind', 'edition', 'saw', 'shown', 'confirmed']

function mayBeTaken (url: string, what: string): boolean {
  const [field = '', ...how] = what.split(' ')
  return readNothing.includes(url) || marks.includes(field) || (several.includes(field) && how.join(' ') === 'given twice')
}

t.test('whatever is sent to a form, it says what is the matter and changes nothing', async t => {
  const at = await atWork(t)
  const pages = await pagesWithForms(at)

  for (const url of at.posts) {
    await t.test(url, async t => {
      let form = await formFor(at, pages.get(url), url)
      let before = await at.fingerprint()
      for (let n = 0; n < wrongly(form.fields).length; n++) {
        const { what, body, mayBeRight = false } = wrongly(form.fields)[n] as Sent
        const answer = await post(at.app, form.address, body(), form.headers)
        const isTaken = answer.statusCode < 400
        if (!isTaken || !(mayBeRight || mayBeTaken(url, what))) {
          saysWhy(t, answer, what)
          t.strictSame(await at.fingerprint(), before, `${what} changes nothing`)
        }
        if (!isTaken) continue
        form = await formFor(at, pages.get(url), url)
        before = await at.fingerprint()
      }
    })
  }
  t.strictSame(await withUnprintable(at.db), [], 'what does not print is not kept')
})

t.test('a form as it should be is taken', async t => {
  const at = await atWork(t)
  const pages = await pagesWithForms(at)

  for (const url of at.posts.filter(url => !neverRight.includes(url))) {
    const form = await formFor(at, pages.get(url), url)
    const answer = await post(at.app, form.address, new URLSearchParams(form.fields).toString(), form.headers)
    const why = perceived(answer).errors.map(({ field, sentence }) => `${field}: ${sentence}`).join('; ')
    t.ok(answer.statusCode < 400, `${url}: ${answer.statusCode} ${why}`)
  }
})

/** Forms that cannot be sent successfully here: they need an email, an authenticator, or another state. */
const neverRight = [
  '/staff/sign-in', '/staff/sign-in/code', '/staff/sign-in/:token', '/staff/again', '/staff/account/second-factor/removal',
  '/staff/account/second-factor/new', '/staff/activities/:slug/take-down', '/staff/activities/:slug/bookings/:booking/move',
  '/staff/person/file', '/staff/person/erasure'
]

/** Removing something that does not exist succeeds: pressing twice is harmless. */
const removal = '/staff/support/:id/removal'

t.test('an address that names nothing, or what belongs to another activity, is not found and changes nothing', async t => {
  const at = await atWork(t)
  const pages = await pagesWithForms(at)
  const [another, { headers }] = [await everything(at.db), await signedIn(at.app, at.db)]

  for (const url of at.posts.filter(url => url.includes(':') && !url.endsWith('/:token'))) {
    const { its, fields } = await formFor(at, pages.get(url), url)
    const body = new URLSearchParams(fields).toString()
    const before = await at.fingerprint()
    const addresses = wrongAddresses(url, its, another)
    for (const address of addresses) {
      const answer = await post(at.app, address, body, headers)
      if (answer.statusCode === 303 && url === removal) continue
      t.ok([400, 404, 409].includes(answer.statusCode), `${url} as ${address} is answered with ${answer.statusCode}`)
      saysWhy(t, answer, `${url} as ${address}`)
    }
    t.strictSame(await at.fingerprint(), before, `${url} changes nothing`)
  }
})

/** An address with one parameter wrong: no id, an id of nothing, or an id that belongs to another activity. */
function wrongAddresses (url: string, its: Everything, another: Everything): string[] {
  const parameters = [...url.matchAll(/:\w+/g)].map(([parameter]) => parameter)
  const right = addressOf(url, its).split('/')
  const others = addressOf(url, another).split('/')
  const places = url.split('/').flatMap((part, at) => parameters.includes(part) ? [at] : [])
  return places.flatMap((at, n) => {
    const nothing = ['not-an-id', randomUUID(), '999999', '%00', '-1', '__proto__', "'", 'x'.repeat(240)]
    // The first names the activity: with all parameters of another activity it would be valid.
    const foreign = n > 0 && others[at] !== right[at] ? [others[at] ?? ''] : []
    return [...nothing, ...foreign].map(value => right.with(at, value).join('/'))
  })
}

function saysWhy (t: Test, answer: Awaited<ReturnType<typeof post>>, what: string): void {
  const { h1, errors, text } = perceived(answer)
  t.ok(answer.statusCode >= 400 && answer.statusCode < 500, `${what} is answered with ${answer.statusCode}`)
  t.ok(h1 !== '' && (errors.length > 0 || /\w\. /.test(text)), `${what} is answered with a sentence`)
}

async function atWork (t: Test) {
  const its = await world(t)
  const { app, routes } = await withItsRoutes(async () => await buildApp({ ...partsOf(its), makesMeetings: true }))
  t.teardown(async () => { await app.close() })
  const inside = staffRoutes(routes)
  return {
    db: its.db,
    fingerprint: await fingerprints(t, its),
    app,
    gets: inside.filter(({ method }) => method === 'GET').map(({ url }) => url),
    posts: inside.filter(({ method }) => method === 'POST').map(({ url }) => url)
  }
}
type AtWork = Awaited<ReturnType<typeof atWork>>

let found: Promise<Map<string, string>> | undefined

/** The page that contains the form for each address: the same for all tests here. */
async function pagesWithForms (at: AtWork): Promise<Map<string, string>> {
  found ??= findPages(at)
  return await found
}

/** Found by visiting all pages. */
async function findPages (at: AtWork): Promise<Map<string, string>> {
  const { headers } = await signedIn(at.app, at.db)
  const pages = new Map<string, string>()
  for (const prepare of [async () => {}, ...Object.values(prepared)]) {
    const its = await everything(at.db)
    await prepare(at.db, its)
    for (const page of ['/staff/activities/new?campaign=:slug', ...at.gets]) {
      const url = addressOf(page, its)
      const { body } = await at.app.inject({ url, headers })
      for (const { action } of formsOn(body, url)) {
        const posted = at.posts.find(post => addressOf(post, its) === action)
        if (posted !== undefined && !pages.has(posted)) pages.set(posted, page)
      }
    }
  }
  return pages
}

/** A form in a session of its own, with empty fields filled in; without fields where no page has it. */
async function formFor ({ app, db }: AtWork, page: string | undefined, url: string) {
  const its = await everything(db)
  await prepared[url]?.(db, its)
  const { headers } = await signedIn(app, db)
  const address = addressOf(url, its)
  if (page === undefined) return { its, address, headers, fields: [] }
  const { body } = await app.inject({ url: addressOf(page, its), headers })
  const form = formsOn(body, addressOf(page, its)).find(({ action }) => action === address)
  const fields: Fields = (form?.fields ?? []).map(([name, value]) => [name, value === '' ? typed[name]?.() ?? '' : value])
  return { its, address, headers, fields }
}
