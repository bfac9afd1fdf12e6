import t from 'tap'
import { daysToSend, laterMonths, monthsOfTexts } from '../../src/booking/evaluations/answering-times.ts'
import { monthsOfTrail } from '../../src/office/forgetting/audit-trail.ts'
import { personalData } from '../../src/office/forgetting/personal-data.ts'
import { daysOfLink } from '../../src/office/co-hosts/invitation.ts'
import { maxMonthsToReview } from '../../src/office/legal-holds/legal-hold.ts'
import { daysForComplaint } from '../../src/office/requests/due.ts'
import { monthsKept } from '../../src/office/requests/request.ts'
import { daysKept } from '../../src/office/resource-requests/request.ts'
import { hoursToTell } from '../../src/office/rights/erasing.ts'
import { daysAfterActivity, daysAfterEnd, daysForAgain, daysUnconfirmed } from '../../src/programme/entries/entry.ts'
import { tableIn, textOf } from './documents.ts'

const document = await textOf('docs/security/data.md')
const record = await textOf('docs/record-of-processing.md')

const columns = Object.entries(personalData).flatMap(([model, rules]) =>
  Object.entries(rules).map(([column, rule]) => ({ model, column, rule })))
const sorted = (texts: Iterable<string>) => [...new Set(texts)].sort()
const kinds = sorted(columns.map(({ rule }) => rule))

t.test('every kind of data has a level, and every level says how it is protected', async t => {
  const written = tableIn(document, 'Kinds')

  t.strictSame(written.map(([kind = '']) => kind).sort(), kinds)
  const levels = sorted(tableIn(document, 'Levels').map(([level = '']) => level))
  t.strictSame(sorted(written.map(([, level = '']) => level)).filter(level => !levels.includes(level)), [])
})

t.test('every secret and every mark in the database is named, with how it is stored', async t => {
  const isSecret = /Hash$|Sealed$|[mM]ark$|[tT]oken$|^code$|^network$/
  t.strictSame(
    tableIn(document, 'Secrets and marks in the database').map(([column = '']) => column).sort(),
    columns.filter(({ column }) => isSecret.test(column)).map(({ model, column }) => `${model}.${column}`).sort()
  )
})

t.test('the record of processing has every kind that is about people, with its tables', async t => {
  const ofPeople = kinds.filter(kind => kind !== 'nobody' && kind !== 'organisers')
  const rows = tableIn(record, 'Record of processing')

  t.strictSame(rows.map(([kind = '']) => kind).sort(), ofPeople)
  for (const [kind = '', , , tables = ''] of rows) {
    t.strictSame(tables.split(' '), sorted(columns.filter(({ rule }) => rule === kind).map(({ model }) => model)), kind)
  }
})

t.test('how long things are kept is as the record says', async t => {
  const kept = Object.fromEntries(tableIn(record, 'Record of processing').map(row => [row[0], row.at(-1)?.match(/\d+/g)?.map(Number)]))

  t.strictSame(kept, {
    booking: undefined,
    request: [monthsKept, daysForComplaint],
    erasure: [hoursToTell],
    'legal hold': [maxMonthsToReview],
    'later contact': [laterMonths, daysToSend],
    answer: [monthsOfTexts],
    entry: [daysAfterActivity, daysForAgain, daysAfterEnd, daysUnconfirmed],
    'resource request': [daysKept],
    invitation: [daysOfLink],
    staff: [monthsOfTrail]
  })
})
