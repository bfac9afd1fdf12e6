import { readFile } from 'node:fs/promises'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import type { SchemaEngine } from '@prisma/schema-engine-wasm'
import pg from 'pg'

/** Part of the JavaScript platform that TypeScript only declares together with the browser's. */
declare const WebAssembly: {
  instantiate: (code: Uint8Array, imports: object) => Promise<{ instance: { exports: Exports } }>
}

interface Exports { __wbindgen_start: () => void }

/** The engine's bindings, with what their types leave out: they must be given the instance they bind. */
interface Bindings {
  SchemaEngine: typeof SchemaEngine
  __wbg_set_wasm: (exports: Exports) => void
}

/** Runs Prisma's schema engine on the database of `url`, and closes its connections. */
export async function withSchemaEngine<T> (url: string, work: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  bindings ??= loadBindings()
  const { SchemaEngine } = await bindings
  const pool = new pg.Pool({ connectionString: url })
  try {
    const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg(pool))
    return await work(await SchemaEngine.new({ datamodels: undefined }, () => {}, adapter))
  } finally {
    await pool.end()
  }
}

/** The bindings hold one instance for all: a second must not replace it while the first is in use. */
let bindings: Promise<Bindings> | undefined

/** The package's own entry imports WebAssembly as a module, and Node prints a warning about that. */
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

/** The engine never clears its timeouts, and a finished test would wait ten seconds for them. */
function unheldTimeout (callback: () => void, milliseconds: number): NodeJS.Timeout {
  return setTimeout(callback, milliseconds).unref()
}
