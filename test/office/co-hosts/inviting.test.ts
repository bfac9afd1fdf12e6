import t from 'tap'
import { aCoHost, askToInvite, coHostedActivity, invite, ledActivity, linkOf, sendInvited } from '../../support/co-hosts.ts'
import { contextFor } from '../../support/email-context.ts'
import { filledIn } from '../../support/filled-in.ts'
import { aMailbox } from '../../support/mailbox.ts'
import { perceived, post } from '../../support/service.ts'
import { aLink, anAgency, anInvitation, aStaffMember, cookieOf, signedIn } from '../../support/staff.ts'
import { anActivity, announced, noon } from '../../support/world.ts'

const sal = 'sal@kendal.sch.example'

t.test('an organiser reads the invitation and sends it; who has the mailbox accepts, signs in and finds the activity', async t => {
  const its = await ledActivity(t, { visibility: 'public', title: 'Staying safe' })
  const { app, db, at, lead } = its
  const mailbox = await aMailbox(t)
  const context = contextFor(t, its, mailbox.url)

  const read = await askToInvite(its, {})
  t.strictSame(await db.coHostInvitation.count() + (await announced(db, 'co-host.invited')).length, 0, 'read, and not sent yet')
  const said = perceived(read).text
  t.match(said, /Sal School gets an email at sal@kendal\.sch\.example\. It says that Olu Organiser, for Cumbria Police, asks them to co-host\./)
  t.match(said, /The email says what it is and when: Staying safe, .*Kendal School becomes a partner organisation here/)
  const form = filledIn(read.body)
  const sent = await post(app, `${at}/co-hosts/new`, form, lead.headers)
  t.match(sent.headers.location, /co-hosts\?done=invited$/)
  t.equal((await post(app, `${at}/co-hosts/new`, form, lead.headers)).statusCode, 303, 'pressed twice')
  t.equal((await announced(db, 'co-host.invited')).length, 1)

  t.strictSame(await sendInvited(its, context), [])
  const [email] = mailbox.taken
  t.strictSame(email?.to, [sal])
  t.equal(email?.mail.subject, 'You are invited to co-host an activity')
  const text = email?.mail.text ?? ''
  t.match(text, /Hello Sal School,[\s\S]*Olu Organiser, for Cumbria Police, asks[\s\S]*Staying safe/)
  const [url = ''] = /https:\/\/workshops\.example\.org\/co-hosting\/[\w-]+/.exec(text) ?? []
  const plain = (text: string) => text.replaceAll(/\s+/g, ' ').trim()
  const shown = perceived(read).text
  for (const line of text.split('\n').filter(line => line.trim() !== '' && !line.includes('https://'))) {
    t.ok(plain(shown).includes(plain(line).replace(/^[*#|] ?/, '')), `was read before: ${line}`)
  }

  const link = url.replace('https://workshops.example.org', '')
  const page = await app.inject({ url: link })
  t.match(perceived(page), { h1: 'Will you co-host?', text: /Staying safe/ })
  t.equal(page.headers['x-robots-tag'], 'noindex')
  t.strictSame(await db.staffMember.count({ where: { email: sal } }), 0, 'a scanner that opens the link changes nothing')

  const accepted = await post(app, link, {})
  t.equal(accepted.headers.location, '/co-hosting/accepted')
  t.notOk(accepted.headers['set-cookie'], 'and opens no session')
  t.match(perceived(await app.inject({ url: '/co-hosting/accepted' })).text, /Use the email address that our invitation came to/)
  const member = await db.staffMember.findUniqueOrThrow({ where: { email: sal }, include: { agency: true } })
  t.match(member, { name: 'Sal School', role: 'host', isInvited: true, agency: { name: 'Kendal School' } })
  t.strictSame(await db.coHostInvitation.count(), 0, 'their details are in their account only')

  const headers = { cookie: cookieOf(await post(app, await aLink(db, member), {})) }
  const home = perceived(await app.inject({ url: '/staff', headers }))
  t.match(home.text, /Staying safe.*You co-host this\./)
  t.equal((await app.inject({ url: `${at}/edit`, headers })).statusCode, 200)
  t.match(perceived(await app.inject({ url: at, headers: lead.headers })).text, /Co-hosts Sal School, Kendal School, since/)

  const trail = await db.auditEntry.findMany({ where: { OR: [{ action: { startsWith: 'co-host' } }, { action: { endsWith: '.added' } }] }, orderBy: { id: 'asc' } })
  t.strictSame(trail.map(({ action, staffMemberId }) => [action, staffMemberId]), [
    ['co-host.invited', lead.member.id], ['agency.added', lead.member.id], ['staff.added', lead.member.id],
    ['co-host.accepted', member.id]
  ])
  t.notMatch(JSON.stringify(trail.map(({ details }) => details)), /sal@|Sal School/i, 'the trail, which is kept, has no name of who may never accept')
})

for (const [what, given] of Object.entries({
  'of an agency': { visibility: 'agency' },
  'a draft': { visibility: 'public', status: 'draft' },
  'under embargo': { visibility: 'public', embargoUntil: noon.plus({ hours: 1 }).toJSDate() },
  operational: { visibility: 'operational', kind: 'disruption' }
})) {
  t.test(`neither the email nor its page says what an activity is about that is ${what}`, async t => {
    const its = await ledActivity(t, { title: 'Warrants in Botchergate', summary: 'Botchergate', venue: 'Botchergate', ...given })
    const { app, db, activity, lead } = its
    await db.namedPerson.create({ data: { activityId: activity.id, staffMemberId: lead.member.id } })
    const mailbox = await aMailbox(t)
    t.equal((await invite(its)).statusCode, 303)
    await sendInvited(its, contextFor(t, its, mailbox.url))
    const invitation = await db.coHostInvitation.findFirstOrThrow()
    const { body } = await app.inject({ url: linkOf(invitation) })
    const raw = mailbox.taken[0]?.mail
    for (const text of [raw?.text, raw?.html, raw?.subject, body]) {
      t.type(text, 'string')
      t.notMatch(text, /Botchergate|workshop-|1 December|Staying safe online|It’s Not OK/)
    }
    t.match(raw?.text, /does not say what it is/)
  })
}

t.test('who has an account gets the activity added when they accept, and keeps their name, role and agency', async t => {
  const its = await ledActivity(t)
  const { app, db, at } = its
  const other = await anAgency(db, { name: 'Eden Council' })
  const { headers, member } = await signedIn(app, db, { role: 'organiser', agencyId: other.id, name: 'Edda Eden', email: sal })
  await invite(its)
  t.equal((await app.inject({ url: at, headers })).statusCode, 404, 'not before')
  t.equal((await post(app, linkOf(await db.coHostInvitation.findFirstOrThrow()), {})).statusCode, 303)

  t.equal((await app.inject({ url: at, headers })).statusCode, 200, 'their open session finds it')
  t.match(await db.staffMember.findUniqueOrThrow({ where: { id: member.id } }),
    { name: 'Edda Eden', role: 'organiser', agencyId: other.id, isInvited: false })
  t.equal(await db.agency.count({ where: { name: 'Kendal School' } }), 0, 'no organisation is made of what was typed')
  t.equal((await app.inject({ url: `${at}/publish`, headers })).statusCode, 403, 'an organiser elsewhere is none here')
})

t.test('an organisation that is typed as one that there is, is that one', async t => {
  const its = await ledActivity(t)
  const { id } = await anAgency(its.db, { name: 'Kendal School' })
  await invite(its, { organisation: 'KENDAL school' })
  t.match(await its.db.coHostInvitation.findFirst(), { agencyId: id, agencyName: '' })
})

t.test('nobody is made one of an agency’s people by others, unless their address is like one of theirs', async t => {
  const its = await ledActivity(t)
  const { app, db, leading } = its
  const trust = await anAgency(db, { name: 'NHS Trust' })
  const invited = async (given: Record<string, string>) => perceived(await askToInvite(its, { organisation: '', ...given })).errors
  const refused = [{ field: 'agency', sentence: 'People of NHS Trust work here, and none has an address that ends like this one. Check the address, or ask the partnership’s organisers to invite them.' }]
  t.strictSame(await invited({ agency: trust.id, email: 'me@evil.example' }), [], 'nobody of it is here yet')
  const early = await anInvitation(db, its.activity.id, { email: 'me@evil.example', agencyName: 'NHS trust', invitedById: its.lead.member.id })

  await aStaffMember(db, { role: 'host', agencyId: trust.id, email: 'nora@trust.nhs.example' })
  t.strictSame(await invited({ agency: trust.id, email: 'me@evil.example' }), refused)
  t.strictSame(await invited({ agency: trust.id, email: 'me@evil.trust.nhs.example' }), refused)
  t.strictSame(await invited({ agency: 'another', organisation: 'nhs trust', email: 'me@evil.example' }), refused, 'nor by its name')
  t.strictSame(await invited({ agency: trust.id, email: 'sam@trust.nhs.example' }), [])
  t.strictSame(await invited({ agency: leading.id, email: 'me@home.example' }), [], 'into their own agency')
  t.equal((await post(app, linkOf(early), {})).statusCode, 410, 'nor by a name that has become an agency since')

  const council = await anAgency(db, { name: 'Eden Council' })
  await anActivity(db, { leadAgencyId: council.id })
  t.match(await invited({ agency: council.id, email: 'me@evil.example' }), [{ field: 'agency' }], 'nor one that leads something')
  const lead = await signedIn(app, db, { role: 'organiser', agencyId: null })
  t.strictSame(perceived(await askToInvite({ ...its, lead }, { agency: trust.id, organisation: '', email: 'new@home.example' })).errors, [],
    'the partnership’s own organisers know whom they invite')
})

t.test('what is wrong with an invitation stands at its field, and nothing typed is lost', async t => {
  const its = await coHostedActivity(t)
  const { db, activity, coHost, lead } = its
  const errors = async (given: Record<string, string>) => perceived(await askToInvite(its, given)).errors

  t.strictSame(await errors({ name: '', email: 'sal', agency: '', organisation: '' }), [
    { field: 'name', sentence: 'Enter their name' },
    { field: 'email', sentence: 'Enter an email address like name@council.gov.uk' },
    { field: 'agency', sentence: 'Select who they work for' }
  ])
  t.strictSame(await errors({ organisation: ' ' }), [{ field: 'organisation', sentence: 'Enter the name of the organisation' }])
  t.strictSame(await errors({ email: coHost.member.email }), [{ field: 'email', sentence: 'Cora Cohost co-hosts this already.' }])
  t.strictSame(await errors({ email: lead.member.email }),
    [{ field: 'email', sentence: 'Olu Organiser runs this already, and can do everything here.' }])
  const again = await askToInvite(its, { email: 'sal' })
  t.match(filledIn(again.body), { name: 'Sal School', email: 'sal', agency: 'another', organisation: 'Kendal School' })

  for (let n = 0; n < 9; n++) await anInvitation(db, activity.id)
  t.strictSame((await errors({}))[0]?.sentence, 'An activity can have 10 co-hosts and open invitations. Take one back first.')
  await db.coHostInvitation.deleteMany()
  await db.activity.update({ where: { id: activity.id }, data: { status: 'cancelled' } })
  t.equal((await its.app.inject({ url: `${its.at}/co-hosts/new`, headers: lead.headers })).statusCode, 409)
  t.equal(await db.coHostInvitation.count(), 0)
})

t.test('an invitation needs a recent proof of who sends it, and keeps what was typed', async t => {
  const its = await ledActivity(t)
  its.clock.now = noon.plus({ minutes: 20 })
  const answer = await askToInvite(its, {})
  t.equal(answer.statusCode, 403)
  t.match(perceived(answer), { text: /It is more than 15 minutes since you showed that it is you.*Show that it is you/ })
  t.match(filledIn(answer.body), { name: 'Sal School' })
})

t.test('a second invitation replaces the first, and a refused email is shown where it can be corrected', async t => {
  const its = await ledActivity(t)
  const { app, db, at, lead } = its
  const mailbox = await aMailbox(t)
  mailbox.refuse = recipient => recipient === sal ? { code: 550, text: 'No such user' } : undefined
  await invite(its)
  const first = await db.coHostInvitation.findFirstOrThrow()
  await sendInvited(its, contextFor(t, its, mailbox.url))
  t.match(perceived(await app.inject({ url: `${at}/co-hosts`, headers: lead.headers })).text,
    /Sal School .*Not delivered Their mail server refused our email/)

  t.match(perceived(await askToInvite(its, {})).text, /They have been invited before\. The link in that email stops working\./)
  await invite(its)
  t.equal(await db.coHostInvitation.count(), 1)
  t.equal((await app.inject({ url: linkOf(first) })).statusCode, 410)
  t.equal((await app.inject({ url: linkOf(await db.coHostInvitation.findFirstOrThrow()) })).statusCode, 200)
})

t.test('what was taken back, or is of an activity that was cancelled, before it went is not sent', async t => {
  const its = await ledActivity(t)
  const mailbox = await aMailbox(t)
  await invite(its)
  const { id } = await its.db.coHostInvitation.findFirstOrThrow()
  t.match((await post(its.app, `${its.at}/co-hosts/invitations/${id}/end`, {}, its.lead.headers)).headers.location, /done=taken-back/)
  await invite(its)
  await its.db.activity.update({ where: { id: its.activity.id }, data: { status: 'cancelled' } })
  t.strictSame(await sendInvited(its, contextFor(t, its, mailbox.url)), [])
  t.strictSame(mailbox.taken, [])
})

t.test('only who runs an activity invites to it and takes back, and only of that activity', async t => {
  const { app, db, at, activity, coHost, lead } = await coHostedActivity(t)
  const elsewhere = await anActivity(db, { leadAgencyId: null })
  const theirs = await aStaffMember(db, { role: 'host' })
  await aCoHost(db, elsewhere.id, theirs.id)
  const { id } = await anInvitation(db, elsewhere.id)
  const own = await anInvitation(db, activity.id)

  for (const address of [`${at}/co-hosts/${coHost.member.id}/end`, `${at}/co-hosts/invitations/${own.id}/end`, `${at}/co-hosts/new`]) {
    t.equal((await post(app, address, {}, coHost.headers)).statusCode, 403, 'a co-host does not')
  }
  for (const address of [`${at}/co-hosts/${theirs.id}/end`, `${at}/co-hosts/invitations/${id}/end`, `${at}/co-hosts/nobody/end`]) {
    const answer = await post(app, address, {}, lead.headers)
    t.ok(answer.statusCode >= 400 && answer.statusCode < 500, `${address}: ${answer.statusCode}`)
  }
  t.equal(await db.activityCoHost.count() + await db.coHostInvitation.count(), 4, 'nothing was taken back')
})
