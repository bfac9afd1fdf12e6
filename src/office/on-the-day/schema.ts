import type { DateTime } from 'luxon'
import { z } from 'zod'
import { localDay, localTime } from '../../programme/activities/local-time.ts'
import type { Handover } from '../../booking/bookings/handover.ts'
import { answerInLine, unknownField } from '../../platform/http/form-answers.ts'
import type { Attendance } from '../../booking/bookings/attendance.ts'
import type { Note } from './attendance.ts'

const loadAgain = 'Load this page again and note once more who came'

/** `unknown-yes`: what the page showed, and what is wanted instead. */
const choice = z.string({ error: loadAgain }).regex(/^(?:yes|no|unknown)-(?:yes|no|unknown)$/, loadAgain)

const isReference = (name: string) => /^[\dA-Z]{5}-[\dA-Z]{5}$/.test(name)

/** The attendance list: a field for each booking by its reference. Returns the notes that change something. */
export const attendanceForm = z.record(z.string(), z.unknown()).transform((fields, context): Note[] => {
  const other = Object.keys(fields).filter(name => !isReference(name))
  if (other.length > 0) {
    context.addIssue({ code: 'custom', message: unknownField({ code: 'unrecognized_keys', keys: other } as never) })
    return z.NEVER
  }
  const notes = Object.entries(fields).map(([reference, given]) => ({ reference, ...noteIn(given) }))
  if (notes.some(({ wanted }) => wanted === undefined)) {
    context.addIssue({ code: 'custom', message: loadAgain })
    return z.NEVER
  }
  return (notes as Note[]).filter(({ shown, wanted }) => shown !== wanted)
})

function noteIn (given: unknown): { shown?: Attendance, wanted?: Attendance } {
  const read = choice.safeParse(given)
  if (!read.success) return {}
  const [shown, wanted] = read.data.split('-') as [Attendance, Attendance]
  return { shown, wanted }
}

/** The choices in such a list, as far as they can be read, to be shown again. */
export function chosenIn (body: unknown): ReadonlyMap<string, Attendance> {
  return new Map(Object.entries(body ?? {}).flatMap(([name, given]) => {
    const { wanted } = noteIn(given)
    return wanted === undefined || !isReference(name) ? [] : [[name, wanted]]
  }))
}

/** Tolerance for clocks that differ: a time noted during a phone call a minute ago may be a little ahead of ours. */
const minutesAhead = 5

/** The form that says who received a question, where, when and under which reference of theirs. */
export function receiptForm (zone: string, now: DateTime<true>) {
  return z.strictObject({
    hub: answerInLine('The hub', 'Enter which hub or team received it', 100),
    received_by: answerInLine('Who received it', 'Enter who received it', 100),
    received_day: answerInLine('The day', 'Enter the day on which they received it', 10),
    received_time: answerInLine('The time', 'Enter when they received it', 8),
    reference: answerInLine('Their reference', 'Enter their reference', 60)
  }, { error: unknownField }).transform((form, context): Handover => {
    const refuse = (field: 'received_day' | 'received_time', message: string) => {
      context.addIssue({ code: 'custom', path: [field], message })
      return z.NEVER
    }
    if (localDay(form.received_day, zone) === undefined) {
      return refuse('received_day', 'The day must be a date like 2026-12-01')
    }
    const receivedAt = localTime(`${form.received_day} ${form.received_time.slice(0, 5)}`, zone)?.at
    if (receivedAt === undefined) return refuse('received_time', 'The time must be a time like 18:00')
    if (receivedAt > now.plus({ minutes: minutesAhead })) {
      return refuse('received_day', 'They cannot have received it in the future. Check the day and the time.')
    }
    const { hub, received_by: receivedBy, reference } = form
    return { hub, receivedBy, receivedAt: receivedAt < now ? receivedAt : now, reference }
  })
}

export const receiptFields = ['hub', 'received_by', 'received_day', 'received_time', 'reference'] as const

/** A button without fields. */
export const buttonForm = z.strictObject({}, { error: unknownField })
