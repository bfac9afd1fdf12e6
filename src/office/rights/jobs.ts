import type { Facts } from '../../platform/outbox.ts'
import { deadlineInWords } from '../../programme/activities/when.ts'
import { instant, officeZone } from '../../platform/clock.ts'
import { ending } from '../../mail/emails/ending.ts'
import { sendStandalone } from '../../mail/emails/standalone.ts'
import { greetingName } from '../../mail/emails/greeting.ts'
import type { EmailContext } from '../../mail/emails/email-context.ts'
import { emailIdOf } from '../requests/email-id.ts'
import { regulator } from '../requests/regulator.ts'
import { lastEmail, noteLastEmail } from './commands.ts'

/**
 * Sends people their last email, which says that everything we hold about them is being deleted; returns each one's
 * result, in the order given. Runs at least once: another copy is the same email. Refused for good, it counts as sent.
 */
export async function sendLastEmails (
  context: EmailContext, asked: ReadonlyArray<Facts['erasure.asked']>
): Promise<Array<PromiseSettledResult<void>>> {
  return await Promise.allSettled(asked.map(async ({ erasureId }) => {
    const erasure = await context.db.erasure.findUnique({ where: { id: erasureId } })
    if (erasure === null || erasure.toldAt !== null) return
    await sendStandalone(context, {
      emailId: emailIdOf(erasureId, lastEmail),
      to: erasure.email,
      template: lastEmail,
      partnership: null,
      model: {
        name: greetingName(erasure.name),
        doneBy: deadlineInWords(instant(erasure.doneBy), officeZone),
        complaintsUrl: `${context.publicUrl}/complaints`,
        ...await ending(context),
        regulator
      }
    })
    await noteLastEmail(context.db, erasureId, context.clock())
  }))
}
