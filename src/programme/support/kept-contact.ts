import { createHash } from 'node:crypto'
import { DateTime } from 'luxon'
import type { SupportContact } from './contact.ts'

/** What editors say of a contact. */
export interface ContactDraft extends SupportContact {
  /** Who sees to it that it is right; not shown to the public. */
  owner: string
  /** Order on the page, lowest first. */
  position: number
}

/** A contact as it is kept. */
export interface KeptContact extends ContactDraft {
  id: string
  /** A day such as `2026-12-01`. */
  lastCheckedOn: string
}

/** From so many days after somebody has checked it a contact is due to be checked again. */
export const checkEveryDays = 90

/** The day that it is where the partnership is: `2026-12-01`. */
export function dayOf (now: DateTime<true>): string {
  return now.setZone('Europe/London').toFormat('yyyy-MM-dd')
}

/** How many days ago a contact was checked, on the day `today`. */
export function daysUnchecked (lastCheckedOn: string, today: string): number {
  const at = (day: string) => DateTime.fromISO(day, { zone: 'utc' })
  return at(today).diff(at(lastCheckedOn), 'days').days
}

export function isDueACheck ({ lastCheckedOn }: Pick<KeptContact, 'lastCheckedOn'>, today: string): boolean {
  return daysUnchecked(lastCheckedOn, today) >= checkEveryDays
}

export const draftFields = [
  'name', 'purpose', 'audience', 'number', 'url', 'address', 'hours', 'area', 'owner', 'position'
] as const satisfies ReadonlyArray<keyof ContactDraft>

/** What a field says, as text; nothing is empty. */
export function textOf (draft: ContactDraft, field: typeof draftFields[number]): string {
  const value = draft[field]
  return Array.isArray(value) ? value.join('; ') : String(value ?? '')
}

/**
 * Tells one state of a contact from any other: who saves a change, presses "checked" or removes it means what they
 * have read, and not what a colleague has made of it since.
 */
export function editionOf (draft: ContactDraft): string {
  return createHash('sha256').update(JSON.stringify(draftFields.map(field => draft[field] ?? null)))
    .digest('hex').slice(0, 16)
}

/** The fields in which two drafts differ, with what they say in the one and in the other. */
export function differences (from: ContactDraft, to: ContactDraft): Record<string, [from: string, to: string]> {
  return Object.fromEntries(draftFields
    .map(field => [field, [textOf(from, field), textOf(to, field)]] as [string, [string, string]])
    .filter(([, [before, after]]) => before !== after))
}
