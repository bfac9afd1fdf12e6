import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import type { Db } from '../../../src/platform/database/connect.ts'
import { changeMember, disableMember, enableMember } from '../../../src/office/staff-accounts/commands.ts'
import { sendWelcomes } from '../../../src/office/staff-accounts/jobs.ts'
import { assertAnAdminRemains } from '../../../src/office/staff-accounts/last-admin.ts'
import { versionOf } from '../../../src/office/staff-accounts/member.ts'
import type { Member, MemberDraft } from '../../../src/office/staff-accounts/member.ts'
import { findMember } from '../../../src/office/staff-accounts/queries.ts'
import type { Outbox } from '../../../src/platform/outbox.ts'
import { sendSignInEmails } from '../../../src/identity/sign-in/jobs.ts'
import { connectWorkAccount, signInByWorkAccount } from '../../../src/identity/work-account/commands.ts'
import { keeping, staffContextWith } from '../../support/email-context.ts'
import { perceived, post, service } from '../../support/service.ts'
import { aLink, aStaffMember, anAgency, cookieOf, organiser, setCookies, signedIn } from '../../support/staff.ts'
import { anActivity, announced, noon, warm, world } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

const email = 'anne@council.example'
const account = { issuer: 'https://login.example.org', subject: 'anne', hasTwoFactors: true }

/** Does the jobs for facts of one kind, and returns the emails that were sent. */
async function emailsOf (its: World) {
  const mailer = keeping()
  const context = staffContextWith(its, mailer)
  await sendSignInEmails(context, await announced(its.db, 'sign-in.requested'))
  await sendWelcomes(context, await announced(its.db, 'sign-in.granted'))
  return mailer.kept
}

async function isIn (app: FastifyInstance, headers: { cookie: string }): Promise<boolean> {
  return (await app.inject({ url: '/staff/account', headers })).statusCode === 200
}

async function theMember (db: Db, id: string): Promise<Member> {
  const member = await findMember(db, id)
  if (member === undefined) throw new Error('Nobody has this id.')
  return member
}

/** Changes some fields of a member of staff, like an admin who has just read them. */
async function change (
  its: World, id: string, given: Partial<MemberDraft>, by: { id: string } = organiser
): Promise<void> {
  const member = await theMember(its.db, id)
  await changeMember(its.db, its.outbox, { id, versionHash: versionOf(member) }, { ...member, ...given }, by, noon)
}

t.test('a disabled member is out at their next request, and nothing that they have in hand lets them in', async t => {
  const its = await service(t)
  const { app, db } = its
  const admin = await signedIn(app, db)
  const { headers, member } = await signedIn(app, db, { email, role: 'organiser' })
  await connectWorkAccount(db, member.id, account, noon)
  const link = await aLink(db, member)
  const [mark = ''] = setCookies(await post(app, '/staff/sign-in', { email }))
  const browser = { cookie: mark.split(';')[0] ?? '' }
  const [message] = await emailsOf(its)
  const sent = /https:\/\/workshops\.example\.org(\/staff\/sign-in\/\S+)/.exec(message?.text ?? '')?.[1] ?? ''
  const code = /^\* (\d{3} \d{3})$/m.exec(message?.text ?? '')?.[1] ?? ''
  const waysIn = async () => [
    (await post(app, link, {})).statusCode,
    (await post(app, sent, {}, browser)).statusCode,
    (await post(app, '/staff/sign-in/code', { code }, browser)).statusCode
  ]
  await post(app, '/staff/sign-in', { email })
  t.ok(await isIn(app, headers))

  const answer = await post(app, `/staff/members/${member.id}/disabling`, {}, admin.headers)

  t.equal(answer.headers.location, `/staff/members?done=disabled#member-${member.id}`)
  t.match(await app.inject({ url: '/staff', headers }), { statusCode: 303, headers: { location: '/staff/sign-in' } })
  t.strictSame(await waysIn(), [410, 410, 409])
  await t.rejects(signInByWorkAccount(db, account, {}, noon), /not connected to anyone/)
  t.strictSame(await emailsOf(its), [], 'an email that was asked for before is not written')
  await post(app, '/staff/sign-in', { email })
  t.equal((await announced(db, 'sign-in.requested')).length, 2, 'and none is asked for now')
  t.match(await db.auditEntry.findMany({ where: { action: 'staff.disabled' } }),
    [{ staffMemberId: admin.member.id, subject: member.id, details: { sessions: 1 } }])

  await post(app, `/staff/members/${member.id}/enabling`, {}, admin.headers)
  t.notOk(await isIn(app, headers), 'what ended does not come back')
  t.strictSame(await waysIn(), [410, 410, 409])
  const anew = await post(app, await aLink(db, member), {})
  t.ok(await isIn(app, { cookie: cookieOf(anew) }), 'they sign in anew')
  t.match(await db.auditEntry.findMany({ where: { action: 'staff.enabled' } }), [{ staffMemberId: admin.member.id, subject: member.id }])
  t.equal((await announced(db, 'sign-in.granted')).length, 1)
  await post(app, `/staff/members/${member.id}/enabling`, {}, admin.headers)
  t.equal((await announced(db, 'sign-in.granted')).length, 1, 'a double press enables once')
})

t.test('someone who signs in while they are being disabled is not in when they are enabled', async t => {
  const its = await service(t)
  const { app, db, outbox } = its
  await aStaffMember(db)
  const { headers, member } = await signedIn(app, db, { role: 'staff' })
  await disableMember(db, member.id, undefined, noon)
  await db.staffSession.updateMany({ where: { staffMemberId: member.id }, data: { endedAt: null } })

  await enableMember(db, outbox, member.id, undefined, noon)

  t.notOk(await isIn(app, headers))
})

t.test('the page before says what disabling does, and what they host', async t => {
  const { app, db } = await service(t)
  const admin = await signedIn(app, db)
  const member = await aStaffMember(db, { name: 'Hal Host', role: 'host' })
  const host = async (given: Parameters<typeof anActivity>[1]) => {
    const { id: activityId } = await anActivity(db, given)
    await db.activityHost.create({ data: { activityId, staffMemberId: member.id } })
  }
  await host({ title: 'Next week' })
  await host({ title: 'Cancelled', status: 'cancelled' })
  await host({ title: 'Over', startsAt: noon.minus({ days: 2 }).toJSDate(), endsAt: noon.minus({ days: 1 }).toJSDate() })
  const page = `/staff/members/${member.id}/disabling`

  const one = perceived(await app.inject({ url: page, headers: admin.headers }))
  for (let n = 2; n <= 12; n++) await host({ title: `Number ${n}.` })
  const many = perceived(await app.inject({ url: page, headers: admin.headers }))

  t.equal(one.h1, 'Do you want to disable Hal Host?')
  t.match(one.text, /signed out everywhere now.*cannot sign in.*They host 1 activity to come.*Next week , Tuesday 1 December 2026 Disable/)
  t.notMatch(one.text, /Cancelled|Over,/)
  t.match(many.text, /They host 12 activities to come.*and 2 more/)
  await disableMember(db, member.id, undefined, noon)
  t.match(perceived(await app.inject({ url: page, headers: admin.headers })).text, 'Hal Host is disabled Since Monday 23 November 2026')
  t.match(await post(app, page, {}, admin.headers), { statusCode: 303 }, 'a double press is one')
  t.equal(await db.auditEntry.count({ where: { action: 'staff.disabled' } }), 1)
})

t.test('an admin must remain', async t => {
  t.throws(() => { assertAnAdminRemains(['a'], 'a') }, /only admin/)
  assertAnAdminRemains(['a', 'b'], 'a')
  assertAnAdminRemains(['b'], 'a')
  assertAnAdminRemains([], 'a')
})

t.test('nobody disables themselves or changes their own role, and the last admin stays one', async t => {
  const its = await service(t)
  const { app, db } = its
  const { headers, member } = await signedIn(app, db, { name: 'Ada', email: 'ada@council.example' })
  await aStaffMember(db, { disabledAt: noon.toJSDate() })
  const own = `/staff/members/${member.id}`
  const edition = versionOf(await theMember(db, member.id))

  const page = perceived(await app.inject({ url: `${own}/disabling`, headers }))
  const disabling = await post(app, `${own}/disabling`, {}, headers)
  const changing = await post(app, own, { name: 'Ada', email: 'ada@council.example', role: 'staff', agency: 'partnership', edition }, headers)

  t.equal(page.h1, 'You cannot disable yourself')
  t.notMatch(perceived(await app.inject({ url: own, headers })).text, 'Makes and runs')
  t.equal(disabling.statusCode, 409)
  t.strictSame(perceived(disabling).errors.map(({ sentence }) => sentence), ['You cannot disable yourself. Ask another admin to do it.'])
  t.equal(changing.statusCode, 409)
  t.strictSame(perceived(changing).errors.map(({ sentence }) => sentence), ['You cannot change your own role. Ask another admin to do it.'])
  await t.rejects(disableMember(db, member.id, undefined, noon), /only admin/, 'nor from a terminal')
  await t.rejects(change(its, member.id, { role: 'staff' }), /only admin/)
  t.ok(await isIn(app, headers))
  t.match(await findMember(db, member.id), { role: 'admin', disabledAt: undefined })
})

t.test('of two admins who disable each other, or take the other’s role, at once, one remains', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const [ada, bob] = [await aStaffMember(db, { name: 'Ada' }), await aStaffMember(db, { name: 'Bob' })]
  const admins = async () => await db.staffMember.count({ where: { role: 'admin', disabledAt: null } })
  await warm(db)

  for (let round = 1; round <= 8; round++) {
    const second = round % 2 === 0
      ? change(its, ada.id, { role: 'staff' }, bob)
      : disableMember(db, ada.id, bob, noon)
    const ends = await Promise.allSettled([disableMember(db, bob.id, ada, noon), second])
    t.equal(await admins(), 1, `round ${round}`)
    t.match(ends.filter(({ status }) => status === 'rejected'), [{ reason: { refusal: 'last-admin' } }])
    for (const { id } of [ada, bob]) {
      await enableMember(db, outbox, id, undefined, noon)
      await db.staffMember.update({ where: { id }, data: { role: 'admin' } })
    }
  }
})

t.test('two who save at once what they made of the same page: one is saved, the other compares', async t => {
  const { db, outbox } = await world(t)
  const { id } = await aStaffMember(db, { role: 'staff' })
  await warm(db)

  for (let round = 1; round <= 5; round++) {
    const member = await theMember(db, id)
    const read = { id, versionHash: versionOf(member) }
    const ends = await Promise.allSettled(['Anne', 'Anna'].map(async name => {
      await changeMember(db, outbox, read, { ...member, name: `${name} ${round}` }, organiser, noon)
    }))
    t.match(ends.filter(({ status }) => status === 'rejected'), [{ reason: { refusal: 'member-changed' } }])
    t.equal(await db.auditEntry.count({ where: { action: 'staff.changed' } }), round)
  }
})

async function seesActivitiesOf (t: Test, given: Partial<MemberDraft>): Promise<{ before: boolean, after: boolean }> {
  const its = await service(t)
  const { headers, member } = await signedIn(its.app, its.db, { email, role: 'organiser' })
  const before = await isIn(its.app, headers)
  await change(its, member.id, given)
  return { before, after: await isIn(its.app, headers) }
}

t.test('another role, agency or address signs someone out, and another name does not', async t => {
  t.strictSame(await seesActivitiesOf(t, { name: 'Anna' }), { before: true, after: true })
  t.strictSame(await seesActivitiesOf(t, { role: 'staff' }), { before: true, after: false })
  t.strictSame(await seesActivitiesOf(t, { email: 'anna@council.example' }), { before: true, after: false })

  const its = await service(t)
  const agency = await anAgency(its.db)
  const { headers, member } = await signedIn(its.app, its.db, { email, role: 'organiser' })
  await change(its, member.id, { agency })
  t.notOk(await isIn(its.app, headers))
  const { cookie } = { cookie: cookieOf(await post(its.app, await aLink(its.db, member), {})) }
  t.equal((await its.app.inject({ url: '/staff/support', headers: { cookie } })).statusCode, 403, 'they are of the agency from now on')
  t.match(await its.db.auditEntry.findMany({ where: { action: 'staff.changed' } }), [{ details: { agency: ['', agency.slug], sessions: 1 } }])
})

t.test('with another address the links sent to the one before stop working, and the new one is told', async t => {
  const its = await service(t)
  const { app, db } = its
  const member = await aStaffMember(db, { email, name: 'Anne O’Brien', role: 'organiser' })
  const link = await aLink(db, member)

  await change(its, member.id, { email: 'anne@nspcc.example' })

  t.equal((await post(app, link, {})).statusCode, 410)
  const [message, ...others] = await emailsOf(its)
  t.strictSame(others, [])
  t.match(message, { to: 'anne@nspcc.example', subject: 'You can sign in to workshops and activities' })
  t.match(message?.text, /Hello Anne O’Brien,.*with this email address, anne@nspcc\.example.*https:\/\/workshops\.example\.org\/staff\/sign-in\n.*Organiser: Makes and runs activities/s)
  t.notMatch(message?.html, /O&amp;#39;|undefined/)
  t.notMatch(`${message?.text}${message?.html}`, /sign-in\/[\w-]/, 'and has no way in that is theirs alone')
})

t.test('nobody who is disabled is told that they can sign in', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const { id } = await aStaffMember(db, { email, role: 'staff', disabledAt: noon.toJSDate() })

  await change(its, id, { email: 'anna@council.example' })
  t.strictSame(await announced(db, 'sign-in.granted'), [])
  await enableMember(db, outbox, id, undefined, noon)
  await disableMember(db, id, undefined, noon)

  t.equal((await announced(db, 'sign-in.granted')).length, 1)
  t.strictSame(await emailsOf(its), [])
})

t.test('a change that fails announces nothing and leaves no entry', async t => {
  const its = await world(t)
  const { db } = its
  const { id } = await aStaffMember(db, { email, role: 'staff', disabledAt: noon.toJSDate() })
  const failing: Outbox = {
    async announce (...given) {
      await its.outbox.announce(...given)
      throw new Error('the deed fails')
    }
  }

  await t.rejects(enableMember(db, failing, id, undefined, noon), /the deed fails/)

  t.match(await findMember(db, id), { disabledAt: noon })
  t.strictSame(await announced(db, 'sign-in.granted'), [])
  t.equal(await db.auditEntry.count(), 0)
})
