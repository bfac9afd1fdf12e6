import { startEmbedded } from '../../src/database/embedded.ts'
import { cacheDir } from './server.ts'

if (process.env.TEST_DATABASE_URL === undefined) {
  const postgres = await startEmbedded({ dataDir: cacheDir, log: console })
  await postgres.stop()
}
