import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'

/** What people were told and what is there afterwards, by a name of its own for each: an address, mostly. */
export interface Outcome { answered: readonly string[], found: readonly string[] }

const table = join(import.meta.dirname, '../../docs/faults.md')

/**
 * Says how a fault ended, and fails unless everything that was answered is there, once. With `FAULT_TABLE=1` the
 * figures are written into the row of `fault` in docs/faults.md.
 */
export function counted (t: Test, fault: string, { answered, found }: Outcome): void {
  const there = new Set(found)
  const lost = answered.filter(name => !there.has(name))
  const doubled = found.filter((name, n) => found.indexOf(name) !== n)
  const figures = [answered, found, lost, doubled].map(({ length }) => length)
  t.comment(`${fault}: answered ${figures[0]}, found ${figures[1]}, lost ${figures[2]}, doubled ${figures[3]}`)
  t.strictSame({ lost, doubled }, { lost: [], doubled: [] }, fault)
  if (process.env.FAULT_TABLE !== undefined) writeRow(fault, figures)
}

function writeRow (fault: string, figures: readonly number[]): void {
  const rows = readFileSync(table, 'utf8').split('\n').map(row => {
    const cells = row.split(' | ')
    return cells[0] === `| ${fault}` ? [...cells.slice(0, 3), ...figures, ...cells.slice(7)].join(' | ') : row
  })
  writeFileSync(table, rows.join('\n'))
}
