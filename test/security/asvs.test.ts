import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { asvsIds } from './asvs-ids.ts'

/*
 * docs/security/asvs.md answers every requirement of levels 1 and 2 once. Its rows are `| id | what it asks | answer |`
 * and an answer begins with its kind. Behind `test:` and `setting:` come pairs of a file and what stands in it, in
 * backticks: the name of a test as the code has it, or the line that sets something. Text between and after the pairs
 * is free, without backticks.
 */

const project = join(import.meta.dirname, '../..')
const kinds = ['test', 'setting', 'reason', 'not yet'] as const
const list = await readFile(join(project, 'docs/security/asvs.md'), 'utf8')

const rows = [...list.matchAll(/^\| (\d+\.\d+\.\d+) \| (.*?) \| (.*) \|$/gm)]
  .map(([, id = '', asks = '', answer = '']) => ({ id, asks, answer, kind: kinds.find(kind => answer.startsWith(`${kind}: `)) }))

/** A file and what an answer says stands in it; they are next to each other. */
const evidence = rows.filter(({ kind }) => kind === 'test' || kind === 'setting').flatMap(({ id, answer }) => {
  const quoted = [...answer.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text)
  return Array.from({ length: Math.ceil(quoted.length / 2) }, (_, n) => ({ id, file: quoted[2 * n] ?? '', text: quoted[2 * n + 1] ?? '' }))
})
const isTest = ({ file }: { file: string }) => file.endsWith('.test.ts')

t.test('every requirement of both levels is answered once, in order', async t => {
  t.equal(asvsIds.length, 253)
  t.strictSame(rows.map(({ id }) => id), asvsIds)
  t.strictSame(rows.filter(({ asks }) => asks.trim() === '').map(({ id }) => id), [])
})

t.test('every answer has a kind, and what it rests on', async t => {
  t.strictSame(rows.filter(({ kind }) => kind === undefined).map(({ id }) => id), [])
  t.strictSame(rows.filter(({ id, kind }) => kind === 'test' && !evidence.some(one => one.id === id && isTest(one)))
    .map(({ id }) => id), [], 'a test is named')
  t.strictSame(rows.filter(({ id, kind }) => kind === 'setting' && !evidence.some(one => one.id === id)).map(({ id }) => id), [])
  t.strictSame(rows.filter(({ kind, answer }) => kind !== 'test' && kind !== 'setting' && answer.length < 20).map(({ id }) => id), [])
})

t.test('every test and every setting that is named is there', async t => {
  const files = new Map<string, string>()
  for (const { id, file, text } of evidence) {
    if (!files.has(file)) files.set(file, await readFile(join(project, file), 'utf8').catch(() => ''))
    const content = files.get(file) ?? ''
    const isThere = isTest({ file })
      ? ["'", '`', '"'].some(quote => content.includes(`t.test(${quote}${text}${quote}, `))
      : text !== '' && content.includes(text)
    t.ok(isThere, `${id}: ${file}: ${text}`)
  }
})

t.test('the numbers at the top are those of the rows', async t => {
  const counted = kinds.map(kind => `${rows.filter(row => row.kind === kind).length} by ${kind}`)
  for (const number of counted) t.match(list, number)
  const absent = new Set(evidence.filter(({ file }) => file.endsWith('/absent.test.ts')).map(({ id }) => id))
  t.match(list, `${absent.size} of the tests are of`)
  t.comment(counted.join(', '))
})
