import { createHash } from 'node:crypto'

/** The id of whatever has this name, always the same: a name-based UUID of SHA-256 (RFC 9562 §5.8). */
export function namedId (name: string): string {
  const hex = createHash('sha256').update(name).digest('hex')
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5')
}

/**
 * The id of what somebody asks by a form: made of the form that they were shown and of their answers. A form that
 * comes twice with the same answers has the same id, and a unique key makes it one request. With other answers it is
 * another: browsers keep a page as it was left, so that Back brings a form again that was sent.
 *
 * What the answers were cannot be found by trying: the form's own number is random, and kept nowhere but here.
 */
export function idFromForm (submission: string, answers: object): string {
  return namedId(JSON.stringify([submission.toLowerCase(), answers], inOneOrder))
}

/** What is left out is the same as what was never asked, and fields are in one order. */
function inOneOrder (_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => one < other ? -1 : 1))
}
