import fc from 'fast-check'
import t from 'tap'
import type { z } from 'zod'
import { allForms, atTerminal, beneath, withFiles } from './all-forms.ts'
import { anything, usual } from './usual.ts'
import { asBody, fuzz, oddForms, runsOf, seed, shares, soon } from './fuzzing.ts'
import type { Pairs } from './fuzzing.ts'

t.comment(`FUZZ_SEED=${seed}`)

t.test('all files here together give more than 100,000 inputs', async t => {
  t.ok(Object.values(shares).reduce((sum, share) => sum + share) > 100_000)
})

t.test('whatever comes in a form or an address, it is taken or refused with sentences for people', async t => {
  const { forms, missing } = await allForms()
  t.strictSame(missing, [], 'a function that makes a schema is called in test/fuzz/all-forms.ts')
  const runs = runsOf('forms', forms.length)
  let given = 0
  const neverTaken: string[] = []
  for (const { name, schema } of forms) {
    let taken = 0
    const found = fuzz(runs, oddForms(filledInFor(name, schema)), pairs => {
      const body = givenTo(name, schema, pairs)
      const read = soon(() => schema.safeParse(body))
      if (read.success) taken++
      else assertInSentences(read.error, atTerminal.has(name))
    })
    given += found.given
    if (found.failure !== undefined) t.fail(`${name}: ${found.failure}`)
    if (taken === 0 && !isEverTaken(name, schema)) neverTaken.push(name)
  }
  t.strictSame(neverTaken, [], 'each is filled in rightly, too')
  t.ok(given >= shares.forms, `${given} were given`)
})

/** What zod says itself is not for people. */
const ofZod = /^(?:Invalid|Unrecognized|Too (?:big|small)|Expected|Required|Non-)/

function assertInSentences ({ issues }: z.core.$ZodError, isAtTerminal: boolean): void {
  const saysItself = isAtTerminal ? ['invalid_type', 'unrecognized_keys'] : []
  const wrong = issues.find(({ code, message }) => !saysItself.includes(code) && (message === '' || ofZod.test(message)))
  if (issues.length === 0 || wrong !== undefined) throw new Error(`It says “${wrong?.message ?? 'nothing'}”.`)
}

/** What zod keeps of a schema: only what leads to its fields and words. */
type Inside = Record<'shape' | 'entries', Record<string, unknown> | undefined> &
  Record<'innerType' | 'in' | 'out' | 'element' | 'schema', z.ZodType | undefined> &
  { type: string, values?: readonly unknown[], options?: readonly z.ZodType[] }

const insideOf = (schema: z.ZodType) => schema._zod.def as unknown as Inside

/** Where a schema leads to: what it wraps, and what it is followed by. */
function below (schema: z.ZodType): z.ZodType[] {
  const { innerType, in: first, out, element, options = [] } = insideOf(schema)
  return [innerType, first, out, element, ...options].filter(each => each !== undefined)
}

/** The fields of a form; undefined where a schema is of something else, or does not tell. */
function shapeOf (schema: z.ZodType): Record<string, z.ZodType> | undefined {
  const { shape } = insideOf(schema)
  return shape as Record<string, z.ZodType> | undefined ?? below(schema).map(shapeOf).find(shape => shape !== undefined)
}

/** The words among which a field is chosen. */
function wordsOf (schema: z.ZodType): string[] {
  const { entries = {}, values = [] } = insideOf(schema)
  return [...Object.values(entries), ...values, ...below(schema).flatMap(wordsOf)].filter(word => typeof word === 'string')
}

/** What people type into a field of this name. */
function typedInto (field: string): readonly string[] {
  return usual.find(([end]) => field === end)?.[1] ?? usual.find(([end]) => /^[_-]/.test(end) && field.endsWith(end))?.[1] ?? anything
}

/** A form as a person fills it in who mostly knows what it wants; one value alone, where a schema is of no form. */
function filledInFor (name: string, schema: z.ZodType): fc.Arbitrary<Pairs> {
  const shape = shapeOf(schema)
  const told = Object.entries(shape ?? {}).map(([field, schema]) => [field, wordsOf(schema)] as const)
  const fields = isOfForm(name, schema)
    ? { ...Object.fromEntries(told), ...beneath[name] }
    : { [nameOf(name)]: wordsOf(schema) }
  return fc.tuple(...Object.entries(fields).map(([field, words]) =>
    fc.constantFrom(...words.length === 0 ? typedInto(field) : words).map(value => [field, value] as const)))
}

/** The field of a schema of one value: the last word of its name, as in `staffEmail` or `personAddress`. */
const nameOf = (name: string) => /[A-Z]?[a-z]+$/.exec(name)?.[0].toLowerCase() ?? ''

/** Whether a form that is filled in without mistakes is ever right: what is always refused is read no further. */
function isEverTaken (name: string, schema: z.ZodType): boolean {
  return fuzz(3_000, filledInFor(name, schema), pairs => {
    if (schema.safeParse(givenTo(name, schema, pairs)).success) throw new Error('It is taken.')
  }).failure !== undefined
}

function isOfForm (name: string, schema: z.ZodType): boolean {
  return shapeOf(schema) !== undefined || beneath[name] !== undefined
}

/** What a route gives a schema: a form, or the one value that it reads. */
function givenTo (name: string, schema: z.ZodType, pairs: Pairs): unknown {
  // At a terminal the last of several counts.
  const body = atTerminal.has(name) ? Object.fromEntries(pairs) : asBody(pairs)
  if (!isOfForm(name, schema)) return Object.values(body)[0] ?? ''
  const file = withFiles[name]
  if (file === undefined) return body
  return { ...body, [file]: body[file] === undefined ? [] : [Buffer.from(String(body[file]))] }
}
