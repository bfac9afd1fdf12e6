import { defineConfig } from 'prisma/config'

// `generate` and `validate` need no schema engine, yet the CLI downloads one unless told where it is;
// migrations run on the WebAssembly engine (src/platform/database/migrate.ts), so any existing file will do.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath

export default defineConfig({ schema: 'prisma/schema' })
