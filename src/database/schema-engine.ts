import { readFile } from 'node:fs/promises'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory, DriverAdapterError } from '@prisma/driver-adapter-utils'
import type { SchemaEngine } from '@prisma/schema-engine-wasm'
import pg from 'pg'

/** Part of the JavaScript platform that TypeScript knows only together with the browser's. */
declare const WebAssembly: {
  instantiate: (code: Uint8Array, imports: object) => Promise<{ instance: { exports: Exports } }>
}

interface Exports { __wbindgen_start: () => void }

/** The engine's bindings, with what their types leave out: they must be handed the instance they bind. */
interface Bindings {
  SchemaEngine: typeof SchemaEngine
  __wbg_set_wasm: (exports: Exports) => void
}

/** A script that the engine sent to the database failed there; the engine's own error blurs why. */
export class ScriptFailed extends Error {}

/**
 * Lets Prisma's schema engine work on the database of `url` and closes its connections at the end. When a
 * script fails, rejects with `ScriptFailed` and PostgreSQL's own words.
 */
export async function withSchemaEngine<T> (url: string, work: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  bindings ??= loadBindings()
  const { SchemaEngine } = await bindings
  const pool = new pg.Pool({ connectionString: url })
  let failure: ScriptFailed | undefined
  try {
    const adapter = adapterTo(pool, reason => { failure = new ScriptFailed(reason) })
    const options = { datamodels: undefined }
    return await work(await SchemaEngine.new(options, () => {}, bindMigrationAwareSqlAdapterFactory(adapter)))
  } catch (error) {
    throw failure ?? error
  } finally {
    await pool.end()
  }
}

/** The bindings hold one instance for all: a second must not take its place while the first is at work. */
let bindings: Promise<Bindings> | undefined

/** The package's own entry imports WebAssembly as a module, over which Node prints a warning. */
async function loadBindings (): Promise<Bindings> {
  const address = import.meta.resolve('@prisma/schema-engine-wasm/schema_engine_bg')
  const loaded: Bindings = await import(address)
  const imports = Object.entries(loaded).map(([name, value]) => [name, timer.test(name) ? unheldTimeout : value])
  const { instance } = await WebAssembly.instantiate(
    await readFile(new URL('schema_engine_bg.wasm', address)), { './schema_engine_bg.js': Object.fromEntries(imports) })
  loaded.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()
  return loaded
}

const timer = /^__wbg_setTimeout_/

/** The engine never clears its timeouts, and a finished command would wait ten seconds for them. */
function unheldTimeout (callback: () => void, milliseconds: number): NodeJS.Timeout {
  return setTimeout(callback, milliseconds).unref()
}

/**
 * Prisma's adapter cuts a migration at every semicolon, which breaks the bodies of functions, and runs the
 * pieces on whatever connections are free. Sent whole, PostgreSQL tells the statements apart and makes
 * them one transaction: a migration that fails leaves nothing behind.
 */
function adapterTo (pool: pg.Pool, onFailure: (reason: string) => void): PrismaPg {
  const factory = new PrismaPg(pool)
  const connect = factory.connect.bind(factory)
  factory.connect = async () => {
    const connection = await connect()
    connection.executeScript = async script => {
      try {
        await pool.query(script)
      } catch (error) {
        const { code = '', severity = 'ERROR', message, detail, column, hint } = error as pg.DatabaseError
        onFailure(message)
        throw new DriverAdapterError({ kind: 'postgres', code, severity, message, detail, column, hint })
      }
    }
    return connection
  }
  return factory
}
