import { createHash } from 'node:crypto'

/** What a field holds. */
export type Answer = string | number | boolean | readonly string[] | undefined

/** What the fields hold, with whatever else there is beside them. */
export type Answers<Field extends string> = { readonly [F in Field]?: Answer }

/** A field in which two states differ, for the eye to compare. */
interface Compared { field: string, now: string, typed: string }

/** The fields of something that several people can edit at once, and how two states of it are told apart. */
export interface Draft<Field extends string> {
  readonly fields: readonly Field[]
  /** The same for the same answers, and another for any others. */
  versionHash: (answers: Answers<Field>) => string
  /** Each field in which two states differ, with what it says in the one and in the other, as the trail keeps it. */
  differences: (from: Answers<Field>, to: Answers<Field>) => Partial<Record<Field, [from: string, to: string]>>
  /** The fields in which two states differ, in the order of the form. */
  changed: (from: Answers<Field>, to: Answers<Field>) => Field[]
  /** What is there now beside what someone has typed, field by field, under the names in `names`. */
  compared: (
    now: Answers<Field>, typed: Answers<Field>, names: Readonly<Record<Field, string>>,
    inWords?: (field: Field, text: string) => string
  ) => Compared[]
}

/**
 * A form brings the version that its person has read, and a command changes no other: nobody undoes what a
 * colleague has done since and they have not seen. They see both then, and save what they mean.
 */
export function draft <const Field extends string> (fields: readonly Field[]): Draft<Field> {
  const changed = (from: Answers<Field>, to: Answers<Field>) =>
    fields.filter(field => textOf(from[field]) !== textOf(to[field]))

  return {
    fields,
    changed,

    versionHash: answers =>
      createHash('sha256').update(JSON.stringify(fields.map(field => answers[field] ?? null))).digest('hex').slice(0, 32),

    differences: (from, to) => Object.fromEntries(
      changed(from, to).map(field => [field, [textOf(from[field]), textOf(to[field])]])
    ) as Partial<Record<Field, [string, string]>>,

    compared: (now, typed, names, inWords = (_, text) => text === '' ? 'Nothing' : text) =>
      changed(now, typed).map(field => ({
        field: names[field], now: inWords(field, textOf(now[field])), typed: inWords(field, textOf(typed[field]))
      }))
  }
}

/** True if a text has the format of a version: 128 bits, so that nobody finds two texts that have the same. */
export function isVersionHash (text: string): boolean {
  return /^[\da-f]{32}$/.test(text)
}

/** The text of a field; empty if it has none. */
export function textOf (answer: Answer): string {
  return Array.isArray(answer) ? answer.join('; ') : String(answer ?? '')
}
