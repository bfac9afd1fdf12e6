import type { DateTime } from 'luxon'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import type { Effects, ToCall } from '../../identity/staff/confirmation.ts'
import { nobodyToCall } from '../../identity/staff/confirmation.ts'
import { recordAll } from '../../identity/staff/audit.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { approves } from '../../programme/activities/approval.ts'
import { isEditable } from '../../programme/activities/booking-window.ts'
import { changeActivities } from '../../programme/activities/commands.ts'
import { lockCurrentActivities } from '../../programme/activities/current-activities.ts'
import type { CurrentActivity } from '../../programme/activities/draft.ts'
import { objectionsTo } from '../../programme/activities/objections.ts'
import { within } from '../../programme/activities/known-activities.ts'
import { whenInWords } from '../../programme/activities/when.ts'
import type { Tx } from '../../platform/database/connect.ts'
import { askersOf, noteDecisions } from '../../programme/activities/decisions.ts'
import type { Parts } from '../editor/edit.ts'
import { effectsOfPublishing, readVersionOf } from '../editor/publish.ts'
import { NotAllApproved } from './errors.ts'

/** A draft that someone wants to approve, and the version of it that they have read. */
export interface Chosen { id: string, read: string }

/**
 * Approves several drafts, each as it was read: all or none. They are published as by `publishActivity`, in as many
 * statements as one, and all who asked are told. Throws `NotAllApproved` where one does not wait for this person any
 * more, is not as it was read, or cannot be published; and `ConfirmationRequired`. Returns how many.
 */
export async function approveSeveral (
  { db, outbox, seal }: Parts, { chosen, confirmed }: { chosen: readonly Chosen[], confirmed: string | undefined },
  by: StaffMember, now: DateTime<true>
): Promise<number> {
  return await db.$transaction(async tx => {
    const known = await tx.activity.findMany({
      where: { AND: [within(by, 'approve activities')], id: { in: chosen.map(({ id }) => id) } }, select: { slug: true }
    })
    const locked = await lockCurrentActivities(tx, seal, known.map(({ slug }) => slug))
    const drafts = [...locked.values()].sort((one, other) => one.startsAt.toMillis() - other.startsAt.toMillis())
    const requests = await waitingAmong(tx, drafts)
    await assertAll(tx, { chosen, drafts, requests }, by, now)
    requireConfirmation(await effectsOfAll(tx, drafts, now), confirmed)

    await changeActivities(tx, outbox, seal, drafts.map(current => ({ current, draft: { ...current, status: 'published' } })), now)
    const places = drafts.filter(({ booking }) => booking === 'places')
    await outbox.announce(tx, 'place.freed', places.map(({ id }) => ({ activityId: id })))
    const ids = drafts.map(({ id }) => id)
    await tx.approvalRequest.deleteMany({ where: { activityId: { in: ids } } })
    await noteDecisions(tx, outbox, drafts.map(({ id }) => ({
      activityId: id, about: 'activity', decision: 'approved', reason: '', askedByIds: requests.get(id) ?? []
    })), by, now)
    await recordAll(tx, drafts.map(({ slug }) =>
      ({ staffMemberId: by.id, action: 'activity.published', subject: slug })), now)
    return drafts.length
  })
}

/** All who ask for approval of those of these drafts that wait for it. */
async function waitingAmong (tx: Tx, drafts: readonly CurrentActivity[]): Promise<Map<string, string[]>> {
  const rows = await tx.approvalRequest.findMany({
    where: { activityId: { in: drafts.map(({ id }) => id) }, returnedAt: null }
  })
  return new Map(rows.map(row => [row.activityId, askersOf(row)]))
}

async function assertAll (
  tx: Tx, { chosen, drafts, requests }: {
    chosen: readonly Chosen[], drafts: readonly CurrentActivity[], requests: ReadonlyMap<string, readonly string[]>
  },
  by: StaffMember, now: DateTime<true>
): Promise<void> {
  const areas = await tx.coordinator.findMany({ where: { staffMemberId: by.id } })
  const obstacles = drafts.flatMap(current => {
    const because = whyNot(current)
    return because === undefined ? [] : [{ id: current.id, says: `“${current.title}”: ${because}` }]
  })
  const gone = chosen.length - drafts.length
  const sentences = obstacles.map(({ says }) => says)
  if (gone > 0) sentences.push(gone === 1 ? '1 of them does not wait any more.' : `${gone} of them do not wait any more.`)
  if (sentences.length > 0) throw new NotAllApproved(sentences)

  function whyNot (current: CurrentActivity): string | undefined {
    const ofCampaign = areas.filter(({ campaignId }) => campaignId === current.campaignId)
    if (current.status !== 'draft' || !requests.has(current.id)) return 'it does not wait any more.'
    if (!approves(by, ofCampaign, current.district)) return 'it is for a coordinator of its district, or of the whole campaign.'
    if (chosen.find(({ id }) => id === current.id)?.read !== readVersionOf(current)) return 'someone has changed it since you read it.'
    if (!isEditable(current, now)) return 'it is over.'
    return objectionsTo({ ...current, status: 'published' }).length > 0 ? 'something is still missing.' : undefined
  }
}

/** What approving does, a sentence for each; also what becomes of those who wait on one, as on its own page. */
async function effectsOfAll (tx: Tx, drafts: readonly CurrentActivity[], now: DateTime<true>): Promise<Effects> {
  const sentences: string[] = []
  let toCall: ToCall = nobodyToCall
  for (const current of drafts) {
    sentences.push(`“${current.title}”, ${whenInWords(current)}: ${current.visibility === 'public' ? 'everyone' : 'partner agencies'} can read it.`)
    if (current.booking !== 'places') continue
    const served = await effectsOfPublishing(tx, current.id, now)
    sentences.push(...served.sentences)
    const { count, people } = served.toCall ?? nobodyToCall
    toCall = { count: toCall.count + count, people: [...toCall.people, ...people] }
  }
  return { sentences, changes: [], toCall, basis: drafts.map(readVersionOf).join(' ') }
}
