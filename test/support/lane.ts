import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import tap from 'tap'
import type { Test } from 'tap'
import { keepStatements, noteStatements } from './statements.ts'
import { registerHooks } from './unhooked.ts'

/*
 * One of the processes of `npm test`. Each takes the next file of tests from the folder TEST_LIST until none is left,
 * and runs it as one test, by its name. What is expensive to start is reused for the next file: the service's modules,
 * compiled and warm, databases, a browser. A file that imports tap gets the test that stands for the file.
 */
const list = process.env.TEST_LIST ?? ''
const root = join(import.meta.dirname, '../..')

/** Timeout for a file, in milliseconds: for one that hangs, not one that is slow because the machine is busy. */
const timeout = 900_000

/** How long what the last file left running may take to end, in milliseconds: a browser of a busy machine. */
const graceMs = Number(process.env.TEST_GRACE_MS ?? 60_000)

let ofThisFile: Test
let isToEnd = false

/** The test that stands for the file which is being imported. */
export function testOfThisFile (): Test {
  return ofThisFile
}

registerHooks({
  resolve (specifier, context, next) {
    const { parentURL } = context
    return specifier === 'tap' && parentURL?.endsWith('.test.ts') === true
      ? { url: new URL(`file-of-tests.ts?${parentURL}`, import.meta.url).href, shortCircuit: true }
      : next(specifier, context)
  }
})

/** tap takes a signal for the end of one test, and goes on with the next. */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    isToEnd = true
    endSoon()
  })
}

noteStatements()

/** Not awaited: the files' imports wait until this module is evaluated. */
void runAll()

async function runAll (): Promise<void> {
  const taken: string[] = []
  for (let file = takeNext(); file !== undefined; file = takeNext()) {
    taken.push(file)
    const path = join(root, file)
    const [startedAt, cpuBefore] = [performance.now(), process.cpuUsage()]
    await tap.test(file, { timeout }, async t => {
      ofThisFile = t
      await import(path)
    })
    const seconds = (performance.now() - startedAt) / 1000
    const { user, system } = process.cpuUsage(cpuBefore)
    process.stderr.write(`${file}: ${seconds.toFixed(1)} s, ${((user + system) / 1e6).toFixed(1)} s of them computing, ` +
      `${readdirSync(list).length} left\n`)
  }
  if (process.env.TEST_DATABASE_URL === undefined) keepStatements()
  endSoon()
  if (!tap.passing()) process.stderr.write(`To play it again: npm test -- --in-order ${taken.join(' ')}\n`)
}

/** A service that nobody stops because its test failed would keep the process, and the whole run, for an hour. */
function endSoon (): void {
  setTimeout(() => {
    process.stderr.write(`Left running: ${process.getActiveResourcesInfo().join(', ')}\n`)
    process.exit(1)
  }, graceMs).unref()
}

/** Takes the next file by removing it from the list; undefined where none is left, or none is to be run. */
function takeNext (): string | undefined {
  if (isToEnd) return undefined
  for (const entry of readdirSync(list).sort()) {
    try {
      rmSync(join(list, entry))
      return decodeURIComponent(entry.replace(/^\d+ /, ''))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  return undefined
}
