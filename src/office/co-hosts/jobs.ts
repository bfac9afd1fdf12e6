import type { EmailContext } from '../../mail/emails/email-context.ts'
import { greetingName } from '../../mail/emails/greeting.ts'
import { sendStandalone } from '../../mail/emails/standalone.ts'
import { namedId } from '../../platform/named-id.ts'
import type { Facts } from '../../platform/outbox.ts'
import type { SignedIds } from '../../platform/signed-id.ts'
import { noteRefused } from './commands.ts'
import { toldOf } from './effects.ts'
import type { Told } from './effects.ts'
import { isOpen } from './invitation.ts'
import { findCoHostInvitation } from './queries.ts'

/** What invitations need. */
export interface CoHostContext extends EmailContext {
  coHostLinks: SignedIds
}

export const template = 'co-host-invitation'

/** What the template of an invitation takes. */
export function modelOf (name: string, told: Told, url: string) {
  return { ...told, name: greetingName(name), url }
}

/** The id of the email of an invitation: the same for each try. */
export function coHostInvitationEmailId (invitationId: string): string {
  return namedId(`co-host invitation ${invitationId}`)
}

/**
 * Sends the invitations that can still be accepted; returns each one's result, in the order given. The link is signed
 * and stored nowhere. Runs at least once: another copy is the same email. Fails where there is to be another try.
 */
export async function sendCoHostInvitations (
  context: CoHostContext, invited: ReadonlyArray<Facts['co-host.invited']>
): Promise<Array<PromiseSettledResult<void>>> {
  return await Promise.allSettled(invited.map(async ({ invitationId }) => {
    const { db, clock, publicUrl, coHostLinks } = context
    const invitation = await findCoHostInvitation(db, invitationId)
    if (invitation === undefined || !isOpen(invitation, invitation.activity, clock())) return
    const { id, name, email } = invitation
    const url = `${publicUrl}/co-hosting/${coHostLinks.tokenOf({ id, version: 0 })}`
    const end = await sendStandalone(context, {
      emailId: coHostInvitationEmailId(id), to: email, template, model: modelOf(name, toldOf(invitation, clock()), url)
    })
    if (end !== 'sent') await noteRefused(db, id, clock())
  }))
}
