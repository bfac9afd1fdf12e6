import type { DateTime } from 'luxon'
import type { Db } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { officeZone } from '../../platform/clock.ts'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import { lockRequest } from './commands.ts'
import { extendedAnswerBy } from './due.ts'
import { extendingEffects, noMoreTimeFor } from './extending.ts'
import type { Extending } from './extending.ts'
import { getRequest } from './queries.ts'

/** That we take more time for a request; `confirmed` is the token of what they read that it does. */
export type ExtendingRequest = Extending & { requestId: string, confirmed: string | undefined }

/**
 * Takes two more months for a request, once, and has the person told why unless someone has told them. The same again
 * changes nothing. Throws `RequestAnswered`, `ExtendedAlready`, `NoMoreTime` and `ConfirmationRequired`.
 */
export async function extendRequest (
  db: Db, outbox: Outbox, { requestId, because, reason, toldBy, confirmed }: ExtendingRequest, by: StaffMember,
  now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    await lockRequest(tx, requestId)
    const request = await getRequest(tx, requestId)
    const { extended } = request
    if (extended?.because === because && extended.reason === reason && extended.toldBy === toldBy) return
    const refusal = noMoreTimeFor(request, now)
    if (refusal !== undefined) throw refusal
    requireConfirmation(extendingEffects(request, { because, reason, toldBy }), confirmed)
    const dueOn = extendedAnswerBy(request.receivedAt, officeZone)
    await tx.request.update({
      where: { id: requestId },
      data: {
        dueOn: new Date(dueOn),
        extendedAt: now.toJSDate(),
        extendedById: by.id,
        extendedBecause: because,
        extensionReason: reason,
        extensionToldBy: toldBy,
        extensionToldAt: toldBy === 'otherwise' ? now.toJSDate() : null
      }
    })
    if (toldBy === 'email') await outbox.announce(tx, 'request.extended', [{ requestId }])
    await record(tx, {
      staffMemberId: by.id,
      action: 'request.extended',
      subject: requestId,
      details: { kind: request.kind, because, from: request.dueOn, to: dueOn, toldBy }
    }, now)
  })
}
