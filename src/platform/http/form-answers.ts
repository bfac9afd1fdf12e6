import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { isVersionHash } from '../draft.ts'
import { unprintable } from '../one-line.ts'
import { visibleText, plainAddress, plainDay, plainNumber } from '../typed.ts'
import { isId } from './url-params.ts'

/** What someone can do about a form of which a hidden field is not as we made it. */
export const loadAgain = 'Load the page again and fill it in once more'

/**
 * The value of a field, as text that its person saw; lines end in `\n`. A field sent twice is an array by now, and gets
 * an error sentence too.
 */
export function answer (noun: string, missing = `${noun} is missing`) {
  return z.string({ error: ({ input }) => Array.isArray(input) ? `${noun} must be given only once` : missing })
    .overwrite(visibleText)
}

/** True if a text is on one line. */
export function isOneLine (text: string): boolean {
  return !text.includes('\n')
}

/** The lines of an answer, without trailing spaces. */
export function linesOf (text: string): string[] {
  return text.split('\n').map(line => line.trimEnd())
}

/** An email address. */
export function answerAsAddress (noun: string, missing: string) {
  return answer(noun, missing).overwrite(plainAddress)
}

/** A phone number. */
export function answerAsNumber (noun: string, missing?: string) {
  return answer(noun, missing).overwrite(plainNumber)
}

/** A day, as `2026-12-01` if it is one. */
export function answerAsDay (noun: string, missing?: string) {
  return answer(noun, missing).overwrite(plainDay)
}

/** A single line, required. */
export function answerInLine (noun: string, missing: string, most: number) {
  return answer(noun, missing).trim().min(1, { error: missing, abort: true })
    .refine(text => Array.from(text).length <= most, { error: `${noun} must be ${most} characters or fewer`, abort: true })
    .refine(isOneLine, `${noun} must be on one line`)
}

/** An answer of several lines, required. */
export function answerInLines (noun: string, missing: string, most: number) {
  return answer(noun, missing).trim().min(1, { error: missing, abort: true })
    .refine(text => Array.from(text).length <= most, `${noun} must be ${most.toLocaleString('en-GB')} characters or fewer`)
}

/** What is said about checkboxes that are not as the page had them, about none that is ticked, and about too many. */
interface Ticking { wrong?: string, missing?: string, most?: number, tooMany?: string }

/** Checkboxes of one name: absent if none is ticked, and one text if one is. Without `missing` none may be. */
export function ticked<One extends z.ZodType> (
  one: One, { wrong = loadAgain, missing, most = Infinity, tooMany = wrong }: Ticking = {}
) {
  return z.preprocess(given => [given ?? []].flat(), z.array(one, wrong)
    .min(missing === undefined ? 0 : 1, missing)
    .max(most, tooMany))
}

/** What is ticked in such a form, as far as it can be read. */
export function tickedIn (body: unknown, field: string): string[] {
  return [(Object(body) as Record<string, unknown>)[field]].flat().filter(value => typeof value === 'string')
}

/** A whole number in digits; anything else, and nothing, gets the same sentence. */
export function answerInNumbers (noun: string, low: number, high: number) {
  const sentence = `${noun} must be a whole number from ${low} to ${high.toLocaleString('en-GB')}`
  return answer(noun, sentence).trim()
    .refine(text => /^\d{1,9}$/.test(text) && Number(text) >= low && Number(text) <= high, sentence)
    .transform(Number)
}

/** An optional answer: an empty field counts as left out. */
export function optional <T> (schema: z.ZodType<T>) {
  return z.preprocess(
    given => typeof given === 'string' && visibleText(given).trim() === '' ? undefined : given, schema.optional())
}

/**
 * Adds what is wrong with answers together, as they were typed, to what is wrong with each of them. A refinement comes
 * only once each is right, and then people correct a form twice.
 */
export function together<S extends z.ZodType> (
  schema: S, wrongIn: (typed: (field: string) => string) => ReadonlyArray<readonly [field: string, sentence: string]>
) {
  return z.unknown().transform((given, context): z.output<S> => {
    const read = schema.safeParse(given)
    const issues = read.error?.issues ?? []
    const typed = (field: string) => {
      const value = (Object(given) as Record<string, unknown>)[field]
      return typeof value === 'string' ? visibleText(value).trim() : ''
    }
    const about = wrongIn(typed).filter(([field]) => issues.every(({ path }) => path[0] !== field))
    for (const { path, message } of issues) context.addIssue({ code: 'custom', path: [...path], message })
    for (const [field, message] of about) context.addIssue({ code: 'custom', path: [field], message })
    return read.success && about.length === 0 ? read.data : z.NEVER
  })
}

/** The version that someone had read when they filled a form in. */
export function answerAsVersion (damaged = `This form is damaged. ${loadAgain}.`) {
  return answer('Form', damaged).refine(isVersionHash, damaged)
}

/** The number that a form gets when it is shown: sent twice, it does what it says once. */
export const submission = z.string(`This form is damaged. ${loadAgain}.`).refine(isId, `This form is damaged. ${loadAgain}.`)

/** The number of a form that is shown: after a mistake the one it had, for it is still the same form. */
export function submissionIn (body: unknown): string {
  const { submission } = Object(body) as { submission?: unknown }
  return typeof submission === 'string' && isId(submission) ? submission : randomUUID()
}

/** Names the first field that a form does not have, shortened and without unprintable characters. */
export function unknownField (issue: z.core.$ZodRawIssue): string {
  const [field = ''] = issue.code === 'unrecognized_keys' ? issue.keys : []
  const shown = Array.from(field.replaceAll(new RegExp(unprintable, 'gu'), '�')).slice(0, 30).join('')
  return `This form has no field “${shown}”. ${loadAgain}.`
}

/** What was typed, by field; only text comes back into a form. */
export function typedOf<F extends string> (body: unknown, fields: readonly F[]): Partial<Record<F, string>> {
  const given = Object.entries(body ?? {})
    .filter(([name, value]) => (fields as readonly string[]).includes(name) && typeof value === 'string')
  return Object.fromEntries(given) as Partial<Record<F, string>>
}

/** The fields of a form; a field sent twice appears twice. */
export function fieldsIn (body: unknown): Array<{ name: string, value: string }> {
  return Object.entries(body ?? {}).flatMap(([name, values]) =>
    [values as unknown].flat().flatMap(value => typeof value === 'string' ? { name, value } : []))
}

/**
 * The fingerprint of the state that someone had read when they filled a form in; undefined if it is not one of ours.
 */
export function versionHashIn (body: unknown): string | undefined {
  const { edition } = (body ?? {}) as { edition?: unknown }
  return typeof edition === 'string' && isVersionHash(edition) ? edition : undefined
}
