import t from 'tap'
import { eraseCoHostInvitationsAgain, forgetCoHostInvitations } from '../../../src/office/co-hosts/commands.ts'
import { dropInvitedAccounts, goesWithIt, namedForNothing } from '../../../src/office/co-hosts/invited-accounts.ts'
import { eraseEverything, finishErasures, seeEverything } from '../../../src/office/rights/commands.ts'
import { ConfirmationRequired, confirmationToken } from '../../../src/identity/staff/confirmation.ts'
import { aCoHost } from '../../support/co-hosts.ts'
import { aStaffMember, anAgency, anInvitation } from '../../support/staff.ts'
import { anActivity, noon, world } from '../../support/world.ts'

t.test('of who never accepts nothing is left in the night after the link ends, or when its activity is over', async t => {
  const { db } = await world(t)
  const [week, over, off] = [
    await anActivity(db, { startsAt: noon.plus({ days: 20 }).toJSDate(), endsAt: noon.plus({ days: 21 }).toJSDate() }),
    await anActivity(db, { startsAt: noon.minus({ hours: 2 }).toJSDate(), endsAt: noon.toJSDate() }),
    await anActivity(db, { status: 'cancelled' })
  ]
  for (const { id } of [week, over, off]) await anInvitation(db, id)
  t.equal(await forgetCoHostInvitations(db, noon), 2)
  t.strictSame((await db.coHostInvitation.findMany()).map(({ activityId }) => activityId), [week.id])
  t.equal(await forgetCoHostInvitations(db, noon.plus({ days: 7 }).minus({ seconds: 1 })), 0)
  t.equal(await forgetCoHostInvitations(db, noon.plus({ days: 7 })), 1)
})

t.test('co-hosting that is over goes, and an account made for it once the trail has nothing of it', async t => {
  const { db } = await world(t)
  const { id: activityId, campaignId } = await anActivity(db)
  const { id: agencyId } = await anAgency(db)
  const old = { role: 'host', agencyId, isInvited: true, createdAt: noon.minus({ months: 30 }).toJSDate() }
  const before = noon.minus({ months: 24 })
  const idle = await aStaffMember(db, old)
  const kept = {
    'still co-hosts': await aStaffMember(db, old),
    'hosts something': await aStaffMember(db, old),
    'looks after something': await aStaffMember(db, old),
    'is named for something': await aStaffMember(db, old),
    coordinates: await aStaffMember(db, old),
    'is in the trail': await aStaffMember(db, old),
    'was given another role': await aStaffMember(db, { ...old, role: 'staff' }),
    'was added by an admin': await aStaffMember(db, { ...old, isInvited: false }),
    'was made lately': await aStaffMember(db, { ...old, createdAt: noon.minus({ months: 23 }).toJSDate() })
  }
  await aCoHost(db, activityId, kept['still co-hosts'].id)
  await db.activityHost.create({ data: { activityId, staffMemberId: kept['hosts something'].id } })
  await db.activityPlan.create({ data: { activityId, ownerId: kept['looks after something'].id } })
  await db.namedPerson.create({ data: { activityId, staffMemberId: kept['is named for something'].id } })
  await db.coordinator.create({ data: { campaignId, staffMemberId: kept.coordinates.id } })
  await db.auditEntry.create({ data: { at: noon.toJSDate(), staffMemberId: kept['is in the trail'].id, action: 'staff.signed-in' } })

  t.equal(await dropInvitedAccounts(db, before), 1)
  t.equal(await db.staffMember.findUnique({ where: { id: idle.id } }), null)
  for (const [why, { id }] of Object.entries(kept)) t.ok(await db.staffMember.findUnique({ where: { id } }), why)

  await forgetCoHostInvitations(db, noon.plus({ days: 15 }))
  t.equal(await db.activityCoHost.count(), 1, 'until a week after the activity')
  await forgetCoHostInvitations(db, noon.plus({ days: 16 }))
  t.equal(await db.activityCoHost.count(), 0)
  t.equal(await dropInvitedAccounts(db, before), 1, 'and then their account')
})

t.test('whatever leads to an account is looked at before one is dropped, or is only its own and goes with it', async t => {
  const { db } = await world(t)
  const keys = await db.$queryRaw<Array<{ key: string }>>`
    SELECT c.conrelid::regclass::text || '.' || a.attname AS key
    FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    WHERE c.contype = 'f' AND c.confrelid = 'staff_members'::regclass`
  t.strictSame(keys.map(({ key }) => key).sort(), Object.values(columns).sort())
  t.strictSame(Object.keys(columns).sort(), Object.keys({ ...namedForNothing, ...goesWithIt }).sort())
})

/** The column of each line of the table: a new foreign key needs one, so that somebody decides. */
const columns = {
  hosting: 'activity_hosts.staff_member_id',
  coHosting: 'activity_co_hosts.staff_member_id',
  namedFor: 'named_people.staff_member_id',
  coordinates: 'coordinators.staff_member_id',
  plans: 'activity_plans.owner_id',
  tokens: 'sign_in_tokens.staff_member_id',
  sessions: 'staff_sessions.staff_member_id',
  digest: 'approval_digests.staff_member_id',
  lastList: 'last_lists.staff_member_id',
  standing: 'standing_lists.staff_member_id',
  uploads: 'programme_uploads.staff_member_id'
}

t.test('who asks what we hold finds their invitation, and it is deleted with everything else', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const activity = await anActivity(db, { title: 'Warrants', visibility: 'operational' })
  const invitation = await anInvitation(db, activity.id, { email: 'sal@kendal.sch.example' })
  await anInvitation(db, activity.id)
  const address = 'Sal@Kendal.sch.example'
  const found = await seeEverything(db, { email: address }, { staffMemberId: undefined, action: 'person.shown' }, noon)
  t.match(found.invitations, [{ name: 'Sal School', employer: { name: 'Kendal School' } }])

  const required = await eraseEverything(db, outbox, { address, confirmed: undefined },
    { id: invitation.invitedById, name: '', role: 'admin', agencyId: undefined }, noon).catch((error: unknown) => error)
  t.ok(required instanceof ConfirmationRequired)
  t.match((required as ConfirmationRequired).effects.sentences.join(' '), /1 invitation to co-host/)
  const confirmed = confirmationToken((required as ConfirmationRequired).effects)
  t.equal(await eraseEverything(db, outbox, { address, confirmed },
    { id: invitation.invitedById, name: '', role: 'admin', agencyId: undefined }, noon), 'asked')
  const gone: string[] = []
  await finishErasures(db, outbox, async ({ bookingIds }) => { gone.push(...bookingIds) }, noon.plus({ hours: 49 }))
  t.ok(gone.includes(invitation.id))
  t.equal(await db.coHostInvitation.count(), 1, 'only theirs')

  await anInvitation(db, activity.id, { id: invitation.id, email: 'sal@kendal.sch.example' })
  t.equal(await eraseCoHostInvitationsAgain(db), 1, 'a restored backup does not bring it back')
})
