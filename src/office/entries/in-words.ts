import type { Change } from '../../identity/staff/confirmation.ts'
import type { Answers } from '../editor/answers.ts'
import { unitsChanged } from '../editor/both-changed.ts'
import type { Unit } from '../editor/both-changed.ts'
import { inWords } from '../editor/in-words.ts'
import { withChanges } from '../editor/proposals.ts'
import type { Changes } from '../editor/proposals.ts'
import type { Entry, EntryState } from '../../programme/entries/entry.ts'
import type { entryAudiences } from '../../programme/entries/entry-form.ts'

export const audienceInWords: Record<typeof entryAudiences[number], string> = {
  parents: 'Parents',
  carers: 'Carers',
  'young-people': 'Children and young people',
  professionals: 'People who work with children',
  businesses: 'Businesses'
}

const audiencesNamed: Readonly<Record<string, string>> = audienceInWords

/** Where an entry stands, for the person who entered it. */
export function stateInWords (state: EntryState, isPublic: boolean): string {
  switch (state) {
    case 'unconfirmed': return 'Nobody sees this yet. Check it, then send it.'
    case 'waiting': return 'We have it. Someone reads it, and emails you when it is in the programme.'
    case 'returned': return 'Something has to change before we can take it.'
    case 'with-organisers': return 'The organisers are working on it. It is not in the programme at the moment.'
    case 'published': return isPublic ? 'It is in the programme. Everyone can see it.' : 'It is in the programme that our partners see.'
    case 'cancelled': return 'It is cancelled.'
    case 'withdrawn': return 'You have withdrawn it.'
    case 'refused': return 'We cannot take it.'
    case 'removed': return 'The organisers have removed it.'
  }
}

/** What became of a change of what is published; undefined without one. */
export function changeInWords ({ activity }: Pick<Entry, 'activity'>): string | undefined {
  if (activity?.status !== 'published') return undefined
  if (activity.change === 'waiting') return 'Your change waits for someone to read it. Until then everyone sees it as it is now.'
  return activity.change === 'returned' ? 'We could not take your change as it is.' : undefined
}

/** What each part is called in the form, as far as it asks for it. */
const partsInWords: Partial<Record<Unit, string>> = {
  title: 'What it is called',
  kind: 'What kind of activity',
  when: 'When',
  venue: 'Where',
  district: 'District',
  audiences: 'Who it is for',
  booking: 'Can anyone come?',
  summary: 'What happens'
}

/** The change that an entrant asked for, as it is now and as it is to be, in the words of the form. */
export function askedInWords (now: Answers, changes: Changes): Change[] {
  const wanted = withChanges(now, changes)
  return unitsChanged(now, wanted).flatMap(unit => {
    const what = partsInWords[unit]
    return what === undefined ? [] : [{ what, from: partInWords(now, unit), to: partInWords(wanted, unit) }]
  })
}

function partInWords (answers: Answers, unit: Unit): string {
  if (unit === 'booking') return answers.booking === 'drop-in' ? 'Yes, people can drop in' : 'No'
  if (unit === 'audiences') {
    const names = answers.audiences.split(',').map(name => name.trim()).filter(name => name !== '')
    return names.length === 0 ? 'Everyone' : names.map(name => audiencesNamed[name] ?? name).join(', ')
  }
  if (['venue', 'district'].includes(unit) && answers[unit as 'venue' | 'district'] === '') return 'Not said'
  return inWords(answers, unit, { districts: [], agencies: [], boundTo: undefined })
}

/** A state as staff read it. */
export const stateTags: Record<EntryState, { text: string, classes: string }> = {
  unconfirmed: { text: 'Address not confirmed', classes: 'govuk-tag--grey' },
  waiting: { text: 'To approve', classes: 'govuk-tag--orange' },
  returned: { text: 'Sent back', classes: 'govuk-tag--yellow' },
  'with-organisers': { text: 'Draft', classes: 'govuk-tag--blue' },
  published: { text: 'Published', classes: 'govuk-tag--green' },
  cancelled: { text: 'Cancelled', classes: 'govuk-tag--red' },
  withdrawn: { text: 'Withdrawn', classes: 'govuk-tag--grey' },
  refused: { text: 'Refused', classes: 'govuk-tag--grey' },
  removed: { text: 'Draft deleted', classes: 'govuk-tag--grey' }
}
