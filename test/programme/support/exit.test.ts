import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { links, service } from '../../support/service.ts'
import { aBooking, anActivity } from '../../support/world.ts'

const templates = join(import.meta.dirname, '../../../templates')

t.test('every form that the public fills in is made by the one macro', async t => {
  const names = (await readdir(templates, { recursive: true })).filter(name => name.endsWith('.njk'))
  const texts = new Map(await Promise.all(names.map(async name => [name, await readFile(join(templates, name), 'utf8')] as const)))
  /** Whether only staff see it: a page of theirs, or a part of nothing but such pages. */
  const isOfStaff = (name: string): boolean => {
    if (/^(identity\/staff|mail\/emails)\//.test(name)) return true
    const text = texts.get(name) ?? ''
    if (/extends "(identity\/staff\/frame|programme\/activities\/running)\.njk"/.test(text)) return true
    const including = names.filter(other =>
      ['include', 'from'].some(how => texts.get(other)?.includes(`{% ${how} "${name}"`)))
    return including.length > 0 && including.every(isOfStaff)
  }
  // What is chosen from a list, and stands in the address, is not typed.
  const own = names.filter(name => /<form\b(?![^>]*\bmethod="get")/.test(texts.get(name) ?? '') && !isOfStaff(name))

  t.strictSame(own, ['parts/form.njk'])
})

t.test('no form begins as another did, also where a page is rendered once for many', async t => {
  const { app, db } = await service(t, { freshForMs: 60_000 })
  const { id, slug } = await anActivity(db, { placesPerBooking: 3 })
  const { id: offered } = await anActivity(db)
  const own = `/bookings/${links.tokenOf(await aBooking(db, id))}`
  const offer = `/bookings/${links.tokenOf(await aBooking(db, offered, { status: 'offered' }))}`
  const pages = [
    `/activities/${slug}/book`, '/find-my-booking', own, `${own}/cancellation`, `${own}/reminders`, offer, '/complaints'
  ]
  const names: string[] = []

  for (const url of [...pages, ...pages]) {
    const { body } = await app.inject(url)
    const forms = [...body.matchAll(/<form([^>]*)>\s*<input([^>]*)>/g)]
    t.ok(forms.length > 0 && forms.length === body.match(/<form/g)?.length, `${url} has forms that begin with a field`)
    for (const [, form = '', first = ''] of forms) {
      t.match(form, ' autocomplete="off"', url)
      t.match(first, / type="hidden" name="[\w-]{36}" disabled/, url)
      names.push(first)
    }
  }
  t.equal(new Set(names).size, names.length, 'each name is new')
})

t.test('the way out tells the browser to forget, twice, and goes on at once', async t => {
  const { app } = await service(t)

  const { statusCode, headers, body } = await app.inject('/exit')
  const [, sheet = ''] = /<link rel="stylesheet" href="([^"]+)">/.exec(body) ?? []
  const again = await app.inject(sheet)

  t.equal(statusCode, 200)
  t.equal(headers.refresh, '0;url=https://www.bbc.co.uk/weather')
  for (const answer of [headers, again.headers]) {
    t.equal(answer['clear-site-data'], '"cache", "cookies", "storage"')
    t.equal(answer['cache-control'], 'no-store')
  }
  t.equal(again.statusCode, 200)
  t.equal(again.headers['content-type'], 'text/css; charset=utf-8')
  t.match(body, '<a href="https://www.bbc.co.uk/weather"', 'also where a browser does not go on by itself')
})
