import { createHash } from 'node:crypto'
import { plainCell, safeCell } from '../../platform/csv.ts'
import { visibleText } from '../../platform/typed.ts'
import { programmeColumns } from './schema.ts'
import type { ProgrammeCells, ProgrammeColumn } from './schema.ts'

/** A text as it comes back after an export. */
export function asRead (text: string): string {
  return visibleText(plainCell(safeCell(text))).trim()
}

const markLength = 4

/** After the marks: the place is secret, which no column says. */
const secretMark = 's'

/**
 * A fingerprint of each cell of a row, and whether its place is secret. It begins with a letter, so that no spreadsheet
 * takes it for a number.
 */
export function editionOf (cells: ProgrammeCells, { hasSecretPlace }: { hasSecretPlace: boolean }): string {
  return `v${programmeColumns.map(column => markOf(cells[column])).join('')}${hasSecretPlace ? secretMark : ''}`
}

/** True if the place was secret in the row that was exported, be it copied since or not. */
export function hasSecretMark (edition: string): boolean {
  return edition.endsWith(secretMark)
}

function markOf (cell: string): string {
  return createHash('sha256').update(asRead(cell)).digest('hex').slice(0, markLength)
}

/** True if a text has the format of `editionOf`. */
export function isEdition (text: string): boolean {
  return new RegExp(`^v[\\da-f]{${programmeColumns.length * markLength}}${secretMark}?$`).test(text)
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
