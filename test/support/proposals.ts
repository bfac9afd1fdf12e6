import type { DateTime } from 'luxon'
import { approveProposal } from '../../src/office/approval/proposals.ts'
import { answersOf } from '../../src/office/editor/answers.ts'
import type { Answers } from '../../src/office/editor/answers.ts'
import { versionOf } from '../../src/office/editor/both-changed.ts'
import { editActivity } from '../../src/office/editor/edit.ts'
import type { EditEnd } from '../../src/office/editor/edit.ts'
import { findProposal } from '../../src/office/editor/proposals.ts'
import { getCurrentActivity, surroundingsFor } from '../../src/office/editor/queries.ts'
import { continues, shownIn } from '../../src/office/editor/waiting.ts'
import type { StaffMember } from '../../src/identity/staff/staff-member.ts'
import type { Role } from '../../src/identity/staff/roles.ts'
import type { Db } from '../../src/platform/database/connect.ts'
import type { Activity } from '../../src/platform/database/generated/client.ts'
import { joinLinkSeal } from '../../src/programme/teams/seal.ts'
import { confirming } from './confirming.ts'
import { aStaffMember, anAgency } from './staff.ts'
import { aCampaign, anActivity, noon, secretKey } from './world.ts'
import type { World } from './world.ts'

const seal = joinLinkSeal(secretKey)
const districts = ['Bolton', 'Bury']

/** A week in which coordinators approve, an agency's activity in it, and the people of both sides. */
export async function aWeekToApprove (db: Db, given: Partial<Activity> = {}) {
  const campaign = await aCampaign(db, { kind: 'week-of-action', needsApproval: true, districts })
  const [ours, theirs] = [await anAgency(db), await anAgency(db, { name: 'Bury Council' })]
  const activity = await anActivity(db, {
    campaignId: campaign.id,
    title: 'A workshop',
    isOnline: false,
    kind: 'training',
    venue: 'The library',
    district: 'Bolton',
    leadAgencyId: ours.id,
    visibility: 'public',
    ...given
  })
  const organiser = await aMember(db, { role: 'organiser', agencyId: ours.id, name: 'Olu Organiser' })
  const coordinator = await aMember(db, { role: 'organiser', agencyId: theirs.id, name: 'Cora Coordinator' })
  await db.coordinator.create({
    data: { campaignId: campaign.id, staffMemberId: coordinator.id, districts: ['Bolton'] }
  })
  return { campaign, ours, theirs, activity, organiser, coordinator }
}

/** A member of staff, as commands take them. */
export async function aMember (
  db: Db, given: Parameters<typeof aStaffMember>[1]
): Promise<StaffMember & { email: string }> {
  const { id, name, email, role, agencyId } = await aStaffMember(db, given)
  return { id, name, email, role: role as Role, agencyId: agencyId ?? undefined }
}

/** What the form of an activity shows to someone, and its version. */
export async function opened (db: Db, slug: string, by: StaffMember): Promise<{ shown: Answers, saw: string }> {
  const current = await getCurrentActivity(db, seal, slug)
  const proposal = await findProposal(db, current.id)
  const shown = shownIn({ current, proposal, isTheirs: await continues(db, { current, proposal }, by) })
  return { shown, saw: versionOf(shown) }
}

/** Opens the form of an activity, changes some answers and saves it, as someone who has read what that does. */
export async function editAs (
  { db, outbox }: Pick<World, 'db' | 'outbox'>, slug: string, by: StaffMember, given: Partial<Answers>, now = noon
): Promise<EditEnd> {
  const { shown, saw } = await opened(db, slug, by)
  return await saveAs({ db, outbox }, slug, by, { typed: { ...shown, ...given }, saw }, now)
}

/** Saves a form that was opened before. */
export async function saveAs (
  { db, outbox }: Pick<World, 'db' | 'outbox'>, slug: string, by: StaffMember,
  { typed, saw }: { typed: Answers, saw: string }, now: DateTime<true> = noon
): Promise<EditEnd> {
  const around = await surroundingsFor(db, by, districts)
  return await confirming(async confirmed => await editActivity({ db, outbox, seal }, slug, {
    typed, saw, confirmed, quietBecause: undefined, around
  }, by, now))
}

/** Approves what waits, as someone who has read what that does. */
export async function approveAs (
  { db, outbox }: Pick<World, 'db' | 'outbox'>, slug: string, by: StaffMember, now: DateTime<true> = noon
): Promise<void> {
  const around = await surroundingsFor(db, by, districts)
  await confirming(async confirmed => {
    await approveProposal({ db, outbox, seal }, slug, { confirmed, around }, by, now)
  })
}

/** The answers that describe an activity as it is. */
export async function answersNow (db: Db, slug: string): Promise<Answers> {
  return answersOf(await getCurrentActivity(db, seal, slug))
}
