import { createHash } from 'node:crypto'
import type { DateTime } from 'luxon'
import { instant } from '../../platform/clock.ts'
import type { Reader, Tx } from '../../platform/database/connect.ts'
import type { ProgrammeUpload } from '../../platform/database/generated/client.ts'
import { namedId } from '../../platform/named-id.ts'
import type { Seal } from '../../platform/seal.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { within } from '../../programme/activities/known-activities.ts'
import { listCampaignsWith } from '../../programme/campaigns/queries.ts'
import type { ProgrammeRecord } from '../../programme/programme-file/csv-file.ts'
import { UploadNotFound } from './errors.ts'

/** A file that someone has uploaded: its rows, or what importing it came to. */
export type Upload = { id: string } & (
  { records: ProgrammeRecord[], imported: undefined } |
  { records: undefined, imported: { at: DateTime<true> } & Record<'created' | 'updated' | 'unchanged' | 'asked', number> }
)

/** The id of a file: uploaded twice by the same person, it is one. */
export function uploadIdOf ({ id }: Pick<StaffMember, 'id'>, bytes: Uint8Array): string {
  return namedId(`programme upload ${id} ${createHash('sha256').update(bytes).digest('hex')}`)
}

/** A file of this member of staff. Throws `UploadNotFound`, also for one of someone else. */
export async function getUpload (
  db: Reader, seal: Seal, { id: staffMemberId }: Pick<StaffMember, 'id'>, id: string
): Promise<Upload> {
  const row = await db.programmeUpload.findUnique({ where: { id, staffMemberId } })
  if (row === null) throw new UploadNotFound()
  return uploadOf(row, seal)
}

/**
 * Locks a file of this member of staff, so that its button, pressed twice, imports it once. What is in it never
 * changes: its id is made from it. Throws `UploadNotFound`.
 */
export async function lockUpload (
  tx: Tx, { id: staffMemberId }: Pick<StaffMember, 'id'>, id: string
): Promise<'imported' | 'to import'> {
  const [row] = await tx.$queryRaw<Array<{ importedAt: Date | null }>>`
    SELECT imported_at AS "importedAt" FROM programme_uploads
    WHERE id = ${id}::uuid AND staff_member_id = ${staffMemberId}::uuid FOR UPDATE`
  if (row === undefined) throw new UploadNotFound()
  return row.importedAt === null ? 'to import' : 'imported'
}

function uploadOf (
  { id, rowsSealed, importedAt, created, updated, unchanged, asked }: ProgrammeUpload, seal: Seal
): Upload {
  return rowsSealed !== null
    ? { id, records: JSON.parse(seal.open(rowsSealed, id)) as ProgrammeRecord[], imported: undefined }
    : {
        id,
        records: undefined,
        imported: {
          at: instant(importedAt as Date),
          created: created ?? 0,
          updated: updated ?? 0,
          unchanged: unchanged ?? 0,
          asked: asked ?? 0
        }
      }
}

/** The campaigns in which someone runs activities. */
export async function listCampaignsRunBy (db: Reader, staff: StaffMember) {
  return await listCampaignsWith(db, within(staff, 'run activities'))
}
