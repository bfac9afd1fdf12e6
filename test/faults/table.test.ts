import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

/*
 * docs/faults.md has a row for each fault: its name, what is done, a file and the name of a test in backticks, four
 * figures or four dashes, and what people see.
 */

const project = join(import.meta.dirname, '../..')
const textOf = (file: string) => readFileSync(join(project, file), 'utf8')

const rows = textOf('docs/faults.md').split('\n').filter(line => line.startsWith('| ')).slice(2).map(line => {
  const [fault = '', done = '', test = '', ...others] = line.slice(2, -2).split(' | ')
  const [, file = '', name = ''] = /^`([^`]+)` `(.+)`$/.exec(test) ?? []
  return { fault, done, file, name, figures: others.slice(0, 4), seen: others[4] ?? '' }
})

/** What the service promises to outlast; each is the beginning of the name of at least one row. */
const promised = [
  'Killed at any moment', 'The service is killed', 'PostgreSQL is restarted (fast)', 'PostgreSQL is restarted (immediate)',
  'PostgreSQL is gone for a minute', 'PostgreSQL is out of connections', 'PostgreSQL can only be read',
  'Failing over, the answer unknown', 'The disk of PostgreSQL is full', 'The disk of the service is full',
  'SMTP is down', 'SMTP is slow', 'SMTP hangs', 'SMTP drops after the final dot', 'Graph is down', 'Graph is slow', 'Graph hangs',
  'Graph drops', 'OIDC is down', 'OIDC is slow', 'OIDC hangs', 'OIDC drops', 'A worker dies with emails to staff',
  'SMTP drops after the final dot, to staff', 'PostgreSQL is restarted while emails to staff go', 'The clock jumps', 'Two versions side by side', 'A migration beside bookings',
  '2,000 idle connections', 'One byte a second', 'Cut off while both live', 'Promotion against booking', 'Stopped in a burst'
]

t.test('every fault that is promised has a row, and none has two', async t => {
  t.strictSame(promised.filter(name => !rows.some(({ fault }) => fault.startsWith(name))), [])
  t.equal(new Set(rows.map(({ fault }) => fault)).size, rows.length)
  t.strictSame(rows.filter(({ done, seen }) => done === '' || seen === '').map(({ fault }) => fault), [])
})

/** Rows whose test has no audit at its end, because in it there is nothing to audit. */
const withoutAudit = new Map([
  ['test/programme/teams/graph.test.ts', 'it only asks Microsoft, and has no database'],
  ['test/platform/database/beside-an-older-version.test.ts', 'it compares tables, in which there is nothing'],
  ['test/faults/migrations.test.ts', 'its bookings are rows without people, for their number']
])

t.test('once a fault is over its test audits, or there is a reason why not', async t => {
  for (const { fault, file, name } of rows) {
    const text = textOf(file)
    const begin = Math.max(...["'", '`', '"'].map(quote => text.indexOf(`t.test(${quote}${name}${quote},`)))
    const [, body = ''] = text.slice(begin).split('t.test(')
    t.not(/\bexpectSound(Own)?\(/.test(body), withoutAudit.has(file), `${fault}: ${file}: ${name}`)
  }
  const files = new Set(rows.map(({ file }) => file))
  t.strictSame([...withoutAudit.keys()].filter(file => !files.has(file)), [])
})

t.test('every row names a test that is there, and one with figures counts that fault', async t => {
  for (const { fault, file, name, figures } of rows) {
    const test = textOf(file)
    t.ok(["'", '`', '"'].some(quote => test.includes(`${quote}${name}${quote},`)), `${fault}: ${file}: ${name}`)
    const isCounted = test.includes('counted(t, ') && test.includes(`'${fault}'`)
    t.ok(isCounted || figures.join(' ') === '– – – –', `${fault}: figures`)
  }
})

t.test('by the figures people were answered, and nothing is lost or doubled', async t => {
  for (const { fault, figures } of rows.filter(({ figures }) => figures[0] !== '–')) {
    const [answered, found, lost, doubled] = figures.map(Number) as [number, number, number, number]
    t.ok(answered > 0 && found >= answered && lost === 0 && doubled === 0, `${fault}: ${figures.join(', ')}`)
  }
})
