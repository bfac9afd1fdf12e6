import { eraseLaterContact } from '../../booking/evaluations/commands.ts'
import { answeringStateAt } from '../../booking/evaluations/answering-times.ts'
import { namedId } from '../../platform/named-id.ts'
import { calendarDay } from '../../platform/clock.ts'
import type { Facts } from '../../platform/outbox.ts'
import { outwardTitle } from '../../programme/activities/outward-title.ts'
import { activityOf, withCampaign } from '../../programme/activities/queries.ts'
import { dayInWords, calendarDayOf } from '../../programme/activities/when.ts'
import { oneLine } from '../../platform/one-line.ts'
import { ending } from '../emails/ending.ts'
import type { EmailContext } from '../emails/email-context.ts'
import { sendStandalone } from '../emails/standalone.ts'

/**
 * Asks people once more, as they agreed to be, and deletes their address; returns each one's result, in the order
 * given. Runs at least once: another copy is the same email, with the same link. An address that is refused for good,
 * of whose activity nothing is asked any more, or whose last day has come is deleted too.
 */
export async function askOnceMore (
  context: EmailContext, dues: ReadonlyArray<Facts['later-question.due']>
): Promise<Array<PromiseSettledResult<void>>> {
  return await Promise.allSettled(dues.map(async ({ contactId }) => {
    const { db, clock, evaluationLinks, publicUrl } = context
    const contact = await db.laterContact.findUnique({
      where: { id: contactId }, include: { activity: { include: withCampaign } }
    })
    if (contact === null) return
    const activity = activityOf(contact.activity)
    const isPromised = calendarDayOf(clock(), activity.zone) < calendarDay(contact.eraseOn)
    if (isPromised && answeringStateAt(activity, 'later', clock()) === 'open') {
      await sendStandalone(context, {
        emailId: namedId(`later-question ${contactId}`),
        to: contact.email,
        template: 'later-question',
        partnership: activity.campaign.partnership,
        model: {
          what: outwardTitle(activity),
          day: dayInWords(activity.startsAt, activity.zone),
          answerUrl: `${publicUrl}/evaluations/${evaluationLinks.tokenOf(evaluationLinks.laterLinkOf(contact))}`,
          partnership: oneLine(activity.campaign.partnership),
          ...await ending(context)
        }
      })
    }
    await eraseLaterContact(db, contactId, clock())
  }))
}
