import { emailIdOf } from '../requests/email-id.ts'

/** The id of the email about one status of a request. */
export function emailOf (requestId: string, status: string): string {
  return emailIdOf(requestId, `resources-${status}`)
}
