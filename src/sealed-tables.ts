import { sealedAnswers } from './booking/bookings/sealed-answers.ts'
import { keptBy, secondFactorSeal } from './identity/second-factor/authenticator.ts'
import { sealedTexts } from './office/requests/sealed-texts.ts'
import type { Db } from './platform/database/connect.ts'
import { Prisma } from './platform/database/generated/client.ts'
import { countToSeal, sealAgain } from './platform/database/seal-again.ts'
import type { Resealed, SealedAgain } from './platform/database/seal-again.ts'
import { ownerOf, sealedColumns, withSealedColumns } from './platform/database/sealed-columns.ts'
import type { SealedTable, SealedTables } from './platform/database/sealed-columns.ts'
import { CommandError } from './platform/errors.ts'
import { currentForm, isSealed, keyIdOf, keysOf, sealFor } from './platform/seal.ts'
import type { Seal, SecretKey } from './platform/seal.ts'
import { joinLinkSeal } from './programme/teams/seal.ts'

/** What the database has only sealed, to a key that it does not hold, by the models of Prisma (ADR 87). */
export const sealedTables: SealedTables = { booking: sealedAnswers, request: sealedTexts }

const answerSeal = (secretKey: SecretKey) => sealFor('answers', secretKey)

/** A database through which sealed columns are read and written as if they were not. */
export function openedWith (db: Db, secretKey: SecretKey): Db {
  return withSealedColumns(db, sealedTables, sealedColumns(sealedTables, answerSeal(secretKey)))
}

/** Of so many of the newest bookings one has to open: a single one that was tampered with keeps no service down. */
const maxTried = 10

/** Throws if the newest answers were sealed with neither key: found at the start, it is one sentence. */
export async function assertAnswersOpen (db: Db, secretKey: SecretKey): Promise<void> {
  const rows = await db.$queryRaw<Array<{ text: string }>>`
    SELECT coalesce(phone, access_needs, question) AS text FROM bookings
    WHERE coalesce(phone, access_needs, question) LIKE '2.%' ORDER BY created_at DESC LIMIT ${maxTried}`
  const ids = keysOf(secretKey).map(keyIdOf)
  const sealed = rows.filter(({ text }) => isSealed(text))
  if (sealed.length > 0 && !sealed.some(({ text }) => ids.some(id => text.startsWith(`2.${id}.`)))) {
    throw new CommandError('SECRET_KEY is not the one with which phone numbers, access needs and questions in this ' +
      'database were sealed. Start with that one, as SECRET_KEY or as SECRET_KEY_BEFORE.')
  }
}

/** Everything that is sealed in the database, also what a part seals itself: a new sealed column is a line here. */
export function allThatIsSealed (secretKey: SecretKey): SealedAgain[] {
  const links = joinLinkSeal(secretKey)
  const factors = secondFactorSeal(secretKey)
  return [
    ...Object.values(sealedTables).map(table => answersAgain(table, answerSeal(secretKey))),
    { table: 'activities', key: 'id', columns: [bySeal('join_url_sealed', links)] },
    {
      table: 'teams_meetings',
      key: 'activity_id',
      columns: ['meeting_id_sealed', 'join_url_sealed', 'ways_in_sealed'].map(column => bySeal(column, links))
    },
    { table: 'programme_uploads', key: 'id', columns: [bySeal('rows_sealed', links, id => id)] },
    { table: 'staff_members', key: 'id', columns: [bySeal('factor_sealed', factors, keptBy)] }
  ]
}

function answersAgain (table: SealedTable, seal: Seal): SealedAgain {
  const columns = Object.entries(table.columns).map(([field, column]) => ({
    column,
    seal,
    of: (id: string) => ownerOf(table, id, field),
    mayBePlain: true,
    mark: table.marked?.field === field ? table.marked : undefined
  }))
  return { table: table.table, key: 'id', columns }
}

function bySeal (column: string, seal: Seal, of: (key: string) => string = () => '') {
  return { column, seal, of, mayBePlain: false }
}

/** What sealing a table came to, and how many of its rows are left: those that someone held, or that do not open. */
export interface SealedTally extends Resealed { table: string, left: number }

/**
 * Seals with SECRET_KEY what is plain, because a version before this one wrote it, and what is sealed with the key
 * before it. Stopped anywhere, it goes on from there.
 */
export async function sealEverything (
  db: Db, secretKey: SecretKey, tell: (tally: SealedTally) => void = () => {}
): Promise<SealedTally[]> {
  const form = currentForm(secretKey)
  const tallies: SealedTally[] = []
  for (const sealed of allThatIsSealed(secretKey)) {
    const done = await sealAgain(db, sealed, form)
    const tally = { table: sealed.table, ...done, left: await countToSeal(db, sealed, form) }
    tell(tally)
    tallies.push(tally)
  }
  const leftovers = await sealLeftovers(db, joinLinkSeal(secretKey), form)
  tell(leftovers)
  return [...tallies, leftovers]
}

/**
 * Seals again the ids of meetings that are still to be removed at Microsoft: a list within what it was last told of a
 * meeting. They are few, and gone within minutes where Microsoft answers.
 */
async function sealLeftovers (db: Db, seal: Seal, form: string): Promise<SealedTally> {
  const isOld = Prisma.sql`EXISTS (
    SELECT FROM jsonb_array_elements_text(coalesce(made_as->'leftovers', '[]')) AS leftover WHERE leftover !~ ${form})`
  const tally = { table: 'teams_meetings.leftovers', sealed: 0, unopened: 0 }
  await db.$transaction(async tx => {
    const rows = await tx.$queryRaw<Array<{ id: string, leftovers: string[] }>>`
      SELECT activity_id AS id, made_as->'leftovers' AS leftovers FROM teams_meetings WHERE ${isOld}
      ORDER BY activity_id FOR NO KEY UPDATE SKIP LOCKED`
    for (const { id, leftovers } of rows) {
      try {
        const again = leftovers.map(leftover => seal.close(seal.open(leftover)))
        await tx.$executeRaw`
          UPDATE teams_meetings SET made_as = jsonb_set(made_as, '{leftovers}', ${JSON.stringify(again)}::jsonb)
          WHERE activity_id = ${id}::uuid`
        tally.sealed++
      } catch (error) {
        if (error instanceof Prisma.PrismaClientKnownRequestError) throw error
        tally.unopened++
      }
    }
  })
  const [{ left } = { left: 0 }] = await db.$queryRaw<Array<{ left: number }>>`
    SELECT count(*)::int AS left FROM teams_meetings WHERE ${isOld}`
  return { ...tally, left }
}
