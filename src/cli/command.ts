import type { ParseArgsOptionsConfig } from 'node:util'
import type { z } from 'zod'
import type { Config } from '../platform/config.ts'

/** The command line makes no sense; the usage text says what is possible. */
export class WrongUse extends Error {}

/** What a name on the command line stands for. */
export interface Command {
  /** The arguments after the command's name, in order; all are required. */
  operands: string[]
  options: ParseArgsOptionsConfig
  run: (given: Given, config: Config) => Promise<void>
}

/** Operands and options by their names, not yet checked. */
export type Given = Record<string, string | boolean | undefined>

export const text = { type: 'string' } as const
export const flag = { type: 'boolean' } as const

/** Returns the checked input; throws with a sentence about each thing that is wrong with it. */
export function read <Schema extends z.ZodType> (schema: Schema, given: unknown, name?: string): z.output<Schema> {
  const result = schema.safeParse(given)
  if (result.success) return result.data
  const sentences = result.error.issues.map(({ path: [key = name], message, code }) =>
    `${String(key)} ${code === 'invalid_type' ? 'must be given' : message}.`)
  throw new WrongUse([...new Set(sentences)].join(' '))
}
