import type { Reader } from '../database/connect.ts'
import type { SupportContact } from './contact.ts'

/** Everybody to turn to, in the order in which pages and letters show them. */
export async function listSupportContacts (db: Reader): Promise<SupportContact[]> {
  const rows = await db.supportContact.findMany({ orderBy: [{ position: 'asc' }, { name: 'asc' }] })
  return rows.map(row => ({
    name: row.name,
    purpose: row.purpose,
    audience: row.audience as SupportContact['audience'],
    number: row.number ?? undefined,
    url: row.url ?? undefined,
    address: row.address ?? undefined,
    hours: row.hours ?? undefined,
    area: row.area
  }))
}
