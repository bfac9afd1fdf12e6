import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import t from 'tap'
import { everyone } from '../../../src/booking/attendees/filter.ts'
import { openSnapshots } from '../../../src/platform/database/snapshots.ts'
import { openList } from '../../../src/office/exports/attendee-list.ts'
import { attendeeColumns } from '../../../src/office/exports/columns.ts'
import { spellings } from '../../../src/office/exports/csv-cells.ts'
import { numberInList, withItsZero } from '../../../src/programme/support/number-in-list.ts'
import { aBooking, anActivity, noon, world } from '../../support/world.ts'
import { service } from '../../support/service.ts'
import { signedIn } from '../../support/staff.ts'

const columns = [
  'reference', 'name', 'email', 'phone', 'status', 'places', 'role', 'district', 'access_needs', 'question',
  'heard_from', 'booked_at', 'attended'
]

/** Parses a list as a spreadsheet does. */
function rowsOf (csv: string): Array<Record<string, string>> {
  return parse(csv, { bom: true, columns: true })
}

t.test('an attendee list has the columns that others rely on, and times as clocks showed them', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db)
  const { reference } = await aBooking(db, id, {
    name: 'Nína “Ní” O’Brien, née Smith',
    email: 'nina@example.org',
    phone: '+44 7700 900982',
    places: 2,
    role: 'carer',
    district: 'Westmorland and Furness',
    accessNeeds: 'Captions\nand large print',
    question: '=HYPERLINK("https://evil.example")',
    heardFrom: 'School',
    createdAt: new Date('2026-07-01T17:00:00Z'),
    attended: true
  })
  const { headers } = await signedIn(app, db)

  const answer = await app.inject({ url: `/staff/activities/${slug}/attendees.csv`, headers })

  t.equal(answer.statusCode, 200)
  t.equal(answer.headers['content-type'], 'text/csv; charset=utf-8')
  t.equal(answer.headers['content-disposition'], `attachment; filename="attendees-${slug}-2026-11-23.csv"`)
  t.equal(answer.headers['cache-control'], 'no-store')
  t.strictSame([...answer.rawPayload.subarray(0, 3)], [0xEF, 0xBB, 0xBF], 'the mark by which Excel knows UTF-8')
  t.ok(answer.body.includes(`${columns.join(',')}\r\n`))
  t.strictSame(rowsOf(answer.body), [{
    reference,
    name: 'Nína “Ní” O’Brien, née Smith',
    email: 'nina@example.org',
    phone: '07700 900982',
    status: 'confirmed',
    places: '2',
    role: 'carer',
    district: 'Westmorland and Furness',
    access_needs: 'Captions\nand large print',
    question: '\'=HYPERLINK("https://evil.example")',
    heard_from: 'School',
    booked_at: '2026-07-01 18:00',
    attended: 'yes'
  }])
})

t.test('a phone number is no number to a spreadsheet, and keeps its 0', async t => {
  const cases: Array<[typed: string, listed: string]> = [
    ['07700900982', '07700 900982'], ['+447700900982', '07700 900982'], ['+44 (0)7700 900982', '07700 900982'], ['0044 7700 900982', '07700 900982'],
    ['447700900982', '07700 900982'], ['01228.526690', '01228 526690'], ['01539-722722', '01539-722722'], ['(01539) 722722', '(01539) 722722'],
    ['+33 1 23 45 67 89', '0033 1 23 45 67 89'], ['0033123456789', '00 33123456789'], ['722722', '722722'], ['\u202D07700–900982\u202C', '07700-900982'],
    ['(01539722722)', '01539 722722'], ['01539', '0153 9'], ['+))   ', '))'], ['+', '']
  ]
  for (const [typed, listed] of cases) t.equal(numberInList(typed), listed, typed)
  t.equal(withItsZero('07700900982'), '07700 900982', 'also as the whole of what someone asks')
  for (const text of ['', '0', '7', '2026', '007 is here', 'Call 07700900982']) t.equal(withItsZero(text), text, text)

  const typing = fc.oneof(fc.stringMatching(/^\+?[\d ().-]{5,20}$/), fc.stringMatching(/^[(+ ]{0,2}0?\d{0,12}[) ]{0,2}$/))
  fc.assert(fc.property(typing, typed =>
    !/^[\s(]*0[\d.]+[)\s]*$/.test(numberInList(typed)) && !/^\s*[=+@\t\r\n]/.test(numberInList(typed))), { numRuns: 1000 })
})

t.test('a number as phones keep it is listed like one with spaces', async () => {
  fc.assert(fc.property(fc.stringMatching(/^[1-9]\d{9}$/), digits => numberInList(`+44${digits}`) === numberInList(`+44 ${digits}`)))
})

t.test('digits alone keep their 0 in every column', async t => {
  for (const kind of ['text', 'long text', 'phone'] as const) t.equal(spellings[kind]?.('07700900982'), '07700 900982', kind)
})

t.test('no cell of a list runs, whatever someone typed', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db)
  for (const name of ['=1+1', '+1', '-1', '@SUM(A1)', ' =1', '\t=1', '\r=1', '\n=1', '＝1', '\u3000＋1']) {
    await aBooking(db, id, { name, question: name, accessNeeds: name, heardFrom: name, district: name })
  }
  const { headers } = await signedIn(app, db)

  const { body } = await app.inject({ url: `/staff/activities/${slug}/attendees.csv`, headers })

  const cells = rowsOf(body).flatMap(row => Object.values(row))
  t.equal(cells.length, 10 * columns.length)
  t.strictSame(cells.filter(cell => /^[\s\0]*[=+\-@\t\r\n\0＝＋－＠]/.test(cell)), [])
})

t.test('a character that office programs stop at, in a name kept since before, loses nobody after it', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db)
  await aBooking(db, id, { name: 'Anne\uFFFE Kirkbride' })
  await aBooking(db, id, { name: 'Behind Her' })
  const { headers } = await signedIn(app, db)

  const { body } = await app.inject({ url: `/staff/activities/${slug}/attendees.csv`, headers })

  t.strictSame(rowsOf(body).map(({ name }) => name), ['Anne\uFFFD Kirkbride', 'Behind Her'])
})

t.test('the list begins with those confirmed, then those with an offer, then those who wait, each in turn', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db)
  const arrivals = ['cancelled', 'waiting', 'confirmed', 'lapsed', 'offered', 'waiting', 'confirmed'] as const
  for (const [n, status] of arrivals.entries()) {
    await aBooking(db, id, { name: `${n} ${status}`, status, offeredUntil: status === 'offered' ? noon.toJSDate() : null })
  }
  const { headers } = await signedIn(app, db)

  const { body } = await app.inject({ url: `/staff/activities/${slug}/attendees.csv`, headers })

  t.strictSame(rowsOf(body).map(({ name }) => name), [
    '2 confirmed', '6 confirmed', '4 offered', '1 waiting', '5 waiting', '0 cancelled', '3 lapsed'
  ])
})

t.test('someone who moves up while a list is read is on it once, as they were when it was begun', async t => {
  const { db, url } = await world(t)
  const { id } = await anActivity(db)
  const ids: string[] = []
  for (let n = 0; n < 502; n++) ids.push((await aBooking(db, id, { name: `${n}.`, status: 'waiting' })).id)
  const snapshots = openSnapshots(url)
  t.teardown(async () => { await snapshots.close() })
  const list = { activityIds: [id], filter: everyone, columns: attendeeColumns }
  const { rows, portions } = await openList(await snapshots.open(), db, list)
  const found: string[] = []

  await db.booking.update({ where: { id: ids[501] ?? '' }, data: { status: 'confirmed', confirmedAt: noon.toJSDate() } })
  for await (const portion of portions) found.push(...portion.map(cells => `${cells[1]} ${cells[4]}`))

  t.strictSame([...rows], [[id, 502]])
  t.strictSame(found, ids.map((_, n) => `${n}. waiting`))
})

t.test('each download is in the audit trail before its first byte, without anyone’s name', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db)
  await aBooking(db, id)
  await aBooking(db, id)
  const { headers, member } = await signedIn(app, db)

  await app.inject({ url: `/staff/activities/${slug}/attendees.csv`, headers })

  const [entry, ...others] = await db.auditEntry.findMany({ where: { action: 'attendees.exported' } })
  t.strictSame(others, [])
  t.match(entry, { staffMemberId: member.id, subject: slug, at: noon.toISO(), details: { rows: 2, columns } })
  t.notMatch(JSON.stringify(entry?.details), /Kirkbride|example\.org/)
})

t.test('a download that cannot be taken down is not handed out', async t => {
  const { app, db, asOwner } = await service(t)
  const { id, slug } = await anActivity(db)
  await aBooking(db, id)
  const { headers } = await signedIn(app, db)
  await asOwner("ALTER TABLE audit_entries ADD CONSTRAINT full_trail CHECK (action <> 'attendees.exported') NOT VALID")

  const answer = await app.inject({ url: `/staff/activities/${slug}/attendees.csv`, headers })

  t.equal(answer.statusCode, 500)
  t.notMatch(answer.body, 'Kirkbride')
})

t.test('asking what a download would be hands nothing out and takes nothing down', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db)
  await aBooking(db, id)
  const { headers } = await signedIn(app, db)

  const answer = await app.inject({ method: 'HEAD', url: `/staff/activities/${slug}/attendees.csv`, headers })

  t.equal(answer.statusCode, 200)
  t.match(answer.headers['content-disposition'], /attachment/)
  t.equal(answer.body, '')
  t.equal(await db.auditEntry.count({ where: { action: 'attendees.exported' } }), 0)
})

t.test('a list of nobody has the names of its columns', async t => {
  const { app, db } = await service(t)
  const { slug } = await anActivity(db)
  const { headers } = await signedIn(app, db)

  const { body } = await app.inject({ url: `/staff/activities/${slug}/attendees.csv`, headers })

  t.equal(body, `\uFEFF${columns.join(',')}\r\n`)
})
