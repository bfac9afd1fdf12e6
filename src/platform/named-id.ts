import { createHash } from 'node:crypto'

/** The id for a name, always the same: a name-based UUID of SHA-256 (RFC 9562 §5.8). */
export function namedId (name: string): string {
  const hex = createHash('sha256').update(name).digest('hex')
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5')
}

/**
 * The id of what someone asks for by a form: computed from the form that they were shown and their answers. The same
 * form with the same answers gives the same id, and a unique key makes it one request. Other answers are another
 * request: browsers keep a page as it was left, so that Back returns to a form that was sent.
 *
 * The answers cannot be found by guessing: the form's own number is random, and stored nowhere but in this id.
 */
export function idFromForm (submission: string, answers: object): string {
  return namedId(JSON.stringify([submission.toLowerCase(), answers], inOneOrder))
}

/** A field left out equals a field never asked, and fields have one order. */
function inOneOrder (_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => one < other ? -1 : 1))
}
