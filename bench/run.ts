import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { CommandError } from '../src/platform/errors.ts'

/** What a benchmark found: its rate beside its baseline's, measured in the same run on the same machine. */
export interface Finding {
  name: string
  /** Per second. */
  rate: number
  baseline: number
  ratio: number
  /** Minimum ratio that is good enough. */
  target: number
  [more: string]: unknown
}

const [name, ...args] = process.argv.slice(2)
const names = (await readdir(import.meta.dirname)).filter(file => file.endsWith('.bench.ts'))
  .map(file => basename(file, '.bench.ts'))

if (name !== undefined && !names.includes(name)) {
  process.stderr.write(`There is no benchmark called ${name}: there are ${names.join(', ')}.\n`)
  process.exit(2)
}

for (const each of name === undefined ? names : [name]) {
  const { measure } = await import(join(import.meta.dirname, `${each}.bench.ts`)) as {
    measure: (args: string[]) => Promise<Finding>
  }
  try {
    const finding = await measure(args)
    const met = finding.ratio >= finding.target && finding.failure === undefined
    if (!met) process.exitCode = 1
    process.stdout.write(`${JSON.stringify({ ...finding, met })}\n`)
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}
