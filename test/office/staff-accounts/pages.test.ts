import { randomUUID } from 'node:crypto'
import t from 'tap'
import type { Db } from '../../../src/platform/database/connect.ts'
import { changeMember } from '../../../src/office/staff-accounts/commands.ts'
import { versionOf } from '../../../src/office/staff-accounts/member.ts'
import type { Member } from '../../../src/office/staff-accounts/member.ts'
import { findMember } from '../../../src/office/staff-accounts/queries.ts'
import { codeAt, half, withAuthenticator } from '../../support/authenticator.ts'
import { countedService, perceived, post, service } from '../../support/service.ts'
import { aStaffMember, anAgency, cookieOf, organiser, signedIn } from '../../support/staff.ts'
import { anActivity, announced, noon } from '../../support/world.ts'

const aNewMember = (given: Record<string, string> = {}): Record<string, string> => ({
  name: 'Anne O’Brien', email: 'anne@council.example', role: 'organiser', agency: 'partnership', submission: randomUUID(), ...given
})

t.test('admins see who works here, what for, and when they were last seen', async t => {
  const { app, db } = await service(t)
  const { id: agencyId } = await anAgency(db, { name: 'NSPCC' })
  const { headers } = await signedIn(app, db, { name: 'Ada Admin', email: 'ada@council.example' })
  await aStaffMember(db, { name: 'Hal <Host>', email: 'hal@nspcc.example', role: 'host', agencyId })
  await aStaffMember(db, { name: 'Lee Left', role: 'staff', disabledAt: noon.minus({ days: 3 }).toJSDate() })

  const { h1, text } = perceived(await app.inject({ url: '/staff/members', headers }))

  t.equal(h1, 'Who works here')
  t.match(text, /2 people can sign in/)
  t.match(text, /Ada Admin ada@council\.example Admin The partnership itself Monday 23 November 2026 at midday/)
  t.match(text, /Hal <Host> hal@nspcc\.example Host NSPCC Never Disabled They cannot sign in/)
  t.match(text, /Lee Left .* Staff The partnership itself Never Disabled on Friday 20 November 2026/)
  const everyone = await app.inject({ url: '/staff/account/everyone', headers })
  t.match(everyone.body, 'href="/staff/members"', 'from where they are signed in, and back')
  t.match((await app.inject({ url: '/staff/members', headers })).body, 'href="/staff/account/everyone"')
})

t.test('someone who gets another address has no work account any more: it may be another person’s address', async t => {
  const { app, db } = await service(t)
  const { headers, member: admin } = await signedIn(app, db)
  const account = { issuer: 'https://login.example', subject: 'anne' }
  const { id, email } = await aStaffMember(db, { name: 'Anne', role: 'staff', ...account })
  const change = async (given: object) => {
    const edition = versionOf(await theMember(db, id))
    const form = { name: 'Anne', email, role: 'staff', agency: 'partnership', edition, ...given }
    t.equal((await post(app, `/staff/members/${id}`, form, headers)).statusCode, 303)
    const { issuer, subject } = await db.staffMember.findUniqueOrThrow({ where: { id } })
    return { issuer, subject }
  }

  t.strictSame(await change({ role: 'host' }), account)
  t.strictSame(await change({ role: 'host', email: 'bob@council.example' }), { issuer: null, subject: null })

  const trail = await db.auditEntry.findMany({ where: { action: 'work-account.disconnected' } })
  t.strictSame(trail.map(({ staffMemberId, subject }) => [staffMemberId, subject]), [[admin.id, id]])
})

t.test('admins see who has an authenticator, and take away that of anyone but themselves', async t => {
  const { app, db } = await service(t)
  const { headers, member: admin } = await signedIn(app, db)
  await withAuthenticator(db, admin)
  const { member: halfIn } = await half(app, db, { role: 'staff' })
  const without = await aStaffMember(db, { role: 'staff' })
  const left = await aStaffMember(db, { role: 'staff', disabledAt: noon.toJSDate() })
  await withAuthenticator(db, left)
  const read = async ({ id }: { id: string }) => {
    const page = await app.inject({ url: `/staff/members/${id}`, headers })
    return { text: perceived(page).text, leadsOn: page.body.includes(`href="/staff/members/${id}/second-factor"`) }
  }

  const [own, theirs, none, gone] = [await read(admin), await read(halfIn), await read(without), await read(left)]

  t.match(own.text, /Authenticator app Set up/)
  t.match(theirs.text, /Authenticator app Set up, remove it/)
  t.match(none.text, /Authenticator app None/)
  t.strictSame([own.leadsOn, theirs.leadsOn, none.leadsOn], [false, true, false])
  t.equal(gone.leadsOn, false, 'from someone who cannot sign in nothing is taken away')
  t.match(theirs.text, /Last seen Never/, 'someone who has their code still to type has not been here')
  const listed = perceived(await app.inject({ url: '/staff/members', headers })).text
  t.match(listed, new RegExp(`${halfIn.email} Staff The partnership itself Never`))
})

t.test('each page takes as many queries for many people as for one', async t => {
  const { app, counted, ...its } = await countedService(t)
  const { headers, member } = await signedIn(app, its.db)
  const look = async (url: string) => {
    counted.queries = 0
    t.equal((await app.inject({ url, headers })).statusCode, 200, url)
    return counted.queries
  }
  const urls = ['/staff/members', `/staff/members/${member.id}`, `/staff/members/${member.id}/disabling`]
  const first: number[] = []
  for (const url of urls) first.push(await look(url))
  for (let n = 0; n < 12; n++) {
    await signedIn(app, its.db, { role: 'staff', agencyId: (await anAgency(its.db)).id })
    await its.db.activityHost.create({ data: { activityId: (await anActivity(its.db)).id, staffMemberId: member.id } })
  }
  const later: number[] = []
  for (const url of urls) later.push(await look(url))

  t.strictSame(later, first)
})

t.test('an admin adds someone, who is told how to sign in; the same form twice adds one', async t => {
  const { app, db } = await service(t)
  const { id: agencyId } = await anAgency(db, { slug: 'nspcc' })
  const { headers, member: admin } = await signedIn(app, db)
  const form = aNewMember({ agency: agencyId, email: ' Anne@Council.example ' })

  const page = await app.inject({ url: '/staff/members/new', headers })
  const answers = await Promise.all([1, 2].map(async () => await post(app, '/staff/members/new', form, headers)))
  const again = await post(app, '/staff/members/new', form, headers)

  t.match(perceived(page).text, /Add someone Name.*Admin Everything.*Organiser Makes and runs.*Staff Sees who is coming.*Host Sees the activities/)
  const { id } = await db.staffMember.findUniqueOrThrow({ where: { email: 'anne@council.example' } })
  for (const answer of [...answers, again]) t.equal(answer.headers.location, `/staff/members?done=added#member-${id}`)
  t.match(await db.staffMember.findUniqueOrThrow({ where: { id } }), { name: 'Anne O’Brien', role: 'organiser', agencyId, disabledAt: null })
  t.strictSame(await announced(db, 'sign-in.granted'), [{ staffMemberId: id, at: noon.toISO() }])
  t.match(await db.auditEntry.findMany({ where: { action: 'staff.added' } }),
    [{ staffMemberId: admin.id, subject: id, details: { role: 'organiser', agency: 'nspcc' } }])
  t.equal(await db.auditEntry.count({ where: { action: 'staff.added' } }), 1)
})

t.test('someone who goes back to a form that was sent, and types someone else, adds them too', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db)
  const form = aNewMember()

  await post(app, '/staff/members/new', form, headers)
  await post(app, '/staff/members/new', { ...form, name: 'Bob', email: 'bob@council.example' }, headers)

  t.equal(await db.staffMember.count({ where: { email: { in: ['anne@council.example', 'bob@council.example'] } } }), 2)
})

t.test('someone who goes back to a form that was sent, and changes the role, reads that they are there already', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db)
  const form = aNewMember()
  await post(app, '/staff/members/new', form, headers)

  const answer = await post(app, '/staff/members/new', { ...form, role: 'host' }, headers)

  t.equal(answer.statusCode, 409)
  t.match(perceived(answer).errors, [{ field: 'email', sentence: /^Anne O’Brien has this address already/ }])
  t.match(await db.staffMember.findUniqueOrThrow({ where: { email: 'anne@council.example' } }), { role: 'organiser' })
  t.equal(await db.auditEntry.count({ where: { action: 'staff.added' } }), 1)
})

t.test('a computer that was left lets nobody in: adding and changing ask who it is, and keep what was typed', async t => {
  let now = noon
  const { app, db } = await service(t, { clock: () => now })
  const { headers, member: admin } = await signedIn(app, db, { name: 'Ada Admin' })
  const secret = await withAuthenticator(db, admin)
  const edition = versionOf(await findMember(db, admin.id) as Member)
  const mine = { name: 'Ada Admin', email: 'thief@evil.example', role: 'admin', agency: 'partnership', edition }
  now = noon.plus({ minutes: 15 })

  for (const [url, form] of [['/staff/members/new', aNewMember()], [`/staff/members/${admin.id}`, mine]] as const) {
    const answer = await post(app, url, form, headers)
    t.equal(answer.statusCode, 403, url)
    t.match(perceived(answer).errors, [{ field: 'form', sentence: /more than 15 minutes.*Nothing is saved yet/ }])
    t.match(answer.body, 'href="/staff/again"')
    t.match(answer.body, `value="${form.email}"`)
  }
  t.strictSame((await db.staffMember.findMany()).map(({ email }) => email), [admin.email])
  const { id } = await aStaffMember(db, { name: 'Lee Left', disabledAt: noon.toJSDate() })
  const enabling = `/staff/members/${id}/enabling`
  for (const answer of [await app.inject({ url: enabling, headers }), await post(app, enabling, {}, headers)]) {
    t.equal(answer.headers.location, `/staff/again?${new URLSearchParams({ to: enabling })}`)
  }
  t.not((await db.staffMember.findUniqueOrThrow({ where: { id } })).disabledAt, null)

  const shown = { cookie: cookieOf(await post(app, '/staff/again', { code: codeAt(secret, now) }, headers)) }
  t.equal((await post(app, '/staff/members/new', aNewMember(), shown)).statusCode, 303)
})

t.test('an address is one person’s, however it is typed, and the person who has it is named', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db)
  await aStaffMember(db, { name: 'Anne Already', email: 'anne@council.example' })
  const { id } = await aStaffMember(db, { name: 'Lee Left', email: 'lee@council.example', disabledAt: noon.toJSDate() })

  const taken = await post(app, '/staff/members/new', aNewMember({ email: 'ANNE@council.example' }), headers)
  const left = await post(app, '/staff/members/new', aNewMember({ email: 'lee@council.example' }), headers)
  const change = await post(app, `/staff/members/${id}`, {
    name: 'Lee Left', email: 'anne@council.example', role: 'admin', agency: 'partnership', edition: versionOf(await theMember(db, id))
  }, headers)

  t.equal(taken.statusCode, 409)
  t.strictSame(perceived(taken).errors, [{ field: 'email', sentence: 'Anne Already has this address already. Give another one.' }])
  t.match(taken.body, 'value="ANNE@council.example"', 'what was typed stays')
  t.strictSame(perceived(left).errors, [{ field: 'email', sentence: 'Lee Left has this address and is disabled. Enable them, or give another address.' }])
  t.equal(change.statusCode, 409)
  t.strictSame(perceived(change).errors.map(({ field }) => field), ['email'])
  t.equal(await db.staffMember.count(), 3)
  t.strictSame(await announced(db, 'sign-in.granted'), [])
})

t.test('two admins change someone at once: the second compares, and loses nothing that they typed', async t => {
  const { app, db, outbox } = await service(t)
  const { id: agencyId } = await anAgency(db, { name: 'NSPCC', slug: 'nspcc' })
  const { headers, member: admin } = await signedIn(app, db)
  const { id } = await aStaffMember(db, { name: 'Anne', email: 'anne@council.example', role: 'staff' })
  const page = await app.inject({ url: `/staff/members/${id}`, headers })
  const edition = editionIn(page.body)
  const theirs = await theMember(db, id)
  await changeMember(db, outbox, { id, versionHash: edition }, { ...theirs, role: 'organiser' }, organiser, noon)

  const mine = { name: 'Anne O’Brien', email: 'anne@nspcc.example', role: 'host', agency: agencyId, edition }
  const refused = await post(app, `/staff/members/${id}`, mine, headers)

  t.equal(refused.statusCode, 409)
  t.match(perceived(refused).text, /Your changes are not saved.*Name There now Anne Yours Anne O’Brien Email address There now anne@council\.example Yours anne@nspcc\.example Role There now Organiser Yours Host Agency There now The partnership itself Yours NSPCC/)
  t.match(refused.body, 'value="anne@nspcc.example"')
  t.equal((await findMember(db, id))?.role, 'organiser')
  const saved = await post(app, `/staff/members/${id}`, { ...mine, edition: editionIn(refused.body) }, headers)
  t.equal(saved.headers.location, `/staff/members?done=changed#member-${id}`)
  t.match(await findMember(db, id), { name: 'Anne O’Brien', email: 'anne@nspcc.example', role: 'host', agency: { slug: 'nspcc' } })
  t.equal((await post(app, `/staff/members/${id}`, { ...mine, edition: editionIn(refused.body) }, headers)).statusCode, 303, 'a double press')
  t.match(await db.auditEntry.findMany({ where: { action: 'staff.changed', staffMemberId: admin.id } }), [{
    subject: id,
    details: {
      name: ['Anne', 'Anne O’Brien'], email: ['anne@council.example', 'anne@nspcc.example'], role: ['organiser', 'host'], agency: ['', 'nspcc']
    }
  }])
})

t.test('after a mistake the form keeps its version hash: a colleague’s change meanwhile is still compared', async t => {
  const { app, db, outbox } = await service(t)
  const { headers } = await signedIn(app, db)
  const { id } = await aStaffMember(db, { name: 'Anne', email: 'anne@council.example', role: 'staff' })
  const edition = editionIn((await app.inject({ url: `/staff/members/${id}`, headers })).body)
  const theirs = await theMember(db, id)
  await changeMember(db, outbox, { id, versionHash: edition }, { ...theirs, role: 'organiser' }, organiser, noon)

  const wrong = await post(app, `/staff/members/${id}`, { name: '', email: 'x', role: 'host', agency: 'partnership', edition }, headers)

  t.equal(wrong.statusCode, 400)
  t.equal(editionIn(wrong.body), edition)
})

t.test('what is wrong with a form is said in a sentence each, and nothing is lost or changed', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db)
  const { id } = await aStaffMember(db, { name: 'Anne', email: 'anne@council.example', role: 'staff' })
  const edition = versionOf(await theMember(db, id))
  const cases: Array<[Record<string, string>, string, string]> = [
    [{ name: ' ' }, 'name', 'Enter their name'],
    [{ name: 'x'.repeat(101) }, 'name', 'Name must be 100 characters or fewer'],
    [{ name: 'Anne\nBcc: x@example.org' }, 'name', 'Name must be on one line'],
    [{ email: '' }, 'email', 'Enter their email address'],
    [{ email: 'anne' }, 'email', 'Enter an email address like name@council.gov.uk'],
    [{ email: 'anne@council.example\r\nBcc: x@example.org' }, 'email', 'Enter an email address like name@council.gov.uk'],
    [{ email: `${'x'.repeat(250)}@council.example` }, 'email', 'Email address must be 254 characters or fewer'],
    [{ role: '' }, 'role', 'Select what they may do'],
    [{ role: 'god' }, 'role', 'Select what they may do'],
    [{ role: '__proto__' }, 'role', 'Select what they may do'],
    [{ agency: '' }, 'agency', 'Select who they work for'],
    [{ agency: randomUUID() }, 'agency', 'Select who they work for'],
    [{ disabledAt: '2026-01-01' }, 'form', 'This form has no field “disabledAt”. Load the page again and fill it in once more.']
  ]

  for (const url of ['/staff/members/new', `/staff/members/${id}`]) {
    const { submission, ...fields } = aNewMember({ email: 'new@council.example' })
    const good: Record<string, string> = { ...fields, ...(url.endsWith('new') ? { submission: submission ?? '' } : { edition }) }
    for (const [given, field, sentence] of cases) {
      const answer = await post(app, url, { ...good, ...given }, headers)
      t.equal(answer.statusCode, 400, `${url}: ${JSON.stringify(given)}`)
      t.strictSame(perceived(answer).errors, [{ field, sentence }], JSON.stringify(given).slice(0, 80))
      t.ok(perceived(answer).has(field), 'the summary leads to something')
      if (field !== 'name') t.match(answer.body, 'Anne O’Brien', 'what was typed stays')
    }
    const twice = await post(app, url, `${new URLSearchParams(good).toString()}&email=b%40council.example`, headers)
    t.strictSame(perceived(twice).errors, [{ field: 'email', sentence: 'Email address must be given only once' }])
    t.equal((await post(app, url, '', headers)).statusCode, 400)
    t.equal((await post(app, url, { ...good, name: 'x'.repeat(40_000) }, headers)).statusCode, 413)
  }
  t.equal((await post(app, '/staff/members/new', aNewMember({ submission: 'x' }), headers)).statusCode, 400)
  for (const wrong of [randomUUID(), 'x', '%00', 'x'.repeat(200)]) {
    for (const more of ['', '/disabling', '/enabling']) {
      t.equal((await app.inject({ url: `/staff/members/${wrong}${more}`, headers })).statusCode, 404, `${wrong}${more}`)
      t.equal((await post(app, `/staff/members/${wrong}${more}`, {}, headers)).statusCode, 404, `${wrong}${more}`)
    }
  }
  for (const turn of ['disabling', 'enabling']) {
    t.equal((await post(app, `/staff/members/${id}/${turn}`, { all: 'yes' }, headers)).statusCode, 400)
    t.equal((await post(app, `/staff/members/${id}/${turn}`, {}, { ...headers, 'sec-fetch-site': 'cross-site' })).statusCode, 403)
  }
  t.equal(await db.staffMember.count(), 2)
  t.equal(await db.auditEntry.count({ where: { action: { in: ['staff.added', 'staff.changed', 'staff.disabled'] } } }), 0)
})

t.test('nobody but an admin sees or changes who works here: each role, each page', async t => {
  const { app, db } = await service(t)
  const { id } = await aStaffMember(db, { name: 'Secret Name', email: 'anne@council.example', role: 'staff' })
  const { id: agencyId } = await anAgency(db)
  const pages = ['', '/new', `/${id}`, `/${id}/disabling`, `/${id}/enabling`].map(page => `/staff/members${page}`)

  for (const given of [{ role: 'organiser' }, { role: 'organiser', agencyId }, { role: 'staff' }, { role: 'host' }]) {
    const { headers } = await signedIn(app, db, given)
    for (const url of pages) {
      const answer = await app.inject({ url, headers })
      t.equal(answer.statusCode, 403, `${given.role}: ${url}`)
      t.notMatch(answer.body, /Secret Name|anne@council/)
      if (url !== '/staff/members') t.equal((await post(app, url, aNewMember(), headers)).statusCode, 403, `${given.role} posts to ${url}`)
    }
  }
  for (const url of pages) t.match(await app.inject({ url }), { statusCode: 303, headers: { location: '/staff/sign-in' } })
  const { headers } = await signedIn(app, db, { role: 'admin', agencyId })
  for (const url of pages) t.equal((await app.inject({ url, headers })).statusCode, 200, `an admin, of whatever agency: ${url}`)
  t.match(await findMember(db, id), { role: 'staff', disabledAt: undefined })
})

t.test('looking, however often, changes nothing', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db)
  const { id } = await aStaffMember(db, { role: 'staff' })
  const before = await db.auditEntry.count()

  for (const page of ['new', id, `${id}/disabling`, `${id}/enabling`]) {
    for (const method of ['GET', 'HEAD'] as const) await app.inject({ method, url: `/staff/members/${page}`, headers })
  }

  t.equal(await db.auditEntry.count(), before)
  t.equal((await findMember(db, id))?.disabledAt, undefined)
})

function editionIn (body: string): string {
  return /name="edition" value="([\da-f]{32})"/.exec(body)?.[1] ?? ''
}

async function theMember (db: Db, id: string): Promise<Member> {
  const member = await findMember(db, id)
  if (member === undefined) throw new Error('Nobody has this id.')
  return member
}
