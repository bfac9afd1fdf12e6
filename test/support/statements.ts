import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'

/*
 * Every statement that the service's pools send while tests run, once each: with them the PostgreSQL of another version
 * can be asked in seconds whether it understands what the service says.
 */
const folder = join(import.meta.dirname, '../../node_modules/.cache/placekeeper-statements')

const sent = new Set<string>()

/** Maximum characters: longer ones are short ones with more rows. */
const longest = 20_000

/** Notes what the pools of this process send from here on; connections of the tests' own are not the service's. */
export function noteStatements (): void {
  const query = pg.Client.prototype.query as (...given: unknown[]) => unknown
  pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
    const [what] = given as [string | { text?: string } | undefined]
    const text = typeof what === 'string' ? what : what?.text
    if (text !== undefined && this.constructor !== pg.Client && isPrepared(text)) sent.add(text)
    return query.apply(this, given)
  } as typeof pg.Client.prototype.query
}

/** Adds what this process has noted to what is known. */
export function keepStatements (): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${process.pid}.json`), JSON.stringify([...sent]))
}

/** Forgets what an earlier run of all tests has kept. */
export function forgetStatements (): void {
  rmSync(folder, { recursive: true, force: true })
}

/** All that was kept, once each; none where the tests have not run here. */
export function keptStatements (): string[] {
  try {
    return [...new Set(readdirSync(folder).flatMap(file => JSON.parse(readFileSync(join(folder, file), 'utf8')) as string[]))]
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Only these can be prepared: no settings, transactions, locks of tables, or definitions. */
function isPrepared (text: string): boolean {
  return text.length < longest && /^\s*(SELECT|INSERT|UPDATE|DELETE|MERGE|WITH|VALUES)\b/i.test(text)
}
