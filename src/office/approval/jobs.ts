import type { EmailContext } from '../../mail/emails/email-context.ts'
import { sendStandalone } from '../../mail/emails/standalone.ts'
import { namedId } from '../../platform/named-id.ts'
import { oneLine } from '../../platform/one-line.ts'
import type { Facts } from '../../platform/outbox.ts'
import { endings, findToChange } from '../../programme/activities/decisions.ts'
import { whenInWords } from '../../programme/activities/when.ts'
import { quoted } from '../../mail/emails/body.ts'
import { listToApprove } from './ask.ts'
import { findDecision } from './decided.ts'
import { findDigest, noteDigestSent } from './digests.ts'

/** How many activities an email names; the others are on the page. */
const mostNamed = 20

/**
 * Tells people what waits for them, of what they may know and as it is now; returns each one's result, in
 * the order given. Runs at least once: another copy is the same email. Fails where there is to be another try.
 */
export async function sendDigests (
  context: EmailContext, dues: ReadonlyArray<Facts['approval-digest.due']>
): Promise<Array<PromiseSettledResult<void>>> {
  const { db, clock, publicUrl } = context
  return await Promise.allSettled(dues.map(async due => {
    const found = await findDigest(db, due, clock())
    if (found === undefined) return
    const { staff, told } = found
    const waiting = (await listToApprove(db, staff, clock())).filter(({ key }) => told.includes(key))
    if (waiting.length > 0) {
      await sendStandalone(context, {
        emailId: namedId(`approval-digest ${due.staffMemberId} ${due.dueAt}`),
        to: staff.email,
        template: 'approval-digest',
        model: {
          name: oneLine(staff.name),
          count: waiting.length,
          waiting: waiting.slice(0, mostNamed).map(one => ({
            when: whenInWords(one),
            title: oneLine(one.title),
            isChange: one.about === 'change',
            isToBeCancelled: one.about === 'cancelling',
            campaign: oneLine(one.campaign)
          })),
          isToApprove: waiting.some(({ about }) => about !== 'cancelling'),
          isToCancel: waiting.some(({ about }) => about === 'cancelling'),
          more: Math.max(0, waiting.length - mostNamed),
          url: `${publicUrl}/staff/approvals`,
          settingsUrl: `${publicUrl}/staff/approvals/emails`
        }
      })
    }
    await noteDigestSent(db, due, clock())
  }))
}

/**
 * Tells members of staff what a coordinator decided about what they asked, or how it ended otherwise, unless they may
 * not change the activity any more: they have another role or agency by now, or do not co-host it any longer. Returns
 * each one's result, in the order given. Runs at least once: another copy is the same email. Fails where there is to be
 * another try.
 */
export async function tellOfDecisions (
  context: EmailContext, decisions: ReadonlyArray<Facts['approval.decided']>
): Promise<Array<PromiseSettledResult<void>>> {
  return await Promise.allSettled(decisions.map(async ({ decisionId }) => {
    await sendDecision(context, decisionId)
  }))
}

async function sendDecision (context: EmailContext, decisionId: string): Promise<void> {
  const { db, clock, publicUrl } = context
  const found = await findDecision(db, decisionId, clock())
  if (found === undefined) return
  const { slug, staff, about, decision } = found
  const activity = slug === undefined ? undefined : await findToChange(db, staff, slug)
  // Of what was deleted it was looked at then who may have changed it.
  if (activity === undefined && decision !== 'deleted') return
  const hasEnded = endings.some(ending => ending === decision)
  const page = hasEnded || decision === 'approved' ? '' : about === 'change' ? '/proposal' : '/approval'
  await sendStandalone(context, {
    emailId: namedId(`approval-decision ${decisionId}`),
    to: staff.email,
    template: hasEnded ? 'approval-ended' : 'approval-decided',
    model: {
      name: oneLine(staff.name),
      title: oneLine(activity?.title ?? found.title),
      when: activity && whenInWords(activity),
      ending: decision,
      isChange: about === 'change',
      isApproved: decision === 'approved',
      isShared: found.isShared,
      isPublic: activity?.visibility === 'public',
      reason: quoted(found.reason),
      url: activity && `${publicUrl}/staff/activities/${activity.slug}${page}`
    }
  })
}
