import { DateTime } from 'luxon'
import { draft } from '../../platform/draft.ts'
import { officeZone } from '../../platform/clock.ts'
import type { SupportContact } from './contact.ts'

/** A contact as editors enter it. */
export interface ContactDraft extends SupportContact {
  /** Who keeps it correct; not shown to the public. */
  owner: string
  /** Order on the page, lowest first. */
  position: number
}

/** A contact as stored. */
export interface KeptContact extends ContactDraft {
  id: string
  /** A day such as `2026-12-01`. */
  lastCheckedOn: string
}

/** A contact is due to be checked again this many days after the last check. */
export const checkEveryDays = 90

/** Today in the partnership's zone: `2026-12-01`. */
export function dayOf (now: DateTime<true>): string {
  return now.setZone(officeZone).toFormat('yyyy-MM-dd')
}

/** Number of days, on the day `today`, since a contact was checked. */
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
