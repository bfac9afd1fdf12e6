import { calendarDayInWords } from '../../programme/activities/when.ts'
import { quoted } from '../../mail/emails/body.ts'
import type { EmailContext } from '../../mail/emails/email-context.ts'
import { greetingName } from '../../mail/emails/greeting.ts'
import { sendStandalone } from '../../mail/emails/standalone.ts'
import { ending } from '../../mail/emails/ending.ts'
import type { Facts } from '../../platform/outbox.ts'
import type { SignedIds } from '../../platform/signed-id.ts'
import { noteAskerUnreachable, noteMoveTold } from './commands.ts'
import { emailOf } from './email-id.ts'
import { quantityInWords } from './in-words.ts'
import { findResourceRequest } from './queries.ts'
import { erasedOn, isTold } from './request.ts'
import type { ResourceRequest } from './request.ts'

/** What emails about requests for resources need. */
export interface ResourceContext extends EmailContext {
  resourceLinks: SignedIds
}

/**
 * Tells people where their requests stand; returns each one's result, in the order given. If a request has moved on
 * since, the email about where it stands now follows, and this one is not sent. Runs at least once: another copy is
 * the same email. Fails where there is to be another try.
 */
export async function tellOfMoves (
  context: ResourceContext, moves: ReadonlyArray<Facts['resources.moved']>
): Promise<Array<PromiseSettledResult<void>>> {
  return await Promise.allSettled(moves.map(async ({ requestId, status }) => {
    const request = await findResourceRequest(context.db, requestId)
    if (request === undefined || request.status !== status || request.told === status) return
    if (isTold(request.status, request.getting)) await tell(context, request)
  }))
}

async function tell (context: ResourceContext, request: ResourceRequest): Promise<void> {
  const { id, name, email, status, getting, message, items, neededBy, campaign } = request
  const end = await sendStandalone(context, {
    emailId: emailOf(id, status),
    to: email,
    template: 'resources',
    partnership: campaign?.partnership ?? null,
    isAsked: status === 'asked',
    model: {
      status,
      // Until someone here has read it, anyone may have typed the address, and a name that says something.
      name: status === 'asked' ? '' : greetingName(name),
      isCollected: getting === 'collect',
      items: items.map(item => ({ name: item.name, quantity: quantityInWords(item) })),
      neededBy: calendarDayInWords(neededBy),
      message: message === undefined ? '' : quoted(message),
      erasedOn: calendarDayInWords(erasedOn(request)),
      requestUrl: `${context.publicUrl}/resources/requests/${context.resourceLinks.tokenOf({ id, version: 0 })}`,
      privacyUrl: `${context.publicUrl}/privacy`,
      ...await ending(context)
    }
  })
  if (end === 'sent') await noteMoveTold(context.db, id, status)
  else await noteAskerUnreachable(context.db, id, context.clock())
}
