import { calendarDayInWords, timeOfDayInWords } from '../../programme/activities/when.ts'
import type { DateKind, Step, StepState } from './dates.ts'

export const datesInWords: Record<DateKind, { name: string, hint: string }> = {
  'entries-open': { name: 'Entries open', hint: 'From this day, others can enter what they do.' },
  'entries-close': { name: 'Entries close', hint: 'The last day on which others can enter something.' },
  'embargo-ends': { name: 'Embargo ends', hint: 'From this day, the press can write about it.' },
  'numbers-due': {
    name: 'Numbers due', hint: 'The last day on which people say what their activities came to. Links in emails work 14 days longer.'
  },
  'report-due': { name: 'Report due', hint: 'When funders and the board get the report.' }
}

const weekInWords = 'The campaign itself'

/** What a step is called. */
export function nameOf ({ kind, label }: Pick<Step, 'kind' | 'label'>): string {
  if (label !== '') return label
  return kind === 'week' ? weekInWords : datesInWords[kind].name
}

/** `Monday 1 March 2027 to Sunday 7 March 2027`, `Tuesday 9 February 2027 at 6am`. */
export function whenInWords ({ from, to, time }: Pick<Step, 'from' | 'to' | 'time'>): string {
  const first = calendarDayInWords(from)
  return from === to ? `${first}${time === '' ? '' : ` at ${timeOfDayInWords(time)}`}` : `${first} to ${calendarDayInWords(to)}`
}

export const stateTags: Record<StepState, { text: string, classes: string } | undefined> = {
  done: { text: 'Done', classes: 'govuk-tag--green' },
  late: { text: 'Late', classes: 'govuk-tag--red' },
  today: { text: 'Today', classes: 'govuk-tag--yellow' },
  next: { text: 'Next', classes: 'govuk-tag--blue' },
  later: undefined
}
