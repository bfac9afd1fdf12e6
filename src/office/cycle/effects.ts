import type { Effects } from '../../identity/staff/confirmation.ts'
import { calendarDayInWords } from '../../programme/activities/when.ts'
import { cycleAnswers, cycleDraft } from './dates.ts'
import type { Cycle } from './dates.ts'
import { datesInWords } from './in-words.ts'

/**
 * What follows from other dates, for people outside. Only one date reaches them: until the day on which numbers are
 * due, those who lead activities are asked for them.
 */
export function cycleEffects (
  before: Cycle, after: Cycle, { isAsking, asked }: { isAsking: boolean, asked: number }
): Effects {
  const [was, due] = [before['numbers-due'].day, after['numbers-due'].day]
  const isMoved = was !== due && due !== ''
  return {
    sentences: [
      ...isMoved && asked > 0
        ? [`${asked === 1 ? '1 activity was' : `${asked} activities were`} asked for numbers and nobody has given them. ` +
           `The emails that went out may name another day: from now on numbers are due on ${calendarDayInWords(due)}.`]
        : [],
      ...isMoved && isAsking
        ? [`The last reminder goes out three days before ${calendarDayInWords(due)}, to those who have not said anything by then.`]
        : []
    ],
    changes: cycleDraft.changed(cycleAnswers(before), cycleAnswers(after)).map(kind => ({
      what: datesInWords[kind].name, from: saidAs(before, kind), to: saidAs(after, kind)
    }))
  }
}

/** What a date says, as people say it. */
export function saidAs (cycle: Cycle, kind: keyof Cycle): string {
  const { day, time, label, isDone } = cycle[kind]
  if (day === '') return 'No date'
  return [
    ...label === '' ? [] : [label], `${calendarDayInWords(day)}${time === '' ? '' : ` at ${time}`}`, ...isDone ? ['done'] : []
  ].join(', ')
}
