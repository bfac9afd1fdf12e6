import type { Seal } from '../../platform/seal.ts'
import { listFields } from './schema.ts'

/** What a sealed text is of: a search of the same key does not open as choices. */
const of = 'choices of a list'

/** What someone chose of a list, for an address: sealed, because they may have typed why they want it. */
export function sealChoices (seal: Seal, body: unknown): string {
  const given = Object.entries(body ?? {}).filter(([name]) => (listFields as readonly string[]).includes(name))
  return seal.close(JSON.stringify(Object.fromEntries(given)), of)
}

/** The same from an address; undefined for anything that we have not sealed. */
export function openChoices (seal: Seal, given: unknown): unknown {
  if (typeof given !== 'string' || given === '') return undefined
  try {
    return JSON.parse(seal.open(given, of))
  } catch {
    return undefined
  }
}
