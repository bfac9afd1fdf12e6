import type { DateTime } from 'luxon'
import type { Tx } from '../../platform/database/connect.ts'

/**
 * An entry of the audit trail, kept for two years (office/forgetting/audit-trail.ts). Never anything about an attendee:
 * the trail outlives erasure.
 */
export interface AuditedAction {
  /** Undefined: someone at a terminal, or someone unknown. */
  staffMemberId: string | undefined
  action: 'staff.added' | 'staff.changed' | 'staff.disabled' | 'staff.enabled' | 'staff.link-made' | 'staff.signed-in' | 'sign-in.refused' | 'staff.signed-out' |
    'session.ended' | 'staff.shown-again' | 'factor.set-up' | 'factor.replaced' | 'factor.removed' | 'factor.refused' |
    'work-account.connected' | 'work-account.disconnected' | 'attendees.exported' | 'attendees.export-cut-off' | 'attendees.list-announced' |
    'standing-list.made' | 'standing-list.changed' | 'standing-list.stopped' | 'standing-list.started' | 'standing-list.deleted' | 'standing-list.failed' | 'sign-in-sheet.printed' |
    'campaign.messages-changed' | 'campaign.press-changed' | 'campaign.basics-changed' | 'cycle.changed' | 'advice.added' | 'advice.changed' | 'advice.removed' |
    'campaign.added' | 'agency.added' | 'agency.changed' | 'succession.planned' | 'succession.withdrawn' | 'succession.done' | 'reply-address.changed' | 'feed.made' | 'feed.ended' | 'programme.imported' | 'programme.exported' | 'hold.made' | 'hold.changed' | 'hold.returned' |
    'places.changed' | 'priority-group.named' | 'priority-group.removed' | 'booking.prioritised' | 'booking.picked' |
    'another-date.made' | 'join-link.changed' | 'join-link.removed' | 'arrangements.changed' |
    'activity.created' | 'activity.changed' | 'activity.published' | 'activity.taken-down' | 'activity.repeated' | 'activity.cancelled' | 'activity.deleted' |
    'booking.access-answered' | 'booking.telephoned' |
    'booking.cancelled' | 'booking.made' | 'booking.corrected' | 'booking.moved' | 'booking.links-ended' | 'booking.turn-restored' |
    'meeting.asked' | 'meeting.replaced' | 'letter.sent-again' | 'bulletin.written' |
    'bulletin.tested' | 'bulletin.sent' | 'bulletin.stopped' | 'contact.added' | 'contact.changed' | 'contact.checked' |
    'contact.removed' | 'audit.exported' | 'hosts.changed' | 'co-host.invited' | 'co-host.accepted' | 'co-host.taken-back' | 'co-host.ended' | 'named-people.changed' | 'approval.asked' | 'approval.returned' | 'approval.emails-changed' | 'proposal.made' | 'proposal.withdrawn' | 'proposal.approved' | 'proposal.returned' | 'coordinators.changed' | 'areas.changed' | 'release.asked' | 'release.agreed' | 'release.ended' | 'attendance.changed' | 'attendance.imported' |
    'entry-form.changed' | 'entry.made' | 'entry.changed' | 'entry.withdrawn' | 'entry.cancelling-asked' | 'entry.not-cancelled' | 'entry.refused' | 'entry.link-renewed' | 'entries.invited' | 'entries.exported' |
    'walk-ins.changed' | 'question.answered' |
    'question.handed-over' | 'campaign.changed' | 'request.recorded' | 'request.extended' | 'request.answered' | 'request.told' |
    'legal-hold.set' | 'legal-hold.changed' | 'legal-hold.lifted' | 'person.shown' | 'person.exported' | 'person.erased' |
    'plan.changed' | 'campaign.copied' | 'outcome.told' | 'outcome.noted' | 'outcome-asking.changed' | 'outcomes.asked-again' | 'learning.chosen' | 'thanks.sent' | 'erasure.done' | 'questions.chosen' | 'questions.suggested' | 'evaluation.text-deleted' | 'evaluation.exported' |
    'scenario.added' | 'scenario.changed' | 'scenario.published' | 'scenario.taken-down' | 'scenario.deleted' |
    'resource.added' | 'resource.changed' | 'resource.stock-changed' | 'resource.retired' | 'resource.restored' |
    'download.added' | 'download.removed' | 'resources.approved' | 'resources.packed' | 'resources.handed-over' | 'resources.refused' |
    'resources.exported' | 'backup.restored'
  /** What was acted on: the slug of an activity, the id of a member of staff. */
  subject: string | undefined
  details?: Record<string, number | string | string[]>
}

/** Adds to the audit trail, in the transaction of what is recorded: neither is saved without the other. */
export async function record (tx: Tx, deed: AuditedAction, now: DateTime<true>): Promise<void> {
  await recordAll(tx, [deed], now)
}

/** The same for many entries at once. */
export async function recordAll (tx: Tx, deeds: readonly AuditedAction[], now: DateTime<true>): Promise<void> {
  for (let from = 0; from < deeds.length; from += mostAtOnce) {
    await tx.auditEntry.createMany({
      data: deeds.slice(from, from + mostAtOnce)
        .map(({ staffMemberId = null, action, subject = null, details = {} }) =>
          ({ at: now.toJSDate(), staffMemberId, action, subject, details }))
    })
  }
}

/** Entries in one statement. Prisma would send the parts of a longer list all at once on one connection. */
const mostAtOnce = 1000
