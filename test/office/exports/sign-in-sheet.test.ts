import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { listSigners } from '../../../src/office/exports/sign-in-sheet-queries.ts'
import { may, roles } from '../../../src/identity/staff/roles.ts'
import { innardsOf, linesOf, popplerLinesOf } from '../../support/pdf.ts'
import { perceived, service } from '../../support/service.ts'
import { anAgency, signedIn } from '../../support/staff.ts'
import { aBooking, anActivity, noon } from '../../support/world.ts'

const sheetOf = (slug: string, query = '') => `/staff/activities/${slug}/sign-in-sheet.pdf${query}`
const pageOf = (slug: string) => `/staff/activities/${slug}/sign-in-sheet`

/** The sheet of an activity; fails the test if there is none. */
async function download (app: FastifyInstance, headers: { cookie: string }, url: string): Promise<Buffer> {
  const answer = await app.inject({ url, headers })
  if (answer.statusCode !== 200) throw new Error(`${answer.statusCode}: ${perceived(answer).text}`)
  return answer.rawPayload
}

/** Words that stand on or below the foot line of their page, or beside the paper, by where poppler finds them. */
function overTheFoot (boxes: readonly string[]): string[] {
  let [width, height] = [0, 0]
  return boxes.flatMap(line => {
    const [, pageWidth, pageHeight] = /<page width="([\d.]+)" height="([\d.]+)"/.exec(line) ?? []
    if (pageWidth !== undefined) [width, height] = [Number(pageWidth), Number(pageHeight)]
    const [, right, bottom, word = ''] = /xMax="([\d.]+)" yMax="([\d.]+)">(.*)<\/word>/.exec(line) ?? []
    const bodyEnds = height - 20 * 72 / 25.4
    return /^(?:need|W)/.test(word) && (Number(right) > width || Number(bottom) > bodyEnds) ? [word] : []
  })
}

const pagesIn = (pdf: Buffer) => [...innardsOf(pdf).matchAll(/\/Type \/Page\b/g)].length

t.test('a sheet has everyone who has a place, by surname, under what it is for', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db, { title: 'Staying safe online 🌸', venue: 'Carlisle library', isOnline: false })
  for (const [name, places] of [['Zoë Abel', 1], ['Łucja Lis', 3], ['Ömer Can', 1], ['Jane Zephaniah', 1]] as const) {
    await aBooking(db, id, { name, places })
  }
  for (const status of ['waiting', 'offered', 'cancelled', 'lapsed'] as const) {
    await aBooking(db, id, { name: `Not ${status}`, status, offeredUntil: status === 'offered' ? noon.toJSDate() : null })
  }
  const { headers } = await signedIn(app, db)

  const answer = await app.inject({ url: sheetOf(slug), headers })

  t.equal(answer.statusCode, 200)
  t.equal(answer.headers['content-type'], 'application/pdf')
  t.equal(answer.headers['content-disposition'], `attachment; filename="sign-in-sheet-${slug}.pdf"`)
  t.equal(answer.headers['cache-control'], 'no-store')
  const lines = await linesOf(answer.rawPayload)
  t.match(lines.slice(1), [
    'Staying safe online',
    /^When: \w+day \d+ \w+ \d+, /,
    'Where: Carlisle library',
    'Booked: 4 people, 6 places',
    'Name Places Here Signature',
    'Zoë Abel 1', 'Ömer Can 1', 'Łucja Lis 3', 'Jane Zephaniah 1',
    'Printed Monday 23 November 2026 at midday. Shred it when it has been used. Page 1 of 1'
  ])
  t.match(innardsOf(answer.rawPayload), /<dc:title>.*Sign-in sheet: Staying safe online</)
  t.match(innardsOf(answer.rawPayload), /\/S \/TH/)
})

t.test('twenty-four people fit on one page, and their header stands on every page of more', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db, { capacity: 400 })
  const { headers } = await signedIn(app, db)
  const book = async (from: number, to: number) => {
    for (let n = from; n < to; n++) await aBooking(db, id, { name: `Person Number${String(n).padStart(3, '0')}` })
  }

  await book(0, 24)
  t.equal(pagesIn(await download(app, headers, sheetOf(slug))), 1)
  await book(24, 150)
  const pdf = await download(app, headers, sheetOf(slug))

  const [pages, lines] = [pagesIn(pdf), await linesOf(pdf)]
  t.ok(pages >= 6 && pages <= 8, `${pages} pages`)
  t.equal(lines.filter(line => line.includes('Signature')).length, pages)
  t.equal(lines.filter(line => line.includes(`of ${pages}`)).length, pages)
  t.strictSame(lines.flatMap(line => /Number(\d{3})/.exec(line)?.[1] ?? []), Array.from({ length: 150 }, (_, n) => String(n).padStart(3, '0')))
})

t.test('what people need is on the sheet only where it was asked for', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db)
  await aBooking(db, id, { name: 'Anne Kirkbride', accessNeeds: 'Captions,\nand a seat\tnear the door' })
  await aBooking(db, id, { name: 'Bea Lister', accessNeeds: 'A ramp 🌸' })
  const { headers } = await signedIn(app, db)

  t.strictSame((await listSigners(db, id, { withNeeds: false })).map(({ accessNeeds }) => accessNeeds), [undefined, undefined], 'nor is it read')
  t.notMatch((await linesOf(await download(app, headers, sheetOf(slug)))).join('\n'), /Captions|ramp|Needs/)
  for (const query of ['?needs=yes&why=door', '?needs=yes&why=prepare&print=large']) {
    const text = (await linesOf(await download(app, headers, sheetOf(slug, query)))).join(' ')
    t.match(text, /Name Places Needs Here Signature/, query)
    t.match(text, /Captions, and a seat near the door/, query)
    t.match(text, /We cannot print this: see booking/, query)
  }

  const trail = await db.auditEntry.findMany({ where: { action: 'sign-in-sheet.printed' }, orderBy: { id: 'asc' } })
  t.match(trail.map(({ details }) => details), [
    { rows: 2, columns: ['name', 'places'] },
    { rows: 2, columns: ['name', 'places', 'access_needs'], why: 'To check people in on the day' },
    { rows: 2, columns: ['name', 'places', 'access_needs'], why: 'To prepare the activity: numbers, needs, questions' }
  ])
})

t.test('what people need goes on paper only for those who may have it in a list, whatever their role', async t => {
  const { app, db } = await service(t)
  const { id: agencyId } = await anAgency(db)
  const { id, slug } = await anActivity(db, { leadAgencyId: agencyId })
  await aBooking(db, id, { name: 'Anne Kirkbride', accessNeeds: 'Captions' })

  for (const role of roles) {
    for (const from of [null, agencyId]) {
      const { headers, member } = await signedIn(app, db, { role, agencyId: from })
      const isTheirs = may({ id: member.id, role, agencyId: from ?? undefined }, 'export needs and phones', { leadAgencyId: agencyId, hostIds: [] })
      const answer = await app.inject({ url: sheetOf(slug, '?needs=yes&why=door'), headers })
      const page = await app.inject({ url: pageOf(slug), headers })

      const who = `${role}${from === null ? '' : ' of the agency'}`
      t.equal(answer.statusCode === 200, isTheirs, who)
      t.equal(perceived(page).has('needs'), isTheirs, who)
      t.equal(perceived(page).has('why'), isTheirs, who)
      if (role !== 'staff') continue
      t.equal(answer.statusCode, 403, who)
      t.match(perceived(answer).text, 'Only organisers can have what people need on a sheet.')
      t.equal((await app.inject({ url: sheetOf(slug, '?needs=yes'), headers })).statusCode, 403, 'also without a reason')
      t.match(perceived(page).text, 'What people need is not on it: only organisers can have that on a sheet.')
      t.equal((await app.inject({ url: sheetOf(slug), headers })).statusCode, 200, 'the sheet without it is theirs')
    }
  }
  const needs = await db.auditEntry.findMany({ where: { action: 'sign-in-sheet.printed' } })
  t.equal(needs.filter(({ details }) => JSON.stringify(details).includes('access_needs')).length, 4)
})

t.test('whoever wants on paper what people need says why, and nothing that was chosen is lost', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db)
  await aBooking(db, id, { accessNeeds: 'Captions' })
  const { headers } = await signedIn(app, db, { role: 'organiser' })

  const answer = await app.inject({ url: sheetOf(slug, '?needs=yes&print=large'), headers })

  t.equal(answer.statusCode, 400)
  t.match(perceived(answer).errors, [{ field: 'why', sentence: 'Select why what people need has to be on the sheet' }])
  t.match(answer.body, /id="needs"[^>]* checked/)
  t.match(answer.body, /id="print"[^>]* checked/)
  t.equal(await db.auditEntry.count({ where: { action: 'sign-in-sheet.printed' } }), 0)
})

t.test('a name with a letter that no font has is told before, and the rest of the list is printed', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db)
  const { reference, id: booking } = await aBooking(db, id, { name: 'ᚠᚢᚦ Runic' })
  await aBooking(db, id, { name: 'Anne Kirkbride' })
  const { headers } = await signedIn(app, db)

  const page = await app.inject({ url: pageOf(slug), headers })
  const text = (await linesOf(await download(app, headers, sheetOf(slug)))).join('\n')

  t.match(perceived(page).text, `This name has characters that we cannot print. The sheet has the booking reference instead. Write the name in by hand. ᚠᚢᚦ Runic ${reference}`)
  t.match(page.body, `href="/staff/activities/${slug}/bookings/${booking}"`)
  t.match(text, `Booking ${reference}`)
  t.match(text, 'Anne Kirkbride')
  t.notMatch(text, 'Runic')
})

t.test('what someone needs stands on the sheet to its last word, however long it is', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db)
  const words = Array.from({ length: 125 }, (_, n) => `need${String(n).padStart(3, '0')}`)
  await aBooking(db, id, { name: 'Anne Kirkbride', accessNeeds: words.join(' ') })
  await aBooking(db, id, { name: 'Bea Lister', accessNeeds: 'W'.repeat(1000) })
  await aBooking(db, id, { name: 'Cara Last', accessNeeds: 'A ramp' })
  const { headers } = await signedIn(app, db)

  for (const query of ['?needs=yes&why=door', '?needs=yes&why=door&print=large']) {
    const pdf = await download(app, headers, sheetOf(slug, query))
    const text = (await linesOf(pdf)).join(' ')
    t.strictSame(text.match(/need\d{3}/g), words, query)
    t.equal(text.match(/W(?!h)/g)?.length, 1000, query)
    const boxes = await popplerLinesOf(pdf, '-bbox')
    if (boxes === undefined) t.comment('pdftotext (Debian: poppler-utils) is not installed: where words stand is not read')
    else t.strictSame(overTheFoot(boxes), [], query)
  }
})

t.test('what people typed stands on the sheet as they see it, and nothing of it is run', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db, { title: '#read("/etc/hostname") $x$' })
  const typed = [
    '#text("x")', '#read("/etc/hostname")', '$x$', '*bold*', 'a "quoted" name', 'back\\slash', 'Two\nlines', 'Bell\u0007 rings', '\u202Eevil', 'Soft\u00ADhyphen',
    'Abcdefghij'.repeat(10), 'محمد علي', 'মোহাম্মদ রহিম', 'e\u0301lodie'
  ]
  for (const name of typed) await aBooking(db, id, { name })
  const { headers } = await signedIn(app, db)

  const pdf = await download(app, headers, sheetOf(slug))

  const seen = (text: string) => text.normalize('NFC').replaceAll(/[\p{Cc}\p{DI}\s]/gu, '')
  const all = seen((await linesOf(pdf)).join(''))
  for (const name of typed) t.ok(all.includes(seen(name)), JSON.stringify(name))
  t.ok(all.includes('#read("/etc/hostname")$x$When:'), 'the title')
  const byPoppler = await popplerLinesOf(pdf)
  if (byPoppler === undefined) t.comment('pdftotext (Debian: poppler-utils) is not installed: the text is not taken out with it')
  else for (const name of typed) t.ok(seen(byPoppler.join('')).includes(seen(name)), `${JSON.stringify(name)}, by poppler`)
})

t.test('each sheet is in the audit trail, without anyone’s name', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db)
  await aBooking(db, id, { name: 'Anne Kirkbride' })
  const { headers, member } = await signedIn(app, db)

  await download(app, headers, sheetOf(slug))

  const [entry, ...others] = await db.auditEntry.findMany({ where: { action: 'sign-in-sheet.printed' } })
  t.strictSame(others, [])
  t.match(entry, { staffMemberId: member.id, subject: slug, at: noon.toISO(), details: { rows: 1, columns: ['name', 'places'] } })
  t.notMatch(JSON.stringify(entry?.details), /Kirkbride/)
})

t.test('a sheet that cannot be taken down is not handed out', async t => {
  const { app, db, asOwner } = await service(t)
  const { id, slug } = await anActivity(db)
  await aBooking(db, id, { name: 'Anne Kirkbride' })
  const { headers } = await signedIn(app, db)
  await asOwner("ALTER TABLE audit_entries ADD CONSTRAINT full_trail CHECK (action <> 'sign-in-sheet.printed') NOT VALID")

  const answer = await app.inject({ url: sheetOf(slug), headers })

  t.equal(answer.statusCode, 500)
  t.notMatch(answer.body, '%PDF')
})

t.test('a sheet that cannot be made says so in one sentence, and nothing is taken down', async t => {
  // A service of its own: the usual one would print nothing for the tests that come.
  const { app, db } = await service(t, { freshForMs: 0 })
  const { id, slug } = await anActivity(db)
  await aBooking(db, id)
  const { headers } = await signedIn(app, db)

  app.pdf.close()
  const answer = await app.inject({ url: sheetOf(slug), headers })

  t.equal(answer.statusCode, 503)
  t.equal(answer.headers['content-disposition'], undefined, 'a page to read, not a file to save')
  t.equal(answer.headers['retry-after'], '60')
  t.equal(perceived(answer).h1, 'We could not make the PDF')
  t.match(perceived(answer).text, 'Try again in a minute.')
  t.equal(await db.auditEntry.count({ where: { action: 'sign-in-sheet.printed' } }), 0)
  t.equal((await app.inject({ url: pageOf(slug), headers })).statusCode, 200, 'and everything else goes on')
})

t.test('asking what a sheet would be makes none, and an unknown wish gets a sentence', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db)
  await aBooking(db, id)
  const { headers } = await signedIn(app, db)

  const head = await app.inject({ method: 'HEAD', url: sheetOf(slug), headers })
  t.equal(head.statusCode, 200)
  t.equal(head.body, '')
  for (const [query, field] of [['?needs=no', 'needs'], ['?print=huge', 'print'], ['?colour=red', 'form'], ['?needs=yes&needs=yes', 'needs'], ['?needs=yes&why=fun', 'why']] as const) {
    const answer = await app.inject({ url: sheetOf(slug, query), headers })
    t.equal(answer.statusCode, 400, query)
    t.match(perceived(answer).errors, [{ field }], query)
    t.ok(perceived(answer).has(field), query)
  }
  t.equal(await db.auditEntry.count({ where: { action: 'sign-in-sheet.printed' } }), 0)
})

t.test('someone who signed in long ago shows first who they are, and comes back to the sheet', async t => {
  let now = noon
  const { app, db } = await service(t, { clock: () => now })
  const { id, slug } = await anActivity(db)
  await aBooking(db, id)
  const { headers } = await signedIn(app, db)
  const url = sheetOf(slug, '?needs=yes')

  now = noon.plus({ minutes: 15 })
  const answer = await app.inject({ url, headers })

  t.equal(answer.statusCode, 303)
  t.equal(answer.headers.location, `/staff/again?${new URLSearchParams({ to: url })}`)
  t.equal((await app.inject({ url: pageOf(slug), headers })).statusCode, 200, 'the page before it needs none')
})

t.test('where nobody has a place there is nobody to sign in', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db)
  await aBooking(db, id, { status: 'waiting' })
  const { headers } = await signedIn(app, db)

  const page = await app.inject({ url: pageOf(slug), headers })

  t.match(perceived(page).text, 'Nobody has a place yet, so there is nobody to sign in.')
  t.notMatch(page.body, 'sign-in-sheet.pdf')
  const sheet = await app.inject({ url: sheetOf(slug), headers })
  t.equal(sheet.statusCode, 409)
  t.match(perceived(sheet).text, 'Nobody has a place in this activity yet.')
  t.equal(await db.auditEntry.count({ where: { action: 'sign-in-sheet.printed' } }), 0, 'and no empty sheet is recorded')
})
