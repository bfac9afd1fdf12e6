import { keptBy, secondFactorSeal } from '../../identity/second-factor/authenticator.ts'
import type { Reader } from '../../platform/database/connect.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import type { Seal } from '../../platform/seal.ts'
import { joinLinkSeal } from '../../programme/teams/seal.ts'
import type { Broken, Invariant } from './invariant.ts'

/** Where sealed texts are kept, and what they are sealed with and for. */
interface Sealed {
  /** Selects `id` and `sealed` of all that is there, some after others by their ids. */
  from: string
  sealOf: (secretKey: string) => Seal
  belongsTo: (id: string) => string
}

const toNothing = () => ''

/** Everything in the database that opens with SECRET_KEY alone: whatever is sealed from now on belongs here. */
const sealedTexts: readonly Sealed[] = [
  { from: 'SELECT id, join_url_sealed AS sealed FROM activities', sealOf: joinLinkSeal, belongsTo: toNothing },
  {
    from: `SELECT activity_id AS id, sealed FROM teams_meetings, LATERAL (
      SELECT unnest(ARRAY[meeting_id_sealed, join_url_sealed, ways_in_sealed]) AS sealed
      UNION ALL SELECT jsonb_array_elements_text(coalesce(made_as->'leftovers', '[]'))) AS texts`,
    sealOf: joinLinkSeal,
    belongsTo: toNothing
  },
  { from: 'SELECT id, rows_sealed AS sealed FROM programme_uploads', sealOf: joinLinkSeal, belongsTo: id => id },
  { from: 'SELECT id, factor_sealed AS sealed FROM staff_members', sealOf: secondFactorSeal, belongsTo: keptBy }
]

/** Few at a time: the database waits while they are opened. */
const pageSize = 2000

export const sealedOpens: Invariant = {
  name: 'sealed-opens',
  promise: 'Everything that is sealed opens with SECRET_KEY.',
  async find (db, { secretKeys }) {
    const broken: Broken = { count: 0, ids: [] }
    for (const { from, sealOf, belongsTo } of sealedTexts) {
      const seals = secretKeys.map(sealOf)
      for await (const { id, sealed } of read(db, from)) {
        if (seals.some(seal => opens(seal, sealed, belongsTo(id)))) continue
        broken.count++
        if (broken.ids.length < 5) broken.ids.push(id)
      }
    }
    return broken
  }
}

async function * read (db: Reader, from: string): AsyncGenerator<{ id: string, sealed: string }> {
  for (let last = ''; ;) {
    const page = await db.$queryRaw<Array<{ id: string, sealed: string }>>`
      SELECT id::text, sealed FROM (${Prisma.raw(from)}) AS kept
      WHERE sealed IS NOT NULL AND id::text > ${last} ORDER BY id::text FETCH FIRST ${pageSize} ROWS WITH TIES`
    yield * page
    if (page.length < pageSize) return
    last = page.at(-1)?.id ?? last
  }
}

function opens (seal: Seal, sealed: string, of: string): boolean {
  try {
    seal.open(sealed, of)
    return true
  } catch {
    return false
  }
}
