import type { DateTime } from 'luxon'
import { z } from 'zod'
import { localDay, localTime } from '../../programme/activities/local-time.ts'
import type { Handover } from '../../booking/bookings/handover.ts'
import { attendances } from '../../booking/bookings/attendance.ts'
import { fromList } from '../../booking/bookings/schema.ts'
import {
  answer, answerInLine, answerInNumbers, optional, unknownField, ticked
} from '../../platform/http/form-answers.ts'
import type { Attendance } from '../../booking/bookings/attendance.ts'
import type { Note, Party } from './attendance.ts'

const loadAgain = 'Load this page again and note once more who came'

/** `unknown-yes`: what the page showed, and what is wanted instead. */
const choice = /^(yes|no|unknown)-(yes|no|unknown)$/

/** `unknown-2`: how many of a party the page showed, and how many came. */
const count = /^(unknown|all|[1-9]\d{0,2})-(unknown|all|[1-9]\d{0,2})$/

/** The name of a field: a booking by its reference, or how many of its people came. */
const fieldName = /^([\dA-Z]{5}-[\dA-Z]{5})(-came)?$/

type Fields = Record<string, unknown>

/**
 * The attendance list: a field for each booking by its reference, and another for how many of its people came. Returns
 * the notes that change something.
 */
export const attendanceForm = z.record(z.string(), z.unknown()).transform((fields, context): Note[] => {
  const refuse = (message: string) => {
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  }
  const other = Object.keys(fields).filter(name => !fieldName.test(name))
  if (other.length > 0) return refuse(unknownField({ code: 'unrecognized_keys', keys: other } as never))
  const notes = referencesIn(fields).map(reference => noteIn(fields, reference))
  if (notes.some(note => note === undefined)) return refuse(loadAgain)
  return notes.flatMap(note => note !== undefined && changesSomething(note) ? [note] : [])
})

function referencesIn (fields: Fields): string[] {
  return [...new Set(Object.keys(fields).map(name => fieldName.exec(name)?.[1] ?? ''))]
}

function changesSomething ({ shown, wanted, party }: Note): boolean {
  return shown !== wanted || (party !== undefined && party.shown !== party.wanted)
}

/** What is noted of a booking; undefined where it cannot be read. */
function noteIn (fields: Fields, reference: string): Note | undefined {
  const [, shown, wanted] = choice.exec(textIn(fields, reference)) ?? []
  if (shown === undefined || wanted === undefined) return undefined
  const note = { reference, shown: shown as Attendance, wanted: wanted as Attendance }
  if (!Object.hasOwn(fields, `${reference}-came`)) return note
  const [, shownParty, wantedParty] = count.exec(textIn(fields, `${reference}-came`)) ?? []
  if (shownParty === undefined || wantedParty === undefined) return undefined
  return { ...note, party: { shown: partyIn(shownParty), wanted: partyIn(wantedParty) } }
}

function textIn (fields: Fields, name: string): string {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined
  return typeof value === 'string' ? value : ''
}

function partyIn (text: string): Party {
  return text === 'all' || text === 'unknown' ? text : Number(text)
}

/** What such a list says, as far as it can be read, to be shown again. */
export function chosenIn (body: unknown): ReadonlyMap<string, Note> {
  const fields = (body ?? {}) as Fields
  return new Map(referencesIn(fields).flatMap(reference => {
    const note = noteIn(fields, reference)
    return note === undefined ? [] : [[reference, note]]
  }))
}

const sayWhich = 'Select whether they came'

/** What the page showed of a booking: its id, and `yes`, `no` or `unknown`. */
const shown = z.string(loadAgain).regex(/^[\da-f-]{36} (?:yes|no|unknown)$/, loadAgain)

/** One answer for all who were chosen, with what the page showed of each. */
export const chosenNotesForm = z.strictObject({
  ...fromList,
  shown: ticked(shown, { wrong: loadAgain }),
  attended: answer('Whether they came', sayWhich).pipe(z.enum(attendances, sayWhich))
}, { error: unknownField }).transform(({ booking, shown, attended }, context) => {
  const byId = new Map(shown.map(text => text.split(' ') as [string, Attendance]))
  if (booking.some(id => !byId.has(id))) {
    context.addIssue({ code: 'custom', path: ['form'], message: loadAgain })
    return z.NEVER
  }
  return { booking, attended, shownOf: (id: string) => byId.get(id) ?? 'unknown' }
})

export const chosenNotesFields = ['booking', 'attended'] as const

/** How many people came without a booking; empty: nobody counted. */
export const walkInsForm = z.strictObject({
  walk_ins: optional(answerInNumbers('The number of people without a booking', 0, 9999)),
  edition: z.unknown().optional()
}, { error: unknownField })

export const walkInsFields = ['walk_ins'] as const

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
