import { CommandError } from '../../platform/errors.ts'

/** Something wrong with a file, and where, as far as that can be said. */
export interface ProgrammeProblem {
  row?: number
  column?: string
  text: string
}

/** Every problem of a programme file at once: whoever mends it should not have to come back for the next. */
export class ProgrammeRefused extends CommandError {
  constructor (problems: readonly ProgrammeProblem[]) {
    const lines = problems.map(({ row, column, text }) => {
      const place = [row === undefined ? [] : `row ${row}`, column ?? []].flat().join(', ')
      return place === '' ? text : `${place}: ${text}`
    })
    super([...lines, 'Nothing was imported.'].join('\n'))
  }
}
