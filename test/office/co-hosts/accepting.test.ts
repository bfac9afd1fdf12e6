import t from 'tap'
import { aCoHost, coHostedActivity, ledActivity, linkOf } from '../../support/co-hosts.ts'
import { fingerprints } from '../../support/changes.ts'
import { linksToCopies, perceived, post } from '../../support/service.ts'
import { aLink, anAgency, anInvitation, aStaffMember, cookieOf, signedIn } from '../../support/staff.ts'
import { anActivity, announced, noon, warm } from '../../support/world.ts'

t.test('of two devices that accept at once, one does', async t => {
  const { app, db, activity } = await ledActivity(t)
  const link = linkOf(await anInvitation(db, activity.id))
  await warm(db)
  const answers = await Promise.all(Array.from({ length: 6 }, async () => await post(app, link, {})))

  t.strictSame(answers.map(({ statusCode }) => statusCode).sort(), [303, 410, 410, 410, 410, 410])
  t.equal(await db.activityCoHost.count(), 1)
  t.equal(await db.auditEntry.count({ where: { action: 'co-host.accepted' } }), 1)
})

t.test('who accepts invitations to several activities at once has one account, and their new organisation is one', async t => {
  const { app, db, activity } = await ledActivity(t)
  const email = 'sal@kendal.sch.example'
  const activities = [activity, ...await Promise.all(Array.from({ length: 5 }, async () => await anActivity(db)))]
  const links = await Promise.all(activities.map(async ({ id }) => linkOf(await anInvitation(db, id, { email }))))
  await warm(db)
  const answers = await Promise.all(links.map(async link => await post(app, link, {})))

  t.strictSame(answers.map(({ statusCode }) => statusCode), links.map(() => 303))
  t.equal(await db.staffMember.count({ where: { email } }), 1)
  t.equal(await db.agency.count({ where: { name: 'Kendal School' } }), 1)
  t.equal(await db.activityCoHost.count(), links.length)
  t.equal(await db.auditEntry.count({ where: { action: 'staff.added' } }), 1)
})

t.test('a link that has ended says the same whatever the reason, and does nothing', async t => {
  const its = await ledActivity(t)
  const { app, db, clock, activity } = its
  const disabled = await aStaffMember(db, { role: 'host', email: 'gone@kendal.sch.example', disabledAt: noon.toJSDate() })
  const of = async (given: Parameters<typeof anActivity>[1]) =>
    linkOf(await anInvitation(db, (await anActivity(db, given)).id))
  const takenBack = await anInvitation(db, activity.id)
  await db.coHostInvitation.delete({ where: { id: takenBack.id } })
  const links = {
    'too old': linkOf(await anInvitation(db, activity.id, { invitedAt: noon.minus({ days: 7 }).toJSDate(), expiresAt: noon.toJSDate() })),
    'taken back': linkOf(takenBack),
    'of an activity that is over': await of({ startsAt: noon.minus({ hours: 2 }).toJSDate(), endsAt: noon.toJSDate() }),
    'of one that is cancelled': await of({ status: 'cancelled' }),
    'not ours': '/co-hosting/a-link-that-nobody-has',
    'signed for another purpose': `/co-hosting/${linksToCopies.tokenOf({ id: (await anInvitation(db, activity.id)).id, version: 0 })}`
  }
  const toDisabled = linkOf(await anInvitation(db, activity.id, { email: disabled.email }))
  const fingerprint = await fingerprints(t, its)
  const before = await fingerprint()

  const said = new Set<string>()
  for (const [why, link] of Object.entries(links)) {
    for (const answer of [await app.inject({ url: link }), await post(app, link, {})]) {
      t.equal(answer.statusCode, 410, why)
      said.add(perceived(answer).text)
    }
  }
  const refused = await post(app, toDisabled, {})
  t.equal(refused.statusCode, 410, 'an account that is disabled')
  said.add(perceived(refused).text)
  t.equal(said.size, 1)
  t.strictSame(await fingerprint(), before)

  clock.now = noon.plus({ days: 7 }).minus({ milliseconds: 1 })
  const open = linkOf(await anInvitation(db, activity.id, { email: 'last@minute.example' }))
  t.equal((await post(app, open, {})).statusCode, 303, 'and until then it works')
})

t.test('whoever presses the button, only the mailbox that was invited gets in', async t => {
  const { app, db, at, activity } = await ledActivity(t)
  const stranger = await signedIn(app, db, { role: 'host', agencyId: (await anAgency(db)).id })
  const email = 'sal@kendal.sch.example'
  const link = linkOf(await anInvitation(db, activity.id, { email }))
  const accepted = await post(app, link, {}, stranger.headers)

  t.equal(accepted.statusCode, 303)
  t.equal((await app.inject({ url: at, headers: stranger.headers })).statusCode, 404, 'who forwarded it to themselves has nothing')
  await post(app, '/staff/sign-in', { email: 'not-sal@kendal.sch.example' })
  t.strictSame(await announced(db, 'sign-in.requested'), [], 'another address gets no email to sign in with')
  await post(app, '/staff/sign-in', { email })
  const { id } = await db.staffMember.findUniqueOrThrow({ where: { email } })
  t.match(await announced(db, 'sign-in.requested'), [{ staffMemberId: id }])
})

t.test('co-hosting that is taken back opens nothing from the next request on, and what else there is stays', async t => {
  const { app, db, at, activity, coHost, lead } = await coHostedActivity(t)
  const another = await anActivity(db, { visibility: 'operational', leadAgencyId: null })
  await aCoHost(db, another.id, coHost.member.id)
  t.equal((await app.inject({ url: `${at}/edit`, headers: coHost.headers })).statusCode, 200)

  const ended = await post(app, `${at}/co-hosts/${coHost.member.id}/end`, {}, lead.headers)
  t.match(ended.headers.location, /done=ended$/)
  for (const url of [at, `${at}/edit`, `${at}/evening`, `${at}/waiting-list`]) {
    t.equal((await app.inject({ url, headers: coHost.headers })).statusCode, 404, url)
  }
  t.equal((await post(app, `${at}/edit`, { title: 'Mine' }, coHost.headers)).statusCode, 404)
  t.notMatch((await app.inject({ url: '/staff', headers: coHost.headers })).body, activity.slug)
  t.equal((await app.inject({ url: `/staff/activities/${another.slug}`, headers: coHost.headers })).statusCode, 200)
  const again = await post(app, `${at}/co-hosts/${coHost.member.id}/end`, {}, lead.headers)
  t.equal(again.statusCode, 409, 'a second press finds nobody')
  t.match(perceived(again).errors, [{ sentence: 'There is no such co-host or invitation any more.' }])
  t.match(await db.auditEntry.findMany({ where: { action: 'co-host.ended' } }), [{ details: { removed: coHost.member.id } }])
})

t.test('co-hosting ends by itself a week after the activity', async t => {
  const { app, db, clock, at, activity, coHost } = await coHostedActivity(t)
  const ends = noon.plus({ days: 8, hours: 6, minutes: 30 }).plus({ days: 7 })
  t.equal(activity.endsAt.getTime(), ends.minus({ days: 7 }).toMillis())
  const asks = async () => {
    const headers = { cookie: cookieOf(await post(app, await aLink(db, coHost.member, clock.now), {})) }
    return (await app.inject({ url: at, headers })).statusCode
  }
  clock.now = ends.minus({ seconds: 1 })
  t.equal(await asks(), 200)
  clock.now = ends
  t.equal(await asks(), 404)
})

t.test('an account that is disabled co-hosts nothing, and a co-host who is let in again does', async t => {
  const { app, db, at, coHost, lead } = await coHostedActivity(t)
  const { id } = coHost.member
  await db.staffMember.update({ where: { id }, data: { disabledAt: noon.toJSDate() } })
  t.equal((await app.inject({ url: at, headers: coHost.headers })).headers.location, '/staff/sign-in')
  t.match(perceived(await app.inject({ url: `${at}/co-hosts`, headers: lead.headers })).text, /Cora Cohost.*Cannot sign in/)
  await db.staffMember.update({ where: { id }, data: { disabledAt: null } })
  t.equal((await app.inject({ url: at, headers: coHost.headers })).statusCode, 200)
})

t.test('to be a co-host of operational work is to be named for it, and colleagues know nothing of it', async t => {
  const { app, db, at, other, coHost } = await coHostedActivity(t, { visibility: 'operational', kind: 'disruption' })
  const colleague = await signedIn(app, db, { role: 'organiser', agencyId: other.id })
  t.equal((await app.inject({ url: at, headers: coHost.headers })).statusCode, 200)
  t.equal((await app.inject({ url: at, headers: colleague.headers })).statusCode, 404)
})
