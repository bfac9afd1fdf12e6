import type { Reader } from '../../platform/database/connect.ts'
import { calendarDay } from '../../platform/clock.ts'
import type { SupportContact as Row } from '../../platform/database/generated/client.ts'
import type { SupportContact } from './contact.ts'
import type { KeptContact } from './kept-contact.ts'

/** All contacts, in the order in which pages and emails show them. */
export async function listSupportContacts (db: Reader): Promise<SupportContact[]> {
  const rows = await db.supportContact.findMany({ orderBy: [{ position: 'asc' }, { name: 'asc' }] })
  return rows.map(contactOf)
}

/** The same, with who keeps each one correct and when it was checked. */
export async function listKeptContacts (db: Reader): Promise<KeptContact[]> {
  const rows = await db.supportContact.findMany({ orderBy: [{ position: 'asc' }, { name: 'asc' }] })
  return rows.map(keptContactOf)
}

export async function findContact (db: Reader, id: string): Promise<KeptContact | undefined> {
  const row = await db.supportContact.findUnique({ where: { id } })
  return row === null ? undefined : keptContactOf(row)
}

/** Every district of every campaign, by name. */
export async function listDistricts (db: Reader): Promise<string[]> {
  const campaigns = await db.campaign.findMany({ select: { districts: true } })
  return [...new Set(campaigns.flatMap(({ districts }) => districts))].sort((a, b) => a.localeCompare(b, 'en-GB'))
}

function keptContactOf (row: Row): KeptContact {
  const { id, owner, position } = row
  return { ...contactOf(row), id, owner, position, lastCheckedOn: calendarDay(row.lastCheckedOn) }
}

function contactOf (row: Row): SupportContact {
  return {
    name: row.name,
    purpose: row.purpose,
    audience: row.audience as SupportContact['audience'],
    number: row.number ?? undefined,
    url: row.url ?? undefined,
    address: row.address ?? undefined,
    hours: row.hours ?? undefined,
    area: row.area
  }
}
