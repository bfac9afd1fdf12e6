import { getActivity } from '../../programme/activities/queries.ts'
import { MailRefused } from '../emails/errors.ts'
import type { EmailContext } from '../emails/email-context.ts'
import { handOverOnce } from '../emails/handing-over.ts'
import { namedId } from '../../platform/named-id.ts'
import type { Facts } from '../../platform/outbox.ts'
import { listSupportContacts } from '../../programme/support/queries.ts'
import { bulletinSample } from './sample.ts'
import { findBulletinById, findStaffAddress, isForPlaces } from './queries.ts'

/**
 * Sends bulletins that organisers try out to themselves, marked as tests and not kept in the log; returns each one's
 * result, in the order given. Runs at least once: another copy is the same email. Fails where there is to be another
 * try.
 */
export async function sendTests (
  context: EmailContext, tests: ReadonlyArray<Facts['bulletin.tested']>
): Promise<Array<PromiseSettledResult<void>>> {
  return await Promise.allSettled(tests.map(async test => { await sendTest(context, test) }))
}

async function sendTest (
  context: EmailContext, { bulletinId, staffMemberId, at }: Facts['bulletin.tested']
): Promise<void> {
  const { db, mailer, clock } = context
  const id = namedId(`bulletin-test ${bulletinId} ${staffMemberId} ${at}`)
  const [bulletin, email] = await Promise.all([findBulletinById(db, bulletinId), findStaffAddress(db, staffMemberId)])
  if (bulletin === undefined || email === undefined) return
  const [activity, contacts, hasPlace] = await Promise.all([
    getActivity(db, bulletin.activityId), listSupportContacts(db), isForPlaces(db, bulletin)
  ])
  const message = bulletinSample(context, { id, activity, bulletin, contacts, hasPlace, email }, clock())
  try {
    await handOverOnce(context, id, async () => await mailer.send({ ...message, subject: `Test: ${message.subject}` }))
  } catch (error) {
    // Refused for good: another try would end alike, and staff addresses are not marked as unreachable.
    if (!(error instanceof MailRefused && error.isFinal)) throw error
  }
}
