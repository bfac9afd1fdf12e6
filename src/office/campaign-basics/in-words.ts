import { calendarDayInWords } from '../../programme/activities/when.ts'
import type { Basics } from './basics.ts'

export const namesOfBasics: Record<keyof Basics, string> = {
  kind: 'What it is', partnership: 'Who runs it', firstDay: 'First day', lastDay: 'Last day'
}

export const kindsInWords: Record<Basics['kind'], { text: string, onPage: string }> = {
  programme: { text: 'A programme', onPage: 'Campaign' },
  'week-of-action': { text: 'A week of action', onPage: 'Week of action' }
}

/** What a field says, as people say it. */
export function saidAs (field: keyof Basics, said: string | undefined): string {
  if (said === undefined || said === '') return 'Nothing'
  if (field === 'kind') return kindsInWords[said as Basics['kind']].text
  return field === 'partnership' ? said : calendarDayInWords(said)
}
