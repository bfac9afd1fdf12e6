import { DateTime } from 'luxon'
import t from 'tap'
import type { StaffMember } from '../../../src/identity/staff/staff-member.ts'
import { isOnItsDay, may, mayEver, whoMayInWords, permissions, roles } from '../../../src/identity/staff/roles.ts'
import type { Permission, Role } from '../../../src/identity/staff/roles.ts'
import { visibilities } from '../../../src/programme/activities/activity.ts'
import { within } from '../../../src/programme/activities/known-activities.ts'
import { aStaffMember, anAgency } from '../../support/staff.ts'
import { anActivity, world } from '../../support/world.ts'

const tasks = Object.keys(permissions) as Permission[]
const aboutActivities: Permission[] = [
  'see activities', 'see people on the day', 'record attendance', 'know attendees', 'export needs and phones', 'settle questions',
  'see reports',
  'run activities'
]

t.test('nobody may do more than an admin, and a host never reaches further than their activities', async t => {
  for (const permission of tasks) {
    t.equal(permissions[permission].admin, 'all', permission)
    if (permission !== 'have an account') t.match(permissions[permission].host, /^(?:hosted|none)$/, permission)
    t.ok(whoMayInWords[permission]('NSPCC').endsWith('.'), `someone who may not ${permission} reads who may`)
  }
})

t.test('each of the people here reaches as far as the table says, one activity at a time and all at once', async t => {
  const { db } = await world(t)
  const [ours, theirs] = [await anAgency(db), await anAgency(db)]
  const rows = [
    await anActivity(db),
    await anActivity(db, { leadAgencyId: ours.id }),
    await anActivity(db, { leadAgencyId: theirs.id }),
    await anActivity(db, { leadAgencyId: ours.id, visibility: 'operational', kind: 'disruption' })
  ]
  await db.activityPartner.create({ data: { activityId: rows[2]?.id ?? '', agencyId: ours.id } })
  const members = []
  for (const role of roles) {
    for (const agency of [undefined, ours, theirs]) {
      const { id, name } = await aStaffMember(db, { role, agencyId: agency?.id ?? null })
      members.push({ id, name, role, agencyId: agency?.id } satisfies StaffMember)
    }
  }
  const [host] = members.filter(({ role }) => role === 'host')
  await db.activityHost.create({ data: { activityId: rows[0]?.id ?? '', staffMemberId: host?.id ?? '' } })

  for (const staff of members) {
    const known = new Set((await db.activity.findMany({ where: within(staff, 'see activities') })).map(({ id }) => id))
    for (const permission of aboutActivities) {
      const found = new Set((await db.activity.findMany({ where: within(staff, permission) })).map(({ id }) => id))
      for (const row of rows) {
        const hosts = row.id === rows[0]?.id ? [host?.id ?? ''] : []
        const led = { leadAgencyId: row.leadAgencyId ?? undefined, hostIds: hosts }
        const one = known.has(row.id) && may(staff, permission, led)
        t.equal(found.has(row.id), one, `${staff.role} of ${staff.agencyId ?? 'the partnership'}, ${permission}`)
        t.ok(!one || mayEver(staff, permission), `${permission}: who may once, may ever`)
      }
    }
  }
})

t.test('how far an activity lets itself be known decides its visibility, whoever asks', async t => {
  const { db } = await world(t)
  const [lead, partner, other] = [await anAgency(db), await anAgency(db), await anAgency(db)]
  const made = new Map<string, string>()
  for (const visibility of visibilities) {
    for (const status of ['draft', 'published']) {
      const { id } = await anActivity(db, { title: `${visibility} ${status}`, visibility, status, leadAgencyId: lead.id })
      await db.activityPartner.create({ data: { activityId: id, agencyId: partner.id } })
      made.set(`${visibility} ${status}`, id)
    }
  }
  const member = async (role: Role, agencyId?: string) => {
    const { id, name } = await aStaffMember(db, { role, agencyId: agencyId ?? null })
    return { id, name, role, agencyId } satisfies StaffMember
  }
  const titlesFor = async (staff: StaffMember, permission: Permission = 'see activities') =>
    (await db.activity.findMany({ where: within(staff, permission), orderBy: { title: 'asc' } })).map(({ title }) => title)
  const open = ['agency', 'partners', 'public'].flatMap(visibility => [`${visibility} draft`, `${visibility} published`])
  const hidden = ['operational draft', 'operational published']

  for (const role of ['organiser', 'staff'] as const) {
    t.strictSame(await titlesFor(await member(role)), open, `${role} of the partnership`)
    t.strictSame(await titlesFor(await member(role, lead.id)), open, `${role} of the lead`)
    t.strictSame(await titlesFor(await member(role, partner.id)), open, `${role} of an agency that takes part`)
    t.strictSame(await titlesFor(await member(role, other.id)), ['partners published', 'public published'], `another ${role}`)
  }
  t.strictSame(await titlesFor(await member('admin')), [...open, ...hidden].sort())
  t.strictSame(await titlesFor(await member('host', lead.id)), [])

  const named = await member('organiser', lead.id)
  const reader = await member('organiser', other.id)
  const host = await member('organiser')
  const activityId = made.get('operational published') ?? ''
  await db.namedPerson.createMany({ data: [named, reader].map(({ id }) => ({ activityId, staffMemberId: id })) })
  await db.activityHost.create({ data: { activityId, staffMemberId: host.id } })
  t.strictSame(await titlesFor(named, 'run activities'), [...open, 'operational published'].sort())
  t.strictSame(await titlesFor(host, 'run activities'), [...open, 'operational published'].sort(), 'hosts count as named')
  t.strictSame(await titlesFor(reader), ['operational published', 'partners published', 'public published'])
  t.strictSame(await titlesFor(reader, 'run activities'), [], 'to know of it is not to run it')
})

t.test('hosts see who comes from midnight to midnight, where it takes place', async t => {
  const at = (text: string) => DateTime.fromISO(text, { setZone: true }) as DateTime<true>
  const workshop = { startsAt: at('2026-07-01T18:00+01:00'), endsAt: at('2026-07-01T19:00+01:00'), zone: 'Europe/London' }
  t.notOk(isOnItsDay(workshop, at('2026-06-30T22:59:59.999Z')))
  t.ok(isOnItsDay(workshop, at('2026-06-30T23:00Z')), 'midnight in London')
  t.ok(isOnItsDay(workshop, at('2026-07-01T22:59:59.999Z')))
  t.notOk(isOnItsDay(workshop, at('2026-07-01T23:00Z')))

  const late = { ...workshop, startsAt: at('2026-07-01T22:00+01:00'), endsAt: at('2026-07-02T01:00+01:00') }
  t.ok(isOnItsDay(late, at('2026-07-02T00:30+01:00')), 'it is not over')
  const allDay = { ...workshop, startsAt: at('2026-07-01T00:00+01:00'), endsAt: at('2026-07-02T00:00+01:00') }
  t.notOk(isOnItsDay(allDay, at('2026-07-02T00:00+01:00')), 'an end at midnight is no part of the next day')
})
