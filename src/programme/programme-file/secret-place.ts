import { inPlainWords } from '../activities/place.ts'
import { hasSecretMark } from './edition.ts'
import type { ProgrammeLine } from './lines.ts'

/**
 * A row that makes an activity, with its place as secret as that of the row it was copied from. No column says so: the
 * edition does where it was copied along, and otherwise the venue, which is secret in another activity.
 */
export function withSecretPlace (line: ProgrammeLine, secretVenues: ReadonlySet<string>): ProgrammeLine {
  const { draft, edition = '', notes } = line
  if (draft.venue === undefined) return line
  if (!hasSecretMark(edition) && !secretVenues.has(inPlainWords(draft.venue))) return line
  return {
    ...line,
    draft: { ...draft, hasSecretPlace: true },
    notes: [...notes, 'only people who have a place are told the venue, as in the activity it was copied from']
  }
}
