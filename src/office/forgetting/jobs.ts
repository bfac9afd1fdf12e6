import type { DateTime } from 'luxon'
import type { Db } from '../../platform/database/connect.ts'
import { eraseDueLaterContacts, forgetTexts } from '../../booking/evaluations/commands.ts'
import { dropOldHandovers } from '../../mail/emails/handing-over.ts'
import { removeStrayEmails } from '../../mail/emails/kept-emails.ts'
import { dropOldProposals } from '../approval/decided.ts'
import { dropOldUploads } from '../programme-import/commands.ts'
import { forgetCoHostInvitations } from '../co-hosts/commands.ts'
import { dropInvitedAccounts } from '../co-hosts/invited-accounts.ts'
import { forgetRequests } from '../requests/commands.ts'
import { forgetEntrants } from '../entries/keeping.ts'
import { forgetResourceRequests } from '../resource-requests/commands.ts'
import { dropOldCounts } from '../../platform/http/request-counts.ts'
import { dropEndedLinks } from '../../identity/sign-in/commands.ts'
import { dropEndedSessions } from '../../identity/staff/commands.ts'
import { forgetStockChanges } from '../../programme/resources/stock-history.ts'
import { forgetEntries, monthsOfTrail } from './audit-trail.ts'
import { forgetAgain, forgetDue } from './commands.ts'
import { countDue, listKnownEmails } from './queries.ts'
import type { Traces } from './traces.ts'

/** What was forgotten, in numbers. */
export interface Tally {
  /** Bookings that were due, and of how many activities. */
  bookings: number
  activities: number
  /** Bookings that a restored backup had brought back. */
  again: number
  /** Bookings that are due and kept by a legal hold. */
  held: number
  /** Sign-in links and sessions of staff that had ended. */
  links: number
  sessions: number
  /** Requests and complaints that were answered long ago. */
  requests: number
  /** Requests for resources whose day has come. */
  resourceRequests: number
  /** People who had entered an activity without an account. */
  entrants: number
  /** Addresses of people who agreed to be asked once more, and what people wrote without their names. */
  laterContacts: number
  texts: number
  /** Entries of the audit trail, and of how stocks of resources changed. */
  entries: number
  /** Invitations to co-host that nobody can accept any more, and accounts made for co-hosting that have ended. */
  invitations: number
  accounts: number
  /** Programme files that someone had uploaded a day ago or earlier. */
  uploads: number
  /** Changes that waited for approval when their activity ended. */
  proposals: number
  /** Counts of limits whose time was over. */
  counts: number
  /** Notes that an email of no booking went, more than a month ago. */
  handovers: number
  /** Emails kept as files that no booking has any more. */
  emails: number
}

/**
 * Forgets everything that is due: each night, when a worker starts, and by a command at a terminal. Safe to run twice
 * and concurrently.
 */
export async function forget (db: Db, traces: Traces, now: DateTime<true>): Promise<Tally> {
  const again = await forgetAgain(db, traces, now)
  const due = await forgetDue(db, traces.follow, now)
  const known = async (ids: string[]) => await listKnownEmails(db, ids)
  return {
    ...due,
    again,
    held: (await countDue(db, now)).held,
    links: await dropEndedLinks(db, now),
    sessions: await dropEndedSessions(db, now),
    requests: (await forgetRequests(db, now)).length,
    resourceRequests: (await forgetResourceRequests(db, now)).length,
    entrants: (await forgetEntrants(db, now)).length,
    laterContacts: await eraseDueLaterContacts(db, now),
    texts: await forgetTexts(db, now),
    entries: await forgetEntries(db, now) + await forgetStockChanges(db, now.minus({ months: monthsOfTrail })),
    invitations: await forgetCoHostInvitations(db, now),
    accounts: await dropInvitedAccounts(db, now.minus({ months: monthsOfTrail })),
    uploads: await dropOldUploads(db, now),
    proposals: await dropOldProposals(db, now),
    counts: await dropOldCounts(db, now.toJSDate()),
    handovers: await dropOldHandovers(db, now),
    emails: await removeStrayEmails(traces.emailsFolder, known, now)
  }
}
