import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { actions, nameOf, actionInWords } from '../../../src/office/audit/in-words.ts'
import { factsOf } from '../../../src/office/audit/details-in-words.ts'

const none = new Map<string, string>()

t.test('every deed that is written down has words of its own', async t => {
  const audit = await readFile(join(import.meta.dirname, '../../../src/identity/staff/audit.ts'), 'utf8')
  const deeds = [...audit.matchAll(/'([a-z-]+\.[a-z-]+)'/g)].map(([, action = '']) => action)

  t.ok(deeds.length > 30)
  t.strictSame(deeds.filter(action => !actions.includes(action)), [])
})

t.test('a deed says what it was done to, and one without words is still told', async t => {
  t.strictSame(actionInWords('attendees.exported', 'Online safety'), { before: 'exported the attendees of ', subject: 'Online safety', after: '' })
  t.strictSame(actionInWords('staff.signed-in', 'somebody'), { before: 'signed in', subject: '', after: '' })
  t.strictSame(actionInWords('tea.made', 'the team'), { before: 'tea made: ', subject: 'the team', after: '' })
  t.strictSame(actionInWords('constructor', undefined), { before: 'constructor', subject: '', after: '' })
  t.equal(nameOf('attendees.exported'), 'Exported the attendees of an activity')
  t.equal(nameOf('tea.made'), 'Tea made')
})

t.test('a change says what from and to, and nothing about what stayed the same', async t => {
  t.strictSame(factsOf('places.changed', { capacity: ['20', '30'], waitingList: ['offers', 'offers'], overBookingPercent: ['', '5'] }, none),
    ['Capacity: from “20” to “30”', 'Over booking percent: from nothing to “5”'])
})

t.test('what came of a report is told in words, never in codes', async t => {
  t.strictSame(factsOf('attendance.imported', { from: 'teams', note: 'Pat', people: 3, marked: 2, leftOut: 1 }, none),
    ['Report: fetched from Teams', 'Where it is from: Pat', 'People in it: 3', 'Now noted as here: 2', 'Left out: 1'])
  t.strictSame(factsOf('attendance.changed', { attended: ['unknown', 'yes'], came: ['', '3'], source: 'report' }, none),
    ['Noted: from “not recorded” to “came”', 'People who came: from nothing to “3”', 'Known: from the Teams report'])
  t.strictSame(factsOf('walk-ins.changed', { walkIns: ['', '2'], source: 'report' }, none),
    ['People without a booking: from nothing to “2”', 'Known: from the Teams report'])
})

t.test('other facts are told as they are, and whose an id is', async t => {
  const agencies = new Map([['a1', 'Cumbria Police']])

  t.strictSame(factsOf('attendees.exported', { rows: 2, columns: ['name', 'email'] }, none), ['Rows: 2', 'Columns: name, email'])
  t.strictSame(factsOf('hold.made', { agencyId: 'a1', lastDay: '2026-12-01' }, agencies), ['Agency: Cumbria Police', 'Last day: 2026-12-01'])
  t.strictSame(factsOf('hold.made', null, agencies), [])
})
