import { namedId } from '../../platform/named-id.ts'

/** The emails about a request. */
export const requestEmails = ['request-received', 'request-extended', 'request-answered'] as const

/** The id of an email about something: the same for each try, so that a copy is recognised as the same email. */
export function emailIdOf (subjectId: string, template: string): string {
  return namedId(`${template}:${subjectId}`)
}
