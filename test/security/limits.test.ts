import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'

const project = join(import.meta.dirname, '../..')
const written = await readFile(join(project, 'docs/security/limits.md'), 'utf8')
const files = (await readdir(join(project, 'src'), { recursive: true }))
  .filter(file => file.endsWith('.ts') && !file.startsWith('platform/database/generated/'))
const code = (await Promise.all(files.map(async file => await readFile(join(project, 'src', file), 'utf8')))).join('\n')

/** Rows of the table: the name in the code, how many, in how many minutes. */
const rows = [...written.matchAll(/^\| [^|]+ \| `(\w+)` \| (\d+) \| ([^|]+) \| [^|]+ \|$/gm)]
  .map(([, name = '', max = '', minutes = '']) => ({ name, max: Number(max), minutes }))

t.test('every limit of the code stands in the table of limits with its numbers', async t => {
  const limits = [...code.matchAll(/const (\w+) = \{ max: (\d+), timeWindow: ([\d_ *minute]+) \}/g)]
    .map(([, name = '', max = '', window = '']) => ({ name, max: Number(max), minutes: minutesOf(window) }))

  t.equal(limits.length, 9)
  const inTable = rows.map(row => JSON.stringify(row))
  for (const limit of limits) t.ok(inTable.includes(JSON.stringify(limit)), limit.name)
})

t.test('every row of the table of limits is true', async t => {
  t.ok(rows.length > 15)
  for (const { name, max } of rows) {
    t.match(code, new RegExp(`(?:const ${name} = (?:\\{ max: )?|${name}: integer\\(.*\\.default\\()${max}\\b`), `${name} is ${max}`)
  }
})

t.test('whatever is counted by something other than a network stands in the table of limits', async t => {
  const names = [...code.matchAll(/app\.(?:limit(?:On|EmailsTo|Reading)|withinLimit)\('([^']+)'/g)]
    .map(([, name = '']) => name)

  t.ok(names.length >= 13)
  t.strictSame(names.filter(name => !written.includes(`\`${name}\``)), [])
})

function minutesOf (window: string): string {
  const factors = window.split('*').map(factor => Number(factor.trim().replace('minute', '60000').replace('_', '')))
  return String(factors.reduce((product, factor) => product * factor, 1) / 60_000)
}
