import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { retryWhileDatabaseAway } from '../../platform/database/retry-while-away.ts'
import { SnapshotsInUse } from '../../platform/database/snapshots.ts'
import type { Snapshot, Snapshots } from '../../platform/database/snapshots.ts'
import { openList } from './attendee-list.ts'
import type { Cells } from './attendee-list.ts'
import { aboutOf, columnsFor, fileNameOf, titleOf } from './choosing.ts'
import type { Chosen, Wanted } from './choosing.ts'
import { withheld } from './columns.ts'
import { beginList, endList } from './commands.ts'
import type { EndedList } from './commands.ts'
import { ListsBusy, TooManyRows } from './errors.ts'
import { listFormats } from './formats.ts'
import type { ListFormat, Written } from './formats.ts'
import { whoInOneLine } from './in-words.ts'

/**
 * Answers with a list. Whatever goes wrong before its first rows are read is a page of its own. Then it is recorded,
 * and only then its first byte is sent; if it breaks off, that is recorded too.
 */
export async function sendList (
  reply: FastifyReply, snapshots: Snapshots, chosen: Chosen, wanted: Wanted
): Promise<FastifyReply> {
  const { db, clock } = reply.server
  const { staff, activities, filter, againHref: madeAt } = chosen
  const { format: name, why, isChosen } = wanted
  const format = listFormats[name]
  const now = clock()
  const fileName = fileNameOf(chosen, name, now)
  const asFile = () => reply.type(format.mediaType).header('content-disposition', `attachment; filename="${fileName}"`)
  // Fastify answers HEAD with the routes of GET too: nothing is sent, so there is nothing to record.
  if (reply.request.method === 'HEAD') return await asFile().send()

  const snapshot = await opened(snapshots)
  // Nothing is being sent yet that would end it.
  reply.raw.once('close', () => { void snapshot.close() })
  try {
    const theirs = new Set(columnsFor(chosen).map(({ name }) => name))
    const columns = wanted.columns.map(column => theirs.has(column.name) ? column : withheld(column))
    const activityIds = activities.map(({ id }) => id)
    const { rows, portions } = await openList(snapshot, db, { activityIds, filter, columns })
    const count = [...rows.values()].reduce((sum, some) => sum + some, 0)
    if (count > format.most) throw new TooManyRows(count, format.most)
    const listId = await beginList(db, staff, {
      rows: new Map(activities.map(({ id, slug }) => [slug, rows.get(id) ?? 0])),
      columns: wanted.columns.map(({ name }) => name).filter(name => theirs.has(name)),
      format: name,
      why,
      who: whoInOneLine(filter),
      madeAt,
      isChosen
    }, now)
    const about = aboutOf(chosen, { counts: rows, why }, now)
    const written = { title: titleOf(chosen), columns, count, portions, about }
    let isEnded = false
    const ended = async (rowsSent: number, isWhole: boolean) => {
      if (isEnded) return
      isEnded = true
      await snapshot.close()
      const activityNames = activities.map(({ slug }) => slug)
      await noteEnd(reply, chosen, { listId, activities: activityNames, rows: count, rowsSent, isWhole })
    }
    const stream = Readable.from(sending(format, written, {
      giveWay: async () => { await reply.server.giveWay(reply.request) },
      sent: async () => { await leaving(reply) },
      ended
    }))
    // A generator that is given up before it is first asked for anything ends nothing itself.
    stream.once('close', () => { void ended(0, false) })
    return await asFile().send(stream)
  } catch (error) {
    await snapshot.close()
    throw error
  }
}

async function opened (snapshots: Snapshots): Promise<Snapshot> {
  try {
    return await snapshots.open()
  } catch (error) {
    throw error instanceof SnapshotsInUse ? new ListsBusy() : error
  }
}

/** A list that was cut off is recorded, if need be once the database is back; nobody waits for that. */
async function noteEnd ({ server }: FastifyReply, { staff }: Chosen, ended: EndedList): Promise<void> {
  const note = async () => { await endList(server.db, staff, ended, server.clock()) }
  const noted = (ended.isWhole ? note() : retryWhileDatabaseAway(note)).catch((error: Error) => {
    server.log.error({ err: error }, 'the end of a list was not noted')
  })
  if (ended.isWhole) await noted
}

/** Resolves once all that was written has left for the network, or the connection is gone. */
async function leaving ({ raw }: FastifyReply): Promise<void> {
  if (!raw.headersSent || raw.destroyed) return
  await new Promise<void>(resolve => { raw.write('', () => { resolve() }) })
}

interface While {
  /** Lets others go first, before the next rows. */
  giveWay: () => Promise<void>
  /** Resolves once everything that was written has left the service, or nobody takes it any more. */
  sent: () => Promise<void>
  /** Notes how it ended. */
  ended: (rowsSent: number, isWhole: boolean) => Promise<void>
}

/**
 * A list as it goes out: the next rows are read when the last have gone. It notes how it ended, also when whoever reads
 * it goes away. If it fails, what was written before has left when it does: breaking off a connection takes back what
 * is still on its way through the service.
 */
export async function * sending (
  format: ListFormat, written: Written, { giveWay, sent, ended }: While
): AsyncGenerator<Buffer, void> {
  let rowsSent = 0
  let isWhole = false
  try {
    yield * format.write({ ...written, portions: counted() })
    await sent()
    isWhole = true
  } catch (error) {
    await sent()
    throw error
  } finally {
    await ended(rowsSent, isWhole)
  }

  async function * counted (): AsyncGenerator<Cells, void> {
    for await (const rows of written.portions) {
      await giveWay()
      yield rows
      rowsSent += rows.length
    }
  }
}
