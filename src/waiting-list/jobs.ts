import type { Clock } from '../clock.ts'
import type { Db } from '../database/connect.ts'
import type { Facts, Outbox } from '../outbox.ts'
import { serveWaitingList, sweepWaitingLists } from './commands.ts'

/** Serves the list that a freed place belongs to. Safe to run twice: the second finds nothing to give. */
export async function servePlaceFreed (
  db: Db, outbox: Outbox, clock: Clock, { activityId }: Facts['place.freed']
): Promise<void> {
  await serveWaitingList(db, outbox, activityId, clock())
}

/** Every minute: a fact that got lost makes someone's place late, never lost. */
export async function sweep (db: Db, outbox: Outbox, clock: Clock): Promise<void> {
  await sweepWaitingLists(db, outbox, clock())
}
