import type { Reader } from '../../platform/database/connect.ts'

/** Every campaign to choose from, newest first: for staff alone, as it names those that the public does not know. */
export async function listCampaignsToChoose (db: Reader): Promise<Array<{ id: string, text: string }>> {
  const rows = await db.campaign.findMany({
    select: { id: true, title: true }, orderBy: [{ firstDay: { sort: 'desc', nulls: 'last' } }, { title: 'asc' }, { slug: 'asc' }]
  })
  return rows.map(({ id, title }) => ({ id, text: title }))
}
