import type { ActivityDraft } from '../activities/draft.ts'
import { inPlainWords } from '../activities/place.ts'
import { shortMoment } from '../activities/when.ts'
import { protectionIn } from './edition.ts'
import type { ProgrammeLine } from './lines.ts'

/**
 * A row that makes an activity, as protected as that of the row it was copied from. No column says so: the edition does
 * where it was copied along. A place is secret besides where its venue is, in another activity.
 */
export function protectedAsCopied (line: ProgrammeLine, secretVenues: ReadonlySet<string>): ProgrammeLine {
  const { venue, visibility, zone } = line.draft
  const { hasSecretPlace, wasPoliceWork, embargoUntil } = protectionIn(line.edition ?? '')
  const notes: string[] = []
  const kept: Partial<ActivityDraft> = {}
  if (venue !== undefined && (hasSecretPlace || secretVenues.has(inPlainWords(venue)))) {
    kept.hasSecretPlace = true
    notes.push('only people who have a place are told the venue, as in the activity it was copied from')
  }
  if (wasPoliceWork) {
    kept.wasPoliceWork = true
    notes.push('counts as police work, as the activity it was copied from')
  }
  // An embargo is for what everyone may see.
  if (embargoUntil !== undefined && visibility === 'public') {
    kept.embargoUntil = embargoUntil
    notes.push(`is under embargo until ${shortMoment(embargoUntil, zone)}, as the activity it was copied from`)
  }
  return { ...line, draft: { ...line.draft, ...kept }, notes: [...line.notes, ...notes] }
}
