import { parseArgs } from 'node:util'
import { CommandError } from '../src/platform/errors.ts'

/** The numbers that were given as `--rounds 5`, by their names; of the others the usual ones. */
export function numbersIn<Name extends string> (args: string[], usual: Record<Name, number>): Record<Name, number> {
  const names = Object.keys(usual) as Name[]
  const options = Object.fromEntries(names.map(name => [name, { type: 'string' as const }]))
  const { values } = parseArgs({ args, options })
  const numbers = names.map(name => [name, numberIn(name, values[name] ?? usual[name])])
  return Object.fromEntries(numbers) as Record<Name, number>
}

function numberIn (name: string, given: string | number): number {
  const number = Number(given)
  if (Number.isNaN(number)) throw new CommandError(`Say --${name} as a number.`)
  return number
}
