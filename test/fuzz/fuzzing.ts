import { randomInt } from 'node:crypto'
import { inspect } from 'node:util'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { isWhole } from '../support/depth.ts'

/*
 * Inputs that are close to valid ones, and what is promised of whatever reads them: an answer or a refusal, soon.
 */

/**
 * `FUZZ_SEED` plays a run again: each thing that is read gets the same inputs, whatever is read before it. An ordinary
 * run gives the same inputs each time, so that nobody's change fails for what somebody else wrote.
 */
export const seed = Number(process.env.FUZZ_SEED ?? (isWhole ? randomInt(2 ** 31) : 20_261_201))

/** How many inputs each file here gives in an ordinary run; before a release ten times as many. */
export const shares = { forms: 47_000, texts: 44_500, files: 4_000, requests: 5_000 }

/** How many of a file's share each of `count` things gets. */
export function runsOf (share: keyof typeof shares, count: number): number {
  return Math.ceil(shares[share] / count) * (isWhole ? 10 : 1)
}

/** Processor time in which one input is read, in microseconds: a page must never wait for another that long. */
const longest = 1_000_000

export class TooSlow extends Error {}

/** Runs what is read, and throws `TooSlow` where this thread is at it for more than a second. */
export function soon<T> (read: () => T): T {
  const before = process.threadCpuUsage()
  const answer = read()
  assertSoon(before)
  return answer
}

/** The same for what is waited for; nothing else may be done meanwhile. */
export async function soonDone<T> (read: () => Promise<T>): Promise<T> {
  const before = process.threadCpuUsage()
  const answer = await read()
  assertSoon(before)
  return answer
}

function assertSoon (before: NodeJS.CpuUsage): void {
  const { user, system } = process.threadCpuUsage(before)
  if (user + system > longest) throw new TooSlow(`This took ${((user + system) / 1e6).toFixed(1)} s.`)
}

/** What comes of giving many inputs: how many were given, and the report of the first that breaks a promise. */
export interface Fuzzed { given: number, failure: string | undefined }

/** Gives inputs to what must take any; a failure is shrunk to the least input that still fails. */
export function fuzz<T> (runs: number, inputs: fc.Arbitrary<T>, take: (input: T) => void): Fuzzed {
  return fuzzed(fc.check(fc.property(inputs, take), { seed, numRuns: runs }))
}

/**
 * The same for what is waited for. `first` are given before all others; things with a name of their own get inputs of
 * their own, and not all the same choices in the same order.
 */
export async function fuzzAsync<T> (
  runs: number, inputs: fc.Arbitrary<T>, take: (input: T) => Promise<void>,
  { name = '', first = [] }: { name?: string, first?: readonly T[] } = {}
): Promise<Fuzzed> {
  const examples = first.map((one): [T] => [one])
  return fuzzed(await fc.check(fc.asyncProperty(inputs, take), { seed: seed ^ crc32(name), numRuns: runs, examples }))
}

function fuzzed<T> (details: fc.RunDetails<T>): Fuzzed {
  if (!details.failed) return { given: details.numRuns, failure: undefined }
  const report = fc.defaultReportMessage(details) ?? ''
  // A long input says enough by its ends, and the seed gives all of it.
  const shown = report.length > 4_000 ? `${report.slice(0, 2_000)} … ${report.slice(-2_000)}` : report
  return { given: details.numRuns, failure: `FUZZ_SEED=${seed}\n${inspect(details.errorInstance)}\n${shown}` }
}

/** What programs stumble over: signs with a meaning somewhere, characters that are none, numbers and days at an end. */
export const oddities = [
  '', ' ', '\0', '\u0007', '\u001B', '\u007F', '\u0085', '\u00A0', '\u00AD', '\u061C', '\u200B', '\u200D', '\u200D\u200D', '\u202E', '\u2028', '\u3000',
  '\uFE0F', '\uFEFF', '\uFFFD', '\uFFFE', '\uFFFF', '\uD83D', '\uDE00', '\u{E0041}', 'e\u0301\u0301\u0301\u0301\u0301\u0301', 'ß', 'İ', 'ﬃ', '½', '٣', '３', '安全', 'عبد', '👨‍👩‍👧‍👦',
  '\n', '\r', '\r\n', '\n\n', '\t', '\v', '"', '""', "'", '’', '`', ',', ';', ':', '::', '.', '..', '/', '../', '//', '\\', '|', '-', '–', '--', '_', '~', '+', '*', '#', '=', '<', '>',
  '(', ')', '[', ']', '{', '}', '[[', ']]', '->', '<-', '{{', '${', '<<', '%', '%00', '%2', '%F0%28', '&', '&amp;', '&#0;', '@', '@@', '?', '!', '^', '$',
  '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'null', 'undefined', 'NaN', 'Infinity', 'true', 'new', '*',
  '0', '-0', '-1', '1', '2', '00', '1.5', '1e9', '2147483648', '9007199254740993', '9'.repeat(30), '0x10', '１',
  '2026-02-30', '2026-03-29', '2026-10-25', '0000-01-01', '9999-12-31', '2027-13-01', '1/2/26', '31/12/2026', '01:30', '02:30', '24:00', '23:59:60', '6pm',
  'x'.repeat(41), 'x'.repeat(255), 'xn--', 'http://', 'https://[', 'javascript:', 'mailto:', '=cmd()', '=?utf-8?q?', 'a@b', '07700 900 982', '٠٧٧٠٠'
] as const

/** A change of a text: something is cut out, and something else stands there, or what stands in another place. */
interface Edit { at: number, cut: number, put: string | number, times: number }

const scale = 1_000

/** How often something stands there: nearly always once. */
const times = fc.oneof(
  { weight: 30, arbitrary: fc.constant(1) }, { weight: 4, arbitrary: fc.integer({ min: 2, max: 70 }) },
  { weight: 1, arbitrary: fc.integer({ min: 300, max: 12_000 }) })

/** Up to four of all characters that there are; `fc.string` does the same after two seconds of preparing. */
const anyCharacters = fc.array(fc.integer({ min: 0, max: 0x10FFFF }), { maxLength: 4 })
  .map(codes => String.fromCodePoint(...codes))

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(scale),
  cut: fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) }, { weight: 3, arbitrary: fc.nat(3) },
    { weight: 1, arbitrary: fc.nat(scale) }),
  put: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...oddities) }, { weight: 1, arbitrary: anyCharacters },
    { weight: 1, arbitrary: fc.nat(scale) }),
  times
})

const longestInput = 32_768

/** The text with what an edit changes; one that has become as long as a form may be is cut off there. */
function edited (text: string, { at, cut, put, times }: Edit, most: number): string {
  const from = Math.floor(at * text.length / scale)
  const elsewhere = typeof put === 'number' ? Math.floor(put * text.length / scale) : 0
  const piece = typeof put === 'string' ? put : text.slice(elsewhere, elsewhere + 40)
  const often = Math.min(times, Math.ceil(most / Math.max(piece.length, 1)))
  return (text.slice(0, from) + piece.repeat(often) + text.slice(from + cut)).slice(0, most)
}

/** Texts that are valid, or nearly: some are the examples themselves. */
export function oddTexts (examples: readonly string[], most = longestInput): fc.Arbitrary<string> {
  return fc.tuple(fc.constantFrom(...examples), fc.array(edit, { maxLength: 3 }))
    .map(([text, edits]) => edits.reduce((text, edit) => edited(text, edit, most), text))
}

/** Files that are whole, or nearly. */
export function oddFiles (examples: readonly Uint8Array[], most = 262_144): fc.Arbitrary<Buffer> {
  const texts = examples.map(bytes => Buffer.from(bytes).toString('latin1'))
  const ofBytes = edit.map(({ put, ...where }): Edit =>
    ({ ...where, put: typeof put === 'string' ? Buffer.from(put).toString('latin1') : put }))
  return fc.tuple(fc.constantFrom(...texts), fc.array(ofBytes, { maxLength: 5 }))
    .map(([text, edits]) => Buffer.from(edits.reduce((text, edit) => edited(text, edit, most), text), 'latin1'))
}

/** What a browser sends of a form, in the order of its fields. */
export type Pairs = Array<readonly [name: string, value: string]>

type FieldEdit =
  | { is: 'left out' | 'doubled', field: number }
  | { is: 'taken from another', field: number, other: number }
  | { is: 'edited', field: number, edits: Edit[] }
  | { is: 'odd', field: number, text: string }
  | { is: 'added', name: string, text: string }

const field = fc.nat(scale)
const fieldEdit: fc.Arbitrary<FieldEdit> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ is: fc.constantFrom('left out' as const, 'doubled' as const), field }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('taken from another' as const), field, other: field }) },
  { weight: 5, arbitrary: fc.record({ is: fc.constant('edited' as const), field, edits: fc.array(edit, { minLength: 1, maxLength: 2 }) }) },
  { weight: 4, arbitrary: fc.record({ is: fc.constant('odd' as const), field, text: fc.constantFrom(...oddities) }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('added' as const), name: fc.constantFrom(...oddities, 'page', 'name[]', 'name[first]', 'name.first'), text: fc.constantFrom(...oddities) }) })

/** Forms that are filled in rightly but for a few fields. */
export function oddForms (filledIn: fc.Arbitrary<Pairs>): fc.Arbitrary<Pairs> {
  return fc.tuple(filledIn, fc.array(fieldEdit, { maxLength: 3 })).map(([pairs, edits]) => edits.reduce(changed, pairs))
}

function changed (pairs: Pairs, edit: FieldEdit): Pairs {
  if (edit.is === 'added') return [...pairs, [edit.name, edit.text]]
  const at = Math.floor(edit.field * pairs.length / (scale + 1))
  const [name, value] = pairs[at] ?? ['', '']
  const put = (...given: Pairs) => pairs.toSpliced(at, 1, ...given)
  switch (edit.is) {
    case 'left out': return put()
    case 'doubled': return put([name, value], [name, value])
    case 'taken from another': return put([name, pairs[Math.floor(edit.other * pairs.length / (scale + 1))]?.[1] ?? ''])
    case 'odd': return put([name, edit.text])
    case 'edited': return put([name, edit.edits.reduce((text, edit) => edited(text, edit, longestInput), value)])
  }
}

/** The same as a route gets it: a field that is sent twice is a list, and the object has no prototype. */
export function asBody (pairs: Pairs): Record<string, string | string[]> {
  const body = Object.create(null) as Record<string, string | string[]>
  for (const [name, value] of pairs) {
    const before = body[name]
    body[name] = before === undefined ? value : [before, value].flat()
  }
  return body
}
