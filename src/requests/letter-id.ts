import { createHash } from 'node:crypto'

/** The emails about a request. */
export const requestLetters = ['request-received', 'request-answered'] as const

/** The id of an email about something: the same at each try, so that another copy is known for the same. */
export function letterIdOf (subjectId: string, template: string): string {
  const hex = createHash('sha256').update(`${template}:${subjectId}`).digest('hex')
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5')
}
