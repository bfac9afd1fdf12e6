import { execFile } from 'node:child_process'
import { chmod, mkdtemp, open, rm, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import type { Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { connect } from '../../src/platform/database/connect.ts'
import { openOutbox } from '../../src/platform/outbox.ts'
import { openQueue } from '../../src/platform/queue.ts'
import { openedWith } from '../../src/sealed-tables.ts'
import { counted } from '../support/counted.ts'
import { eventually } from '../support/running-service.ts'
import { expectSound } from '../support/sound.ts'
import { aForm, partsOf, post } from '../support/service.ts'
import { throwawayPostgres } from '../support/throwaway-postgres.ts'
import { impatience } from '../support/whole-service.ts'
import { anActivity, secretKey } from '../support/world.ts'

const run = promisify(execFile)

/** A disk of its own of `size`, or undefined where this user may mount none. */
async function aSmallDisk (t: Pick<Test, 'teardown'>, size: string): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'placekeeper-disk-'))
  const isMounted = await run('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]).then(() => true, () => false)
  t.teardown(async () => {
    if (isMounted) await run('umount', ['--lazy', folder])
    await rmdir(folder)
  })
  if (!isMounted) return undefined
  await chmod(folder, 0o777)
  return folder
}

/** Writes a file until nothing more can be written. */
async function fill (path: string): Promise<void> {
  const file = await open(path, 'w')
  const page = Buffer.alloc(4_096)
  const blocks = Buffer.alloc(1_048_576)
  for (const piece of [blocks, page]) {
    while (await file.write(piece).then(({ bytesWritten }) => bytesWritten === piece.length, () => false));
  }
  await file.close()
}

const disk = await aSmallDisk(t, '200m')
const unlessMounted = disk === undefined ? { skip: 'Filling a disk takes one of its own, which only root may mount.' } : {}

t.test('the disk of PostgreSQL is full: nobody is told of a booking that is not there, and it goes on with room', unlessMounted, async t => {
  const postgres = await throwawayPostgres(t, { max_wal_size: '48MB', min_wal_size: '32MB' }, disk)
  const db = openedWith(connect(postgres.url, { connections: 4, timeouts: impatience }), secretKey)
  const boss = openQueue(postgres.url, { connections: 2, works: false, timeouts: impatience })
  boss.on('error', () => {}) // Its disk is full.
  await boss.start()
  const app = await buildApp(partsOf({ db, outbox: await openOutbox(boss, []) }))
  t.teardown(async () => {
    await app.close()
    await boss.stop({ graceful: false })
    await db.$disconnect()
  })
  const { slug } = await anActivity(db, { capacity: 10_000 })
  const answered: string[] = []
  const statuses = new Set<number>()
  const book = async () => {
    const email = `${crypto.randomUUID()}@example.org`
    const answer = await post(app, `/activities/${slug}/book`, aForm(email))
    statuses.add(answer.statusCode)
    if (answer.statusCode === 303) answered.push(email)
    return answer
  }
  await book()
  const ballast = join(disk ?? '', 'ballast')
  await fill(ballast)

  while (!statuses.has(503) && answered.length < 5_000) await Promise.all(Array.from({ length: 20 }, book))
  t.match(await book(), { statusCode: 503, headers: { 'retry-after': '30' }, body: /We cannot reach our records at the moment/ })
  t.equal((await app.inject('/health/ready')).statusCode, 503)
  await rm(ballast)
  // Where it could not write its log it has ended.
  await postgres.start().catch(() => {})
  await eventually(async () => (await book()).statusCode === 303)

  t.strictSame([...statuses].sort(), [303, 503])
  counted(t, 'The disk of PostgreSQL is full', {
    answered, found: (await db.booking.findMany()).map(({ email }) => email ?? '')
  })
  await expectSound(db)
})
