import t from 'tap'
import type { Db } from '../../../src/platform/database/connect.ts'
import { perceived, post, service } from '../../support/service.ts'
import { aStaffMember, anAgency, signedIn } from '../../support/staff.ts'
import { anActivity, noon } from '../../support/world.ts'

const changes = async (db: Db) =>
  await db.auditEntry.findMany({ where: { action: 'hosts.changed' }, orderBy: { id: 'asc' } })

t.test('hosts are ticked by name, those of the leading agency first, and only what was changed is', async t => {
  const { app, db } = await service(t)
  const activity = await anActivity(db)
  const { headers, member } = await signedIn(app, db, { role: 'organiser' })
  const agency = await anAgency(db)
  const [hanna, amir] = [
    await aStaffMember(db, { name: 'Hanna Host', role: 'host' }),
    await aStaffMember(db, { name: 'Amir Other', role: 'staff', agencyId: agency.id })
  ]
  const gone = await aStaffMember(db, { name: 'Gone Away', disabledAt: noon.toJSDate() })
  const url = `/staff/activities/${activity.slug}/hosts`

  const page = await app.inject({ url, headers })
  t.match(perceived(page).text, /Hanna Host Host, of the partnership Olu Organiser .* Amir Other Staff, Cumberland Council\. With this role they cannot see who comes/)
  t.notMatch(page.body, 'Gone Away')

  t.equal((await post(app, url, `shown=&hosts=${hanna.id}&hosts=${amir.id}`, headers)).statusCode, 303)
  // Someone whose form was loaded before that ticks one more and removes no one.
  t.equal((await post(app, url, { shown: '', hosts: member.id }, headers)).statusCode, 303)
  t.equal(await db.activityHost.count(), 3)
  t.equal((await post(app, url, { shown: `${hanna.id},${amir.id}`, hosts: hanna.id }, headers)).statusCode, 303)
  const hosting = (await db.activityHost.findMany()).map(({ staffMemberId }) => staffMemberId)
  t.strictSame(hosting.sort(), [hanna.id, member.id].sort())
  t.strictSame((await changes(db)).map(({ details }) => details),
    [{ added: hanna.id }, { added: amir.id }, { added: member.id }, { removed: amir.id }])
  t.match((await post(app, url, { shown: hanna.id, hosts: hanna.id }, headers)).headers.location, /done=as-it-was$/)

  for (const [body, status] of [
    [`shown=&hosts=${gone.id}`, 409], [`shown=&hosts=${crypto.randomUUID()}`, 409], ['shown=&hosts=x', 400],
    ['shown=%00&hosts=', 400], [`shown=&hosts=${hanna.id}&evil=1`, 400]
  ] as const) {
    const answer = await post(app, url, body, headers)
    t.equal(answer.statusCode, status, body)
    t.equal(perceived(answer).errors.length, 1)
    t.ok(perceived(answer).has(perceived(answer).errors[0]?.field ?? ''), 'the summary leads somewhere')
  }
  t.equal(await db.activityHost.count(), 2)

  await db.staffMember.update({ where: { id: hanna.id }, data: { disabledAt: noon.toJSDate() } })
  const { body } = await app.inject({ url, headers })
  const shown = /name="shown" value="([^"]*)"/.exec(body)?.[1] ?? ''
  t.equal(shown, member.id)
  await post(app, url, { shown, hosts: '' }, headers)
  t.strictSame((await db.activityHost.findMany()).map(({ staffMemberId }) => staffMemberId), [hanna.id],
    'a host who could not be unticked stays')
  const staff = await signedIn(app, db, { role: 'staff' })
  t.equal((await post(app, url, { shown: '', hosts: '' }, staff.headers)).statusCode, 403)
})

t.test('people of an agency cannot make a host of anyone whose agency has no part in it, nor see who that is', async t => {
  const { app, db } = await service(t)
  const [own, partner, other] = [await anAgency(db), await anAgency(db), await anAgency(db)]
  const { headers } = await signedIn(app, db, { name: 'Olu Own', role: 'organiser', agencyId: own.id })
  const activity = await anActivity(db, { leadAgencyId: own.id })
  await db.activityPartner.create({ data: { activityId: activity.id, agencyId: partner.id } })
  await aStaffMember(db, { name: 'Cora Council', role: 'host' })
  const pia = await aStaffMember(db, { name: 'Pia Partner', role: 'host', agencyId: partner.id })
  const strange = await aStaffMember(db, { name: 'Stan Strange', role: 'host', agencyId: other.id })
  const named = await aStaffMember(db, { name: 'Nell Named', role: 'host', agencyId: other.id })
  await db.activityHost.create({ data: { activityId: activity.id, staffMemberId: named.id } })
  const url = `/staff/activities/${activity.slug}/hosts`

  const page = await app.inject({ url, headers })
  const refused = await post(app, url, { shown: '', hosts: strange.id }, headers)
  const answer = await post(app, url, { shown: named.id, hosts: pia.id }, headers)

  for (const name of ['Olu Own', 'Cora Council', 'Pia Partner', 'Nell Named']) t.match(page.body, name)
  t.notMatch(page.body, 'Stan Strange')
  t.equal(refused.statusCode, 409)
  t.match(perceived(refused).errors, [{ field: 'hosts' }])
  t.equal(answer.statusCode, 303)
  t.strictSame((await db.activityHost.findMany()).map(({ staffMemberId }) => staffMemberId), [pia.id])
})
