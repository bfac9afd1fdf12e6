import { createHash } from 'node:crypto'
import { plainCell, safeCell } from '../../platform/csv.ts'
import { asSeen } from '../../platform/typed.ts'
import { programmeColumns } from './schema.ts'
import type { ProgrammeCells, ProgrammeColumn } from './schema.ts'

/** A text that went out in a cell, as it comes in again. */
export function asRead (text: string): string {
  return asSeen(plainCell(safeCell(text))).trim()
}

const markLength = 4

/** Marks of what each cell of a row is like. They begin with a letter: no spreadsheet takes them for a number. */
export function editionOf (cells: ProgrammeCells): string {
  return `v${programmeColumns.map(column => markOf(cells[column])).join('')}`
}

function markOf (cell: string): string {
  return createHash('sha256').update(asRead(cell)).digest('hex').slice(0, markLength)
}

/** Says whether a text may be what `editionOf` made. */
export function isEdition (text: string): boolean {
  return new RegExp(`^v[\\da-f]{${programmeColumns.length * markLength}}$`).test(text)
}

/**
 * The cells that are not what they were when a row was exported; none where `edition` is of another activity, whose
 * row was copied to make a new one.
 */
export function changedSince (edition: string, cells: ProgrammeCells): ProgrammeColumn[] {
  const changed = programmeColumns.filter((column, n) =>
    edition.slice(1 + n * markLength, 1 + (n + 1) * markLength) !== markOf(cells[column]))
  return changed.includes('slug') ? [] : changed
}
