import { randomUUID } from 'node:crypto'
import { retryWhileDatabaseAway } from '../../platform/database/retry-while-away.ts'
import type { Activity } from '../../programme/activities/activity.ts'
import { findQuestionnaires } from '../../programme/evaluations/queries.ts'
import { findBookings } from '../../booking/bookings/queries.ts'
import { organizerNow } from '../invitations/organizer.ts'
import type { SupportContact } from '../../programme/support/contact.ts'
import { listReplyAddresses } from '../../programme/campaigns/queries.ts'
import { listSupportContacts } from '../../programme/support/queries.ts'
import { claimEmails } from './claiming.ts'
import type { EmailKey } from './email-key.ts'
import type { EmailContext } from './email-context.ts'
import { noteSent } from './noting.ts'
import type { SentEmail } from './noting.ts'
import { storeOrganizers } from './sender.ts'
import { batched } from '../../platform/batched.ts'
import { inTurns } from '../../platform/in-turns.ts'
import { takeTurns } from './strangers.ts'
import type { Turn } from './strangers.ts'

/**
 * Emails that were sent within this time of each other are recorded in one round trip. Short beside the time that a
 * mail server takes: a crash within it sends a second copy.
 */
const gatherMs = 50

/** So many are written in a turn of the event loop, a millisecond each: a connection needs several turns an email. */
const writtenAtOnce = 16

/** Batches what emails that are written together ask of the database into as few round trips as possible. */
export function openRound ({ db, clock, publicUrl, mailFrom, strangersAnHour }: EmailContext) {
  const host = new URL(publicUrl).hostname
  let contacts: Promise<SupportContact[]> | undefined
  let replies: ReturnType<typeof listReplyAddresses> | undefined
  return {
    booking: batched(async (ids: readonly string[]) => await findBookings(db, ids)),
    questionnaire: batched(async (activities: readonly Activity[]) => await findQuestionnaires(db, activities)),
    claim: batched(async (keys: readonly EmailKey[]) => {
      const claim = randomUUID()
      return await retryWhileDatabaseAway(async () => await claimEmails(db, keys, host, clock(), claim))
    }),
    /** Whether an email to an address may go now. */
    askForTurn: strangersAnHour === undefined
      ? async (): Promise<Turn> => 'known'
      : batched(async (addresses: readonly string[]) => await takeTurns(db, addresses, strangersAnHour, clock())),
    storeOrganizer: batched(async (ids: readonly string[]) =>
      await storeOrganizers(db, ids, organizerNow(mailFrom))),
    noteSent: batched(async (emails: readonly SentEmail[]) => {
      await retryWhileDatabaseAway(async () => { await noteSent(db, emails) })
      return emails
    }, { gatherMs }),
    /**
     * Waits for a turn of the event loop, in which only some emails are written: in between, the mail server's answers
     * are read, its connections kept busy, and this process's pages served.
     */
    turn: inTurns(writtenAtOnce),
    contacts: async () => await (contacts ??= listSupportContacts(db)),
    /** Where replies to the emails of a partnership go; undefined: to the address that sends them. */
    replyTo: async (partnership: string) => (await (replies ??= listReplyAddresses(db))).get(partnership)
  }
}

export type Round = ReturnType<typeof openRound>
