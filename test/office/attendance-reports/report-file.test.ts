import fc from 'fast-check'
import { DateTime } from 'luxon'
import t from 'tap'
import { ReportRefused } from '../../../src/office/attendance-reports/errors.ts'
import { secondsDuring } from '../../../src/office/attendance-reports/presence.ts'
import { readReportFile } from '../../../src/office/attendance-reports/report-file.ts'
import { asDownloaded, asResaved, layouts, rowsOf, timeFormats } from '../../support/teams-reports.ts'
import type { InReport, TimeFormat } from '../../support/teams-reports.ts'

const zone = 'Europe/London'
const startsAt = DateTime.fromISO('2026-12-01T18:00', { zone })
const event = { from: startsAt.toMillis(), to: startsAt.plus({ minutes: 30 }).toMillis(), zone }

const people: InReport[] = [
  { name: 'Anne Kirkbride', email: 'anne@example.org', joins: [[-3, 12], [14, 31]] },
  { name: 'Łucja Żak (Guest)', joins: [[2, 28]] },
  { name: 'Sky "Ace" Tab', joins: [[0, 9]] },
  { name: 'Kirkbride, Tom (Unverified)', joins: [[5, 40]] },
  { name: 'Pat Smith', email: 'pat@council.example', role: 'Organizer', joins: [[-15, 45]] }
]
const because = (bytes: Uint8Array) => {
  try {
    readReportFile(bytes, event)
    return undefined
  } catch (error) {
    if (!(error instanceof ReportRefused)) throw error
    return error.because
  }
}
/** For how many seconds each was there during the activity. */
const seconds = (bytes: Uint8Array) => Object.fromEntries(
  [...Map.groupBy(readReportFile(bytes, event), ({ name }) => name)]
    .map(([name, joins]) => [name, secondsDuring(event, joins.map(({ presence }) => presence))]))
const expected = {
  'Anne Kirkbride': 28 * 60, 'Łucja Żak (Guest)': 26 * 60, 'Sky "Ace" Tab': 540, 'Kirkbride, Tom (Unverified)': 25 * 60, 'Pat Smith': 1800
}

t.test('every layout, in every way in which times are written, says who was there and for how long', async t => {
  for (const layout of layouts) {
    for (const format of Object.keys(timeFormats) as TimeFormat[]) {
      const rows = rowsOf(layout, { people, startsAt, format })
      const whole = layout === 'numbered blocks without joins' ? { ...expected, 'Anne Kirkbride': 1800 } : expected
      t.strictSame(seconds(asDownloaded(rows)), whole, `${layout}, ${format}`)
      t.strictSame(seconds(asResaved(rows)), whole, `${layout}, ${format}, as CSV`)
      t.strictSame(seconds(asResaved(rows, ';')), whole, `${layout}, ${format}, with semicolons`)
    }
  }
})

t.test('a row that ends otherwise than the others is a row', async t => {
  const rows = rowsOf('joins and leaves', { people, startsAt })
  const lines = asResaved(rows).toString().split('\r\n')
  t.ok(lines.length > 3)
  for (const end of ['\n', '\r']) {
    for (let n = 1; n < lines.length; n++) {
      const mixed = `${lines.slice(0, n).join('\r\n')}${end}${lines.slice(n).join('\r\n')}`
      t.strictSame(seconds(Buffer.from(mixed)), expected, `${JSON.stringify(end)} after line ${n}`)
    }
  }
})

t.test('roles and addresses are read where a layout has them', async t => {
  for (const layout of layouts.slice(0, 3)) {
    const joins = readReportFile(asDownloaded(rowsOf(layout, { people, startsAt })), event)
    t.match(joins.find(({ name }) => name === 'Pat Smith'), { address: 'pat@council.example', role: 'organiser' }, layout)
    t.match(joins.find(({ name }) => name.startsWith('Łucja')), { address: undefined, role: 'attendee' }, layout)
  }
  const [anyone] = readReportFile(asDownloaded(rowsOf('joins and leaves', { people, startsAt })), event)
  t.match(anyone, { address: undefined, role: undefined })
})

t.test('a webinar’s registration address counts before the account, and who registered and did not join is left out', async t => {
  const rows = [
    ['2. Participants'],
    ['Name', 'First Join', 'Last Leave', 'In-Meeting Duration', 'Email', 'Registration Email', 'Role'],
    ['Anne', '12/1/26, 6:00:00 PM', '12/1/26, 6:30:00 PM', '30m 0s', 'anne@work.example', 'anne@home.example', 'Attendee'],
    ['Ben', '', '', '', '', 'ben@home.example', 'Attendee']
  ]
  t.match(readReportFile(asDownloaded(rows), event), [{ name: 'Anne', address: 'anne@home.example' }])
  t.equal(readReportFile(asDownloaded(rows), event).length, 1)
})

t.test('times in UTC are read as such where the heading says so', async t => {
  const rows = [
    ['Name', 'First Join (UTC)', 'Last Leave (UTC)', 'In-Meeting Duration', 'Email'],
    ['Anne', '7/1/26, 5:05:00 PM', '7/1/26, 5:25:00 PM', '20m 0s', '']
  ]
  const summer = DateTime.fromISO('2026-07-01T18:00', { zone })
  const during = { from: summer.toMillis(), to: summer.plus({ minutes: 30 }).toMillis(), zone }
  const [anne] = readReportFile(asDownloaded(rows), during)
  t.equal(anne && secondsDuring(during, [anne.presence]), 1200)
})

t.test('whoever had not left when the oldest list was downloaded was there until its last row', async t => {
  const rows = [
    ['Full Name', 'User Action', 'Timestamp'],
    ['Anne', 'Joined before', '01/12/2026, 18:05:00'],
    ['Ben', 'Joined', '01/12/2026, 18:10:00'],
    ['Ben', 'Left', '01/12/2026, 18:25:00']
  ]
  t.strictSame(seconds(asDownloaded(rows)), { Anne: 1200, Ben: 900 })
  const inPortuguese: Record<string, string> = {
    'Full Name': 'Nome Completo',
    'User Action': 'Atividade',
    Timestamp: 'Carimbo de data/hora',
    'Joined before': 'Entrou antes de',
    Joined: 'Ingressou',
    Left: 'Saiu'
  }
  const translated = rows.map(cells => cells.map(cell => inPortuguese[cell] ?? cell))
  t.strictSame(seconds(asDownloaded(translated)), { Anne: 1200, Ben: 900 })
})

t.test('only what belongs to the activity is read: from half an hour before its start to an hour after its end', async t => {
  const joins = (name: string, from: number, to: number): InReport => ({ name, joins: [[from, to]] })
  const rows = rowsOf('numbered blocks', {
    startsAt,
    people: [joins('Early', -40, -31), joins('Late', 90, 95), joins('Before', -40, -30), joins('After', 89, 95), joins('In', 0, 9)]
  })
  t.strictSame(Object.keys(seconds(asDownloaded(rows))).sort(), ['After', 'Before', 'In'])
})

t.test('what is no report of this activity is refused in a sentence that says why', async t => {
  const rows = rowsOf('numbered blocks', { people, startsAt })
  t.equal(because(asDownloaded(rowsOf('numbered blocks', { people, startsAt: startsAt.plus({ days: 1 }) }))), 'another-day')
  t.equal(because(asDownloaded([['Name', 'Email'], ['Anne', 'anne@example.org']])), 'no-headings')
  t.equal(because(asDownloaded(rows.slice(0, 10))), 'empty')
  t.equal(because(Buffer.from('')), 'empty')
  t.equal(because(Buffer.from([0xC3, 0x28, 0x41, 0x42, 0x43])), 'no-text')
  t.equal(because(Buffer.from('Name,Join Time\n"Anne,12/1/26')), 'no-table')
  t.equal(because(asDownloaded([['Name', 'Join Time', 'Leave Time'], ['Anne', '١/١٢/٢٠٢٦', 'later']])), 'no-times')
  const many = Array.from({ length: 20_001 }, (_, n) => [`P ${n}`, '12/1/26, 6:00:00 PM', '12/1/26, 6:30:00 PM'])
  t.equal(because(asDownloaded([['Name', 'Join Time', 'Leave Time'], ...many])), 'too-long')
})

t.test('whatever a file holds, it is read or refused, and nothing else happens', async () => {
  const cell = fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom(
    'Name', 'Full Name', 'Join Time', 'Leave Time', 'First Join', 'Duration', 'User Action', 'Timestamp', 'Email', 'Role', 'Left',
    'Joined', '12/1/26, 6:05:00 PM', '99/99/26, 6:05:00 PM', '1h 2m', '"', '2. Participants', ''))
  const table = fc.array(fc.array(cell, { maxLength: 6 }), { maxLength: 12 })
  fc.assert(fc.property(fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    table.map(asDownloaded),
    table.map(rows => asResaved([[''], ...rows])),
    fc.string().map(text => Buffer.from(text))
  ), bytes => {
    because(bytes)
    return true
  }), { numRuns: 400 })
})

t.test('a mark that UTF-16 lacks is not needed', async t => {
  const rows = rowsOf('numbered blocks', { people, startsAt })
  t.strictSame(seconds(asDownloaded(rows).subarray(2)), expected)
  t.strictSame(seconds(asDownloaded(rows).swap16()), expected, 'nor is the order of its bytes')
})
