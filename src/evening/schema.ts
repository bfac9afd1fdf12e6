import { z } from 'zod'
import { unknownField } from '../http/form-answers.ts'
import type { Attendance, Note } from './attendance.ts'

const loadAgain = 'Load this page again and note once more who came'

/** `unknown-yes`: what the page showed, and what is wanted instead. */
const choice = z.string({ error: loadAgain }).regex(/^(?:yes|no|unknown)-(?:yes|no|unknown)$/, loadAgain)

const isReference = (name: string) => /^[\dA-Z]{5}-[\dA-Z]{5}$/.test(name)

/** The list on which is noted who came: a field for each booking by its reference. Gives what is to change. */
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

/** What was chosen for whom in such a list, as far as it can be read: chosen again where the list is shown again. */
export function chosenIn (body: unknown): ReadonlyMap<string, Attendance> {
  return new Map(Object.entries(body ?? {}).flatMap(([name, given]) => {
    const { wanted } = noteIn(given)
    return wanted === undefined || !isReference(name) ? [] : [[name, wanted]]
  }))
}

/** A button without fields. */
export const buttonForm = z.strictObject({}, { error: unknownField })

/** Ids, in fields of the same name or with commas between them; none where there is none. */
const ids = z.preprocess(
  given => [given].flat().flatMap(one => typeof one === 'string' ? one.split(',') : []).filter(one => one !== ''),
  z.array(z.guid('Load this page again and tick once more'), 'Load this page again and tick once more')
    .max(1000, 'Load this page again and tick once more'))

/** The form that says who hosts: who is ticked, and who was when it was shown. */
export const hostsForm = z.strictObject({ hosts: ids, shown: ids }, { error: unknownField })

export const hostsFields = ['hosts'] as const

/** Who is ticked in such a form, as far as it can be read. */
export function tickedIn (body: unknown): string[] {
  return [(body as { hosts?: unknown } | undefined)?.hosts].flat().filter(id => typeof id === 'string')
}
