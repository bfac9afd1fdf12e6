import { DateTime } from 'luxon'
import { PgBoss } from 'pg-boss'
import { connect } from '../../src/platform/database/connect.ts'
import { openOutbox } from '../../src/platform/outbox.ts'
import { sweepWaitingLists } from '../../src/booking/waiting-list/serve.ts'
import { openedWith } from '../../src/sealed-tables.ts'
import { secretKey } from './world.ts'

// A process that sweeps the waiting lists of a database again and again, at the instant it is given, and prints the
// result each time. Ends with the process that started it, or after so many times.
const [url = '', at = ''] = process.argv.slice(2)
const most = 5000

const now = DateTime.fromISO(at, { zone: 'utc' }) as DateTime<true>
const db = openedWith(connect(url, { connections: 2 }), secretKey)
const boss = new PgBoss({ connectionString: url, max: 1, supervise: false, schedule: false, migrate: false })
await boss.start()
const outbox = await openOutbox(boss, [])

process.once('disconnect', () => { process.exit() })
for (let n = 0; n < most; n++) {
  const failure = await sweepWaitingLists(db, outbox, now).then(() => undefined, (error: Error) => error.message)
  process.send?.({ failure }, () => {})
}
process.exit()
