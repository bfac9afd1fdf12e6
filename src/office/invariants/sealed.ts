import type { Reader } from '../../platform/database/connect.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import { opensOrIsPlain } from '../../platform/database/seal-again.ts'
import type { SealedAgain } from '../../platform/database/seal-again.ts'
import type { Broken, Invariant } from './invariant.ts'

/** Few at a time: the database waits while they are opened. */
const pageSize = 2000

export const sealedOpens: Invariant = {
  name: 'sealed-opens',
  promise: 'Everything that is sealed opens with SECRET_KEY, or with the key before it.',
  async find (db, { sealed }) {
    const broken: Broken = { count: 0, ids: [] }
    for (const table of sealed) {
      for await (const { id, texts } of rowsOf(db, table)) {
        const shut = table.columns.filter((column, n) => !opensOrIsPlain(column, texts[n] ?? null, id)).length
        broken.count += shut
        if (shut > 0 && broken.ids.length < 5) broken.ids.push(id)
      }
    }
    return broken
  }
}

async function * rowsOf (db: Reader, { table, key, columns }: SealedAgain) {
  const [from, id] = [Prisma.raw(`"${table}"`), Prisma.raw(`"${key}"`)]
  const texts = Prisma.raw(columns.map(({ column }) => `"${column}"`).join(', '))
  for (let last = '00000000-0000-0000-0000-000000000000'; ;) {
    const page = await db.$queryRaw<Array<{ id: string, texts: Array<string | null> }>>`
      SELECT ${id}::text AS id, ARRAY[${texts}] AS texts FROM ${from}
      WHERE ${id} > ${last}::uuid AND num_nonnulls(${texts}) > 0 ORDER BY ${id} LIMIT ${pageSize}`
    yield * page
    if (page.length < pageSize) return
    last = page.at(-1)?.id ?? last
  }
}
