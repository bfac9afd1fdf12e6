import type { Clock } from '../../platform/clock.ts'
import type { Db } from '../../platform/database/connect.ts'
import type { Templates } from '../../platform/templates.ts'
import type { EvaluationLinks } from '../../booking/evaluations/link.ts'
import type { CalendarEntryParts } from '../invitations/calendar-entry.ts'
import type { Mailer } from './mailer.ts'

/** What writing an email needs. */
export interface EmailContext extends CalendarEntryParts {
  db: Db
  mailer: Mailer
  clock: Clock
  templates: Templates
  evaluationLinks: EvaluationLinks
  /** How many addresses may have their first email from us in an hour; undefined: any number. */
  strangersAnHour?: number | undefined
  /** As in `Writing`. */
  returnPathOf?: ((emailId: string) => string) | undefined
}
