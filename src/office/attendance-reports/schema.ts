import { z } from 'zod'
import { referenceIn } from '../../booking/bookings/reference.ts'
import { answerInLine, unknownField } from '../../platform/http/form-answers.ts'
import type { Decided } from './commands.ts'
import type { Booked } from './queries.ts'
import { askedFor } from './review.ts'
import type { Decision, Review } from './review.ts'

/** How many reports at once, and how large each: several times the largest meeting of an hour. */
export const reportLimits = { files: 10, bytesPerFile: 2_097_152 }

export const uploadFields = ['report', 'source'] as const

/** The reports of one meeting, and where they are from. */
export const uploadForm = z.strictObject({
  source: answerInLine('Where the report is from', 'Enter where the report is from', 200),
  report: z.array(z.instanceof(Uint8Array)).min(1, 'Choose the report that you downloaded from Teams')
}, { error: unknownField })

/** A field of the page of a report: of someone whom the report does not tell, or of a difference. */
const fieldName = /^(who|other)-(\d{1,4})$/
const differs = /^differs-([\dA-Z]{5}-[\dA-Z]{5})$/
/** How many of a party came, where a booking has several places. */
const cameName = /^came-([\dA-Z]{5}-[\dA-Z]{5})$/

/** The names of a page's fields that can have an error beside them. */
export function decisionFields (body: unknown): string[] {
  return Object.keys(body ?? {}).filter(name => fieldName.test(name) || cameName.test(name))
}

/**
 * The page of a report, filled in: a choice for each person whom the report does not tell, and for each difference.
 * Whoever is left open is left out. A booking is one that has a place now. How many of its people came is only taken
 * with a booking that the report is to note.
 */
export function decisionForm (review: Review, booked: readonly Booked[]) {
  const byReference = new Map(booked.map(({ reference, id }) => [reference, id]))

  return z.record(z.string(), z.unknown()).transform((fields, context): Decided => {
    const decisions = new Map<number, Decision>()
    const changed = new Set<string>()
    for (const [name, given] of Object.entries(fields)) {
      if (name === 'review' || cameName.test(name)) continue
      const refuse = (message: string) => context.addIssue({ code: 'custom', path: [name], message })
      const [, kind, digits] = fieldName.exec(name) ?? []
      const [, reference] = differs.exec(name) ?? []
      const person = Number(digits)
      const isUnknown = kind === undefined
        ? reference === undefined
        : review.people[person] === undefined || review.people[person].found !== undefined
      if (isUnknown) {
        context.addIssue({ code: 'custom', message: unknownField({ code: 'unrecognized_keys', keys: [name] } as never) })
        return z.NEVER
      }
      if (typeof given !== 'string') refuse('Choose only one answer for each person')
      else if (reference !== undefined) {
        if (!['keep', 'came'].includes(given)) refuse('Choose whether they were there')
        const bookingId = byReference.get(reference)
        if (given === 'came' && bookingId !== undefined) changed.add(bookingId)
      } else if (kind === 'who' || fields[`who-${person}`] === undefined) {
        const decision = decisionIn(String(fields[`who-${person}`] ?? ''), String(fields[`other-${person}`] ?? ''), byReference)
        if (typeof decision === 'object' && 'wrong' in decision) {
          context.addIssue({ code: 'custom', path: [`${decision.field}-${person}`], message: decision.wrong })
        } else decisions.set(person, decision)
      }
    }
    const noted = notedBy(review, decisions, changed, booked)
    const counted = new Map<string, number>()
    for (const one of booked.filter(({ reference }) => !['', undefined].includes(fields[`came-${reference}`] as string))) {
      const refuse = (message: string) =>
        context.addIssue({ code: 'custom', path: [`came-${one.reference}`], message: `${one.name}: ${message}` })
      const came = cameIn(fields[`came-${one.reference}`], one.places)
      if (came === undefined) refuse('select how many came')
      else if (!noted.has(one.id)) refuse('say above that they were here, or select “Not said”')
      else counted.set(one.id, came)
    }
    return { decisions, changed, counted }
  })
}

/** The bookings that a report notes as here, with what a person has decided. */
function notedBy (
  review: Review, decisions: ReadonlyMap<number, Decision>, changed: ReadonlySet<string>, booked: readonly Booked[]
): Set<string> {
  const asked = askedFor(review, decisions, changed)
  const absent = new Set(booked.flatMap(({ id, attended }) => attended === false && !asked.has(id) ? [id] : []))
  const named = [...review.people.map(({ found }) => found), ...decisions.values()]
    .flatMap(one => one === undefined || typeof one === 'string' ? [] : [one.bookingId])
  return new Set(named.filter(id => !absent.has(id)))
}

function cameIn (given: unknown, places: number): number | undefined {
  const came = typeof given === 'string' && /^[1-9]\d{0,2}$/.test(given) ? Number(given) : 0
  return places > 1 && came >= 1 && came <= places ? came : undefined
}

interface Wrong { wrong: string, field: 'who' | 'other' }

/** A reference that someone typed is meant: nobody types one to leave someone out. Beside another choice they say. */
function decisionIn (chosen: string, typed: string, byReference: ReadonlyMap<string, string>): Decision | Wrong {
  const isTyped = typed.trim() !== ''
  if (chosen === 'other' || (isTyped && ['', 'left-out'].includes(chosen))) {
    return isTyped ? bookingIn(typed, 'other', byReference) : { wrong: 'Enter the reference of their booking', field: 'other' }
  }
  const near = /^booking-(.*)$/.exec(chosen)?.[1]
  if (isTyped && (near === undefined || referenceIn(near) !== referenceIn(typed))) {
    return { wrong: 'Select “Another booking” if you mean the reference that you typed, or delete it', field: 'other' }
  }
  if (chosen === '') return 'left-out'
  return chosen === 'walk-in' || chosen === 'left-out' ? chosen : bookingIn(near ?? '', 'who', byReference)
}

function bookingIn (typed: string, field: Wrong['field'], byReference: ReadonlyMap<string, string>): Decision | Wrong {
  const bookingId = byReference.get(referenceIn(typed) ?? '')
  return bookingId === undefined ? { wrong: 'No booking with a place in this activity has this reference', field } : { bookingId }
}

/** The choices on such a page, to be shown again. */
export function chosenIn (body: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(body ?? {}).filter((entry): entry is [string, string] =>
    [fieldName, differs, cameName].some(field => field.test(entry[0])) && typeof entry[1] === 'string'))
}
