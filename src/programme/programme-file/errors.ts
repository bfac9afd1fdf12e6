import { CommandError } from '../../platform/errors.ts'

/** A problem in a file, and where it is, as far as that can be said. */
export interface ProgrammeProblem {
  row?: number
  column?: string
  text: string
}

/** Every problem of a programme file at once, so that it can be corrected in one go. */
export class ProgrammeRefused extends CommandError {
  readonly problems: readonly ProgrammeProblem[]

  constructor (problems: readonly ProgrammeProblem[]) {
    const lines = problems.map(({ row, column, text }) => {
      const place = [row === undefined ? [] : `row ${row}`, column ?? []].flat().join(', ')
      return place === '' ? text : `${place}: ${text}`
    })
    super([...lines, 'Nothing was imported.'].join('\n'))
    this.problems = problems
  }
}
