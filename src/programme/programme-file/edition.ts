import { createHash } from 'node:crypto'
import { instant } from '../../platform/clock.ts'
import { plainCell, safeCell } from '../../platform/csv.ts'
import { visibleText } from '../../platform/typed.ts'
import type { ActivityDraft } from '../activities/draft.ts'
import { programmeColumns } from './schema.ts'
import type { ProgrammeCells, ProgrammeColumn } from './schema.ts'

/** A text as it comes back after an export. */
export function asRead (text: string): string {
  return visibleText(plainCell(safeCell(text))).trim()
}

const markLength = 4
const marksLength = 1 + programmeColumns.length * markLength

/** What protects an activity and no column says. */
export type Protection = Pick<ActivityDraft, 'hasSecretPlace' | 'wasPoliceWork' | 'embargoUntil'>

/** How that stands after the fingerprints: a letter each, and with the last one an instant. */
const protection = /(?<secret>s?)(?<police>p?)(?:e(?<embargo>[\da-z]{1,9}))?$/

/**
 * A fingerprint of each cell of a row, and what protects its activity. It begins with a letter, so that no spreadsheet
 * takes it for a number.
 */
export function editionOf (cells: ProgrammeCells, { hasSecretPlace, wasPoliceWork, embargoUntil }: Protection): string {
  return [
    `v${programmeColumns.map(column => markOf(cells[column])).join('')}`,
    hasSecretPlace ? 's' : '',
    wasPoliceWork ? 'p' : '',
    embargoUntil === undefined ? '' : `e${embargoUntil.toMillis().toString(36)}`
  ].join('')
}

/** What protected the activity whose row was exported, be the row copied since or not; nothing, if it was not. */
export function protectionIn (edition: string): Protection {
  const { secret, police, embargo } = protection.exec(edition.slice(marksLength))?.groups ?? {}
  return {
    hasSecretPlace: secret === 's',
    wasPoliceWork: police === 'p',
    embargoUntil: embargo === undefined ? undefined : instant(new Date(parseInt(embargo, 36)))
  }
}

function markOf (cell: string): string {
  return createHash('sha256').update(asRead(cell)).digest('hex').slice(0, markLength)
}

/** True if a text has the format of `editionOf`. */
export function isEdition (text: string): boolean {
  return /^v[\da-f]*$/.test(text.slice(0, marksLength)) && text.length >= marksLength &&
    protection.exec(text.slice(marksLength))?.index === 0
}

/** True if a row with this slug was exported as it is, and not copied from another to make a new activity. */
export function isEditionOf (edition: string, slug: string): boolean {
  const at = 1 + programmeColumns.indexOf('slug') * markLength
  return edition.slice(at, at + markLength) === markOf(slug)
}

/**
 * The cells that have changed since a row was exported; empty if `edition` is another activity's, whose row was copied
 * to make a new one.
 */
export function changedSince (edition: string, cells: ProgrammeCells): ProgrammeColumn[] {
  const changed = programmeColumns.filter((column, n) =>
    edition.slice(1 + n * markLength, 1 + (n + 1) * markLength) !== markOf(cells[column]))
  return changed.includes('slug') ? [] : changed
}
