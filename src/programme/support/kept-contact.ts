import { DateTime } from 'luxon'
import { draft } from '../../platform/draft.ts'
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

export const contactDraft = draft([
  'name', 'purpose', 'audience', 'number', 'url', 'address', 'hours', 'area', 'owner', 'position'
])
export const draftFields = contactDraft.fields
