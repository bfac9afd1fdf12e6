import { asSet } from '../../platform/pdf/coverage.ts'
import type { Coverage } from '../../platform/pdf/coverage.ts'

/** Texts as they can be set: what no font has is left out, because it would stop the whole document. */
export function setIn (coverage: Coverage): (text: string) => string {
  return text => coverage.drawable(asSet(text))
}
