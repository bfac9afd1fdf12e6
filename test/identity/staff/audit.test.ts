// Subject: the database.
import t from 'tap'
import { systemClock } from '../../../src/platform/clock.ts'
import { record } from '../../../src/identity/staff/audit.ts'
import { noon, world } from '../../support/world.ts'
import { service } from '../../support/service.ts'
import { signedIn } from '../../support/staff.ts'

t.test('what is in the audit trail stays as it is', async t => {
  const { db, asOwner } = await world(t)
  const now = systemClock()
  await record(db, { staffMemberId: undefined, action: 'campaign.added', subject: 'its-not-ok' }, now)

  await t.rejects(db.auditEntry.updateMany({ data: { subject: 'another' } }), /denied/)
  await t.rejects(db.auditEntry.deleteMany(), /denied/)
  await t.rejects(db.$executeRaw`TRUNCATE audit_entries`, /permission denied/)
  await t.rejects(asOwner("UPDATE audit_entries SET subject = 'another'"), /append only/)
  await t.rejects(asOwner('DELETE FROM audit_entries'), /append only/)
  await t.rejects(asOwner('TRUNCATE audit_entries'), /append only/)

  t.match(await db.auditEntry.findMany(), [{ action: 'campaign.added', subject: 'its-not-ok', at: now.toISO() }])
})

t.test('an action that fails leaves no entry', async t => {
  const { db } = await world(t)

  await t.rejects(db.$transaction(async tx => {
    await record(tx, { staffMemberId: undefined, action: 'campaign.added', subject: 'its-not-ok' }, noon)
    throw new Error('the deed fails')
  }))

  t.equal(await db.auditEntry.count(), 0)
})

t.test('every sign-in is in the trail, with who and when', async t => {
  const { app, db } = await service(t)

  const { member } = await signedIn(app, db)

  t.match(await db.auditEntry.findFirst({ where: { action: 'staff.signed-in' } }), {
    staffMemberId: member.id, subject: member.id, at: noon.toISO()
  })
})
