import { createHash } from 'node:crypto'
import type { DateTime } from 'luxon'
import { record } from '../../identity/staff/audit.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Db } from '../../platform/database/connect.ts'
import { idFromForm } from '../../platform/named-id.ts'
import { slugOf } from '../../platform/slug.ts'
import { fileNameOf, mediaTypeOf } from './download.ts'
import { DownloadNotFound, NotAFileToGiveOut } from './errors.ts'

export interface NewDownload {
  submission: string
  title: string
  language: string
  resourceId: string | undefined
  campaignId: string | undefined
  bytes: Uint8Array<ArrayBuffer>
}

/**
 * Lets anyone download a file. The same form with the same file adds one. Throws `NotAFileToGiveOut` for anything but a
 * PDF, PNG or JPEG.
 */
export async function addDownload (
  db: Db, { submission, bytes, ...given }: NewDownload, by: StaffMember, now: DateTime<true>
): Promise<void> {
  const mediaType = mediaTypeOf(bytes)
  if (mediaType === undefined) throw new NotAFileToGiveOut()
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const id = idFromForm(submission, { ...given, sha256 })
  await db.$transaction(async tx => {
    const { title, language, resourceId = null, campaignId = null } = given
    const { count } = await tx.download.createMany({
      data: [{
        id,
        title,
        language,
        fileName: fileNameOf(slugOf(title), mediaType),
        mediaType,
        size: bytes.length,
        bytes,
        sha256,
        resourceId,
        campaignId,
        createdAt: now.toJSDate()
      }],
      skipDuplicates: true
    })
    if (count === 0) return
    await record(tx, { staffMemberId: by.id, action: 'download.added', subject: title, details: { language } }, now)
  })
}

/** Takes a file away. Throws `DownloadNotFound` if there is none, or not any more. */
export async function removeDownload (db: Db, id: string, by: StaffMember, now: DateTime<true>): Promise<void> {
  await db.$transaction(async tx => {
    const [gone] = await tx.$queryRaw<Array<{ title: string }>>`DELETE FROM downloads WHERE id = ${id}::uuid RETURNING title`
    if (gone === undefined) throw new DownloadNotFound()
    await record(tx, { staffMemberId: by.id, action: 'download.removed', subject: gone.title }, now)
  })
}
