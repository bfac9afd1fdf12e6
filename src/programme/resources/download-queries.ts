import type { Reader } from '../../platform/database/connect.ts'
import type { Download, MediaType } from './download.ts'

const withoutBytes = {
  id: true, title: true, language: true, fileName: true, mediaType: true, size: true, resourceId: true, campaignId: true
} as const

/** Files to download by title, in their languages: all of them, or those of a campaign. */
export async function listDownloads (db: Reader, { campaignId }: { campaignId?: string } = {}): Promise<Download[]> {
  const rows = await db.download.findMany({
    where: campaignId === undefined ? {} : { campaignId },
    select: withoutBytes,
    orderBy: [{ title: 'asc' }, { language: 'asc' }, { id: 'asc' }]
  })
  return rows.map(row => ({
    ...row,
    mediaType: row.mediaType as MediaType,
    resourceId: row.resourceId ?? undefined,
    campaignId: row.campaignId ?? undefined
  }))
}

/** Files for the page that everyone sees: not those of a campaign, of which the public may not know yet. */
export async function listPublicDownloads (db: Reader): Promise<Download[]> {
  return (await listDownloads(db)).filter(({ campaignId }) => campaignId === undefined)
}

/** A file with its bytes. */
export async function findDownload (
  db: Reader, id: string
): Promise<{ fileName: string, mediaType: string, bytes: Uint8Array, sha256: string } | undefined> {
  return await db.download.findUnique({
    where: { id }, select: { fileName: true, mediaType: true, bytes: true, sha256: true }
  }) ?? undefined
}

/** The checksum of a file, without reading the file. */
export async function findChecksum (db: Reader, id: string): Promise<string | undefined> {
  return (await db.download.findUnique({ where: { id }, select: { sha256: true } }))?.sha256
}
