import type { Occasion } from '../../programme/evaluations/questionnaire.ts'
import type { EmailKind } from './kinds.ts'

/**
 * The kinds of email with a link to answer, and to which questions; no email goes out for them alone. The link is there
 * whether or not someone has answered: an email, or a list of emails, must not tell who has. Those who did not come are
 * not asked how it was.
 */
const askedIn: Partial<Record<EmailKind, Occasion>> = {
  'place-confirmed': 'before',
  'place-found': 'before',
  'reminder-week': 'before',
  'reminder-day': 'before',
  'thank-you': 'after',
  'after-the-day': 'after'
}

/** The occasion of the questions to which an email of a kind has a link; undefined: it has none. */
export function occasionOf (kind: EmailKind): Occasion | undefined {
  return askedIn[kind]
}
