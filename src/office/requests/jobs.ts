import { calendarDayInWords, dayInWords } from '../../programme/activities/when.ts'
import { ending } from '../../mail/emails/ending.ts'
import { sendStandalone } from '../../mail/emails/standalone.ts'
import { quoted } from '../../mail/emails/body.ts'
import { greetingName } from '../../mail/emails/greeting.ts'
import type { EmailContext } from '../../mail/emails/email-context.ts'
import type { Facts } from '../../platform/outbox.ts'
import type { SignedIds } from '../../platform/signed-id.ts'
import { officeZone } from '../../platform/clock.ts'
import { noteTold, noteUnreachable } from './commands.ts'
import type { ToldAt } from './commands.ts'
import { groundsInWords, kindsInWords } from './in-words.ts'
import { emailIdOf } from './email-id.ts'
import { getRequest } from './queries.ts'
import { regulator } from './regulator.ts'
import { copyUntil, isUntoldExtension } from './request.ts'
import type { AskedRequest } from './request.ts'

/** What emails about requests need. */
export interface RequestContext extends EmailContext {
  copyLinks: SignedIds
}

type Ends = Promise<Array<PromiseSettledResult<void>>>

/**
 * Confirms to people that we have their request, and by when we answer; returns each one's result, in the order given.
 * Runs at least once: another copy is the same email. Fails where there is to be another try.
 */
export async function acknowledgeRequests (
  context: RequestContext, received: ReadonlyArray<Facts['request.received']>
): Ends {
  return await Promise.allSettled(received.map(async ({ requestId }) => {
    const request = await getRequest(context.db, requestId)
    if (request.acknowledgedAt !== undefined) return
    await tell(context, request, 'request-received', 'acknowledgedAt', {})
  }))
}

/** Tells people that we take more time and why, in the manner of `acknowledgeRequests`. */
export async function tellOfExtensions (
  context: RequestContext, extended: ReadonlyArray<Facts['request.extended']>
): Ends {
  return await Promise.allSettled(extended.map(async ({ requestId }) => {
    const request = await getRequest(context.db, requestId)
    if (request.extended === undefined || !isUntoldExtension(request)) return
    const { because, reason } = request.extended
    await tell(context, request, 'request-extended', 'extensionToldAt', {
      because: groundsInWords[because].theirs, reason: quoted(reason)
    })
  }))
}

/** Sends people our answers, in the manner of `acknowledgeRequests`. */
export async function sendAnswers (context: RequestContext, answered: ReadonlyArray<Facts['request.answered']>): Ends {
  return await Promise.allSettled(answered.map(async ({ requestId }) => {
    const request = await getRequest(context.db, requestId)
    const { closed } = request
    if (closed === undefined || closed.toldBy === 'otherwise' || closed.toldAt !== undefined) return
    const until = copyUntil(request)
    await tell(context, request, 'request-answered', 'toldAt', {
      answer: quoted(closed.answer),
      copyUrl: until === undefined ? '' : `${context.publicUrl}/copies/${context.copyLinks.tokenOf({ id: request.id, version: 0 })}`,
      copyUntil: until === undefined ? '' : dayInWords(until, officeZone)
    })
  }))
}

async function tell (
  context: RequestContext, request: AskedRequest, template: string, told: ToldAt, more: object
): Promise<void> {
  const { id, kind, name, email, dueOn, receivedAt } = request
  const end = await sendStandalone(context, {
    emailId: emailIdOf(id, template),
    to: email,
    template,
    partnership: null,
    isAsked: template === 'request-received',
    model: {
      kind,
      // Anyone can complain in anyone’s name, and with any address.
      name: kind === 'complaint' && template === 'request-received' ? '' : greetingName(name),
      theirs: kindsInWords[kind].theirs,
      isComplaint: kind === 'complaint',
      received: dayInWords(receivedAt, officeZone),
      due: calendarDayInWords(dueOn),
      complaintsUrl: `${context.publicUrl}/complaints`,
      privacyUrl: `${context.publicUrl}/privacy`,
      ...await ending(context),
      regulator,
      ...more
    }
  })
  if (end === 'sent') await noteTold(context.db, id, told, context.clock())
  else await noteUnreachable(context.db, id, context.clock())
}
