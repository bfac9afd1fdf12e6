import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { tellOfRemovedFactors } from '../../../src/office/staff-accounts/jobs.ts'
import type { Outbox } from '../../../src/platform/outbox.ts'
import { keptBy, openSetup, sealSetup, secondFactorSeal, setupOf, stepOf } from '../../../src/identity/second-factor/authenticator.ts'
import { forgetFactor, passByCode, removeFactor } from '../../../src/identity/second-factor/commands.ts'
import { joinLinkSeal } from '../../../src/programme/teams/seal.ts'
import { signInByWorkAccount } from '../../../src/identity/work-account/commands.ts'
import { codeAt, half, halfAgain, seal, withAuthenticator, wrongCodeAt } from '../../support/authenticator.ts'
import { keeping, staffContextWith } from '../../support/email-context.ts'
import { perceived, post, service } from '../../support/service.ts'
import { aLink, aStaffMember, cookieOf, setCookies, signedIn } from '../../support/staff.ts'
import { anActivity, announced, noon, secretKey, world } from '../../support/world.ts'

const factor = '/staff/sign-in/factor'
const setUp = '/staff/account/second-factor/new'
const key = 'GZ7G6XZUDVT6KULPWSKW5WTKGQDL73IT'

/** The key on a page, as people type it, and the hidden field of its form. */
function onPage (body: string): { secret: string, setup: string } {
  return {
    secret: (/<pre[^>]*><code>([A-Z2-7 ]+)</.exec(body)?.[1] ?? '').replaceAll(' ', ''),
    setup: /name="setup" value="([^"]+)"/.exec(body)?.[1] ?? ''
  }
}

async function isIn (app: FastifyInstance, headers: { cookie: string }): Promise<boolean> {
  return (await app.inject({ url: '/staff/account', headers })).statusCode === 200
}

t.test('codes are those of RFC 6238, of now and of the half minute before', async t => {
  // RFC 6238, appendix B: the secret 12345678901234567890 at 2009-02-13 23:31:30, in its last six digits.
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
  const at = noon.set({ year: 2009, month: 2, day: 13, hour: 23, minute: 31, second: 30 })

  t.equal(codeAt(secret, at), '005924')
  t.equal(stepOf(secret, '005924', at), at.toSeconds() / 30)
  t.equal(stepOf(secret, '005924', at.plus({ seconds: 59 })), at.toSeconds() / 30, 'a clock that is slow')
  for (const seconds of [60, 90, -1, -30, -60, 3600]) t.equal(stepOf(secret, '005924', at.plus({ seconds })), undefined, `${seconds}`)
  for (const wrong of ['005925', '5924', '', '0059240', 'abcdef', '００５９２４']) t.equal(stepOf(secret, wrong, at), undefined, wrong)
})

t.test('an app is told a key by picture, by link and in fours', async t => {
  const { groups, href, qr } = setupOf(key, { issuer: 'workshops.example.org', label: 'anne+x@council.example' })

  t.strictSame(groups, ['GZ7G', '6XZU', 'DVT6', 'KULP', 'WSKW', '5WTK', 'GQDL', '73IT'])
  t.equal(href, `otpauth://totp/workshops.example.org:anne%2Bx%40council.example?issuer=workshops.example.org&secret=${key}&algorithm=SHA1&digits=6&period=30`)
  t.ok(qr.size > 40)
  t.match(qr.path, /^M4 4h1v1h-1z(?:M\d+ \d+h1v1h-1z)+$/, 'with a light edge of four')
})

t.test('a key is opened for nobody else, for nothing else, with no other secret, and not where it was changed', async t => {
  const sealed = seal.close(key, keptBy('anne'))

  t.equal(seal.open(sealed, keptBy('anne')), key)
  t.throws(() => seal.open(sealed, keptBy('olu')))
  t.throws(() => seal.open(sealed))
  t.throws(() => joinLinkSeal(secretKey).open(sealed, keptBy('anne')), 'the seal of join links')
  t.throws(() => seal.open(joinLinkSeal(secretKey).close(key, keptBy('anne')), keptBy('anne')))
  t.throws(() => secondFactorSeal(`${secretKey}.`).open(sealed, keptBy('anne')))
  for (let n = 2; n < sealed.length; n += 7) {
    const other = sealed[n] === 'A' ? 'B' : 'A'
    t.throws(() => seal.open(`${sealed.slice(0, n)}${other}${sealed.slice(n + 1)}`, keptBy('anne')), `at ${n}`)
  }
  t.throws(() => seal.open(sealed.slice(0, 20), keptBy('anne')), 'cut off')

  const setup = sealSetup(seal, key, 'anne', noon)
  t.equal(openSetup(seal, setup, 'anne', noon.plus({ minutes: 19, seconds: 59 })), key)
  t.equal(openSetup(seal, setup, 'anne', noon.plus({ minutes: 20 })), undefined, 'too late')
  t.equal(openSetup(seal, setup, 'olu', noon), undefined)
  t.equal(openSetup(seal, sealed, 'anne', noon), undefined, 'one that is kept is none to set up')
  t.throws(() => seal.open(setup, keptBy('anne')), 'nor the other way round')
  for (const odd of ['', '1.', 'x', '1.AAAA']) t.equal(openSetup(seal, odd, 'anne', noon), undefined, odd)
})

t.test('someone sets up an app, signs in with its code too from then on, replaces it and takes it away', async t => {
  let now = noon
  const { app, db } = await service(t, { clock: () => now })
  const { headers, member } = await signedIn(app, db, { role: 'staff', email: 'anne@council.example' })
  const look = async (url: string) => await app.inject({ url, headers })
  const kept = async () => await db.staffMember.findUniqueOrThrow({ where: { id: member.id } })

  t.equal((await look('/staff/account/second-factor')).headers.location, setUp)
  const page = await look(setUp)
  const { secret, setup } = onPage(page.body)
  t.match(secret, /^[A-Z2-7]{32}$/)
  t.match(page.body, /<svg class="pk-qr" role="img" aria-label="QR code/)
  t.notMatch(page.body, / style="/)
  t.not(onPage((await look(setUp)).body).secret, secret, 'each page has a key of its own')
  t.equal((await kept()).factorSealed, null, 'and to look keeps none')

  const wrong = await post(app, setUp, { setup, code: wrongCodeAt(secret, now) }, headers)
  t.equal(wrong.statusCode, 409)
  t.match(perceived(wrong).errors, [{ field: 'code', sentence: /^This code is not right/ }])
  t.strictSame(onPage(wrong.body), { secret, setup }, 'the same key stays on the page')
  t.equal((await kept()).factorSince, null)

  const code = codeAt(secret, now)
  for (let press = 0; press < 2; press++) {
    const answer = await post(app, setUp, { setup, code: `${code.slice(0, 3)} ${code.slice(3)}` }, headers)
    t.equal(answer.headers.location, '/staff/account?done=factor', 'pressed twice it is done once')
  }
  t.notMatch((await kept()).factorSealed, secret)
  t.match(perceived(await look('/staff/account?done=factor')).text, /Your authenticator app is set up.*Set up: Today at 12:00pm/)

  const cookie = await halfAgain(app, db, member)
  t.notOk(await isIn(app, cookie))
  t.equal((await post(app, factor, { code }, cookie)).statusCode, 409, 'the code that set it up has been used')
  now = noon.plus({ minutes: 2 })
  const answer = await post(app, factor, { code: codeAt(secret, now) }, cookie)
  t.equal(answer.headers.location, '/staff')
  t.match(setCookies(answer).join(), /__Host-session=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax/)
  t.notOk(await isIn(app, cookie), 'the cookie of before is worth nothing')
  t.ok(await isIn(app, { cookie: cookieOf(answer) }))

  const another = onPage((await look(setUp)).body)
  now = noon.plus({ minutes: 3 })
  await post(app, setUp, { setup: another.setup, code: codeAt(another.secret, now) }, headers)
  now = noon.plus({ minutes: 4 })
  const removal = '/staff/account/second-factor/removal'
  const byEarlier = await post(app, removal, { code: codeAt(secret, now) }, headers)
  t.equal(byEarlier.statusCode, 409, 'codes of the earlier one do not count any more')
  t.match(perceived(byEarlier).errors, [{ field: 'code' }])
  t.equal((await post(app, removal, { code: codeAt(another.secret, now) }, headers)).headers.location, '/staff/account?done=no-factor')
  t.match(await kept(), { factorSealed: null, factorSince: null, factorStep: null })
  t.equal((await post(app, removal, { code: '000000' }, headers)).headers.location, '/staff/account?done=no-factor', 'gone is gone')
  t.ok(await isIn(app, await halfAgain(app, db, member)))
  t.strictSame((await db.auditEntry.findMany({ where: { action: { startsWith: 'factor' } }, orderBy: { id: 'asc' } })).map(({ action }) => action),
    ['factor.set-up', 'factor.replaced', 'factor.removed'])
})

t.test('before the code nothing opens to someone who signed in by email', async t => {
  const { app, db } = await service(t)
  const { headers, member } = await half(app, db)
  const { slug } = await anActivity(db)
  const { id } = await db.staffSession.findFirstOrThrow({ where: { staffMemberId: member.id } })

  for (const url of [
    '/staff', '/staff/account', '/staff/account/everyone', '/staff/activities', '/staff/audit', '/staff/letters', '/staff/again', setUp,
    `/staff/activities/${slug}`, `/staff/activities/${slug}/attendees.csv`, '/staff/campaigns', '/staff/support', '/staff/nowhere'
  ]) {
    for (const method of ['GET', 'HEAD'] as const) {
      const answer = await app.inject({ url, method, headers })
      t.match(answer, { statusCode: 303, headers: { location: factor } }, `${method} ${url}`)
      t.equal(answer.body, '')
    }
  }
  const before = await db.auditEntry.count()
  for (const url of [
    '/staff/account/other-sessions/end', `/staff/account/sessions/${id}/end`, '/staff/account/work-account/disconnection',
    '/staff/account/second-factor/removal', setUp, '/staff/audit/export', '/staff/again', '/staff/again/letter', `/staff/activities/${slug}/places`
  ]) t.match(await post(app, url, {}, headers), { statusCode: 303, headers: { location: factor } }, url)
  t.equal(await db.auditEntry.count(), before)
  t.equal(await db.auditEntry.count({ where: { action: 'staff.signed-in' } }), 0, 'nobody has signed in')

  const page = await app.inject({ url: factor, headers })
  t.equal(perceived(page).h1, 'Type the code from your app')
  t.notMatch(page.body, 'Your account')
  const admin = await signedIn(app, db, { name: 'Ada Admin' })
  t.match(perceived(await app.inject({ url: '/staff/account/everyone', headers: admin.headers })).text, /Olu Organiser.*Not signed in.*Authenticator app set up/)
  t.equal((await post(app, '/staff/sign-out', {}, headers)).statusCode, 303)
  t.equal((await app.inject({ url: factor, headers })).headers.location, '/staff/sign-in')
})

t.test('the code of another person, of an earlier time or one that was used lets nobody in', async t => {
  let now = noon
  const { app, db } = await service(t, { clock: () => now })
  const anne = await half(app, db)
  const olu = await half(app, db)

  t.equal((await post(app, factor, { code: codeAt(olu.secret, now) }, anne.headers)).statusCode, 409, 'of another person')
  t.equal((await post(app, factor, { code: codeAt(anne.secret, now.minus({ minutes: 1 })) }, anne.headers)).statusCode, 409, 'of a minute ago')
  t.equal((await post(app, factor, { code: codeAt(anne.secret, now.plus({ seconds: 30 })) }, anne.headers)).statusCode, 409, 'of the next half minute')
  const code = codeAt(anne.secret, now)
  t.equal((await post(app, factor, { code }, anne.headers)).statusCode, 303)
  now = noon.plus({ seconds: 20 })
  const second = await halfAgain(app, db, anne.member)
  t.equal((await post(app, factor, { code }, second)).statusCode, 409, 'in another browser as little')
  t.equal((await post(app, factor, { code: codeAt(anne.secret, noon.minus({ seconds: 30 })) }, second)).statusCode, 409, 'nor an older one')
  now = noon.plus({ seconds: 30 })
  t.equal((await post(app, factor, { code: codeAt(anne.secret, now) }, second)).statusCode, 303)

  const thief = await half(app, db)
  await db.staffMember.update({
    where: { id: thief.member.id },
    data: { factorSealed: (await db.staffMember.findUniqueOrThrow({ where: { id: olu.member.id } })).factorSealed }
  })
  const answer = await post(app, factor, { code: codeAt(olu.secret, now) }, thief.headers)
  t.equal(answer.statusCode, 409, 'and a key that was copied from one row to another opens nothing')
  t.match(perceived(answer).text, /We cannot check your codes any more\. Ask an admin/)
  t.notOk(await isIn(app, thief.headers))
})

t.test('the same code typed in ten browsers at once lets one in', async t => {
  const { app, db } = await service(t)
  const { headers, member, secret } = await half(app, db)
  const browsers = [headers.cookie]
  for (let n = 0; n < 9; n++) browsers.push((await halfAgain(app, db, member)).cookie)
  const code = codeAt(secret, noon)

  const tries = await Promise.allSettled(browsers.map(async cookie =>
    await passByCode(db, seal, cookie.split('=')[1] ?? '', code, noon)))

  t.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1)
  t.equal(await db.staffSession.count({ where: { awaitsCode: false } }), 1)
  t.equal(await db.auditEntry.count({ where: { action: 'staff.signed-in' } }), 1)
})

t.test('two good codes in one browser at once leave one cookie that works', async t => {
  const { app, db } = await service(t)
  const { headers, secret } = await half(app, db)
  const cookie = headers.cookie.split('=')[1] ?? ''

  const tries = await Promise.allSettled([0, -30].map(async seconds =>
    await passByCode(db, seal, cookie, codeAt(secret, noon.plus({ seconds })), noon)))

  const given = tries.flatMap(one => one.status === 'fulfilled' ? [one.value] : [])
  t.equal(given.length, 1)
  t.ok(await isIn(app, { cookie: `__Host-session=${given[0]}` }))
})

t.test('five wrong codes end it, however many are typed at once, and it is written down', async t => {
  const { app, db } = await service(t)
  const { headers, member, secret } = await half(app, db)
  const cookie = headers.cookie.split('=')[1] ?? ''

  const tries = await Promise.allSettled(Array.from({ length: 20 }, async () =>
    await passByCode(db, seal, cookie, wrongCodeAt(secret, noon), noon)))
  const answer = await post(app, factor, { code: codeAt(secret, noon) }, headers)

  t.strictSame(tries.map(({ status }) => status), Array(20).fill('rejected'))
  t.equal((await db.staffSession.findFirstOrThrow()).tries, 5)
  t.equal(answer.statusCode, 410)
  t.match(perceived(answer).text, 'You have been signed out, because it took too long or too many codes were wrong.')
  t.match(setCookies(answer).join(), /__Host-session=; .*Expires=Thu, 01 Jan 1970/)
  t.notOk(await isIn(app, headers))
  t.match(await db.auditEntry.findMany({ where: { action: 'factor.refused' } }), [{ subject: member.id, staffMemberId: null }])
})

t.test('after twenty wrong codes in a day no more are taken, in whatever browser, and the next day they are', async t => {
  let now = noon
  const { app, db } = await service(t, { clock: () => now })
  const { headers, member, secret } = await half(app, db)
  let cookie = headers
  for (let n = 1; n <= 20; n++) {
    const answer = await post(app, factor, { code: wrongCodeAt(secret, now) }, cookie)
    t.equal(answer.statusCode, n % 5 === 0 ? 410 : 409, `try ${n}`)
    if (n % 5 === 0) cookie = await halfAgain(app, db, member)
  }

  const answer = await post(app, factor, { code: codeAt(secret, now) }, cookie)

  t.equal(answer.statusCode, 429)
  t.match(perceived(answer).errors, [{ field: 'code', sentence: /^Too many wrong codes have been typed for you today/ }])
  t.notOk(await isIn(app, cookie))
  now = noon.plus({ hours: 24, minutes: 1 })
  t.equal((await post(app, factor, { code: codeAt(secret, now) }, await halfAgain(app, db, member))).statusCode, 303)
})

t.test('someone who signs in by email has ten minutes for the code, and none once they have left', async t => {
  let now = noon
  const { app, db } = await service(t, { clock: () => now })
  const slow = await half(app, db)
  const left = await half(app, db)
  await db.staffMember.update({ where: { id: left.member.id }, data: { disabledAt: noon.toJSDate() } })

  t.equal((await post(app, factor, { code: codeAt(left.secret, now) }, left.headers)).statusCode, 410)
  now = noon.plus({ minutes: 9, seconds: 59 })
  t.equal((await app.inject({ url: factor, headers: slow.headers })).statusCode, 200)
  now = noon.plus({ minutes: 10 })
  t.equal((await app.inject({ url: factor, headers: slow.headers })).headers.location, '/staff/sign-in')
  t.equal((await post(app, factor, { code: codeAt(slow.secret, now) }, slow.headers)).statusCode, 410)
  t.equal((await post(app, factor, { code: '123456' })).statusCode, 410, 'nor has a stranger anything to type one for')
})

t.test('a form that brings anything but six digits gets a sentence, and costs no try', async t => {
  const { app, db } = await service(t)
  const { headers } = await half(app, db)
  for (const [code, sentence] of [
    ['', 'Enter the code from your authenticator app'], ['12345', 'The code is 6 digits, like 123 456'], ['1234567', 'The code is 6 digits, like 123 456'],
    ['12\u000045', 'The code is 6 digits, like 123 456'], ['<b>', 'The code is 6 digits, like 123 456'], ['9'.repeat(10_000), 'The code is 6 digits, like 123 456']
  ] as const) {
    const answer = await post(app, factor, { code }, headers)
    t.equal(answer.statusCode, 400)
    t.strictSame(perceived(answer).errors, [{ field: 'code', sentence }])
    t.notMatch(answer.body, '<b>')
  }
  t.match(perceived(await post(app, factor, { code: '123456', staff: 'x' }, headers)).errors, [{ field: 'form', sentence: /no field “staff”/ }])
  t.match(perceived(await post(app, factor, 'code=1&code=2', headers)).errors, [{ sentence: 'Code must be given only once' }])
  t.equal((await post(app, factor, {}, headers)).statusCode, 400)
  t.equal((await db.staffSession.findFirstOrThrow()).tries, 0)

  const { headers: inside } = await signedIn(app, db)
  const { setup } = onPage((await app.inject({ url: setUp, headers: inside })).body)
  t.match(perceived(await post(app, setUp, { setup, code: 'x' }, inside)).errors, [{ field: 'code', sentence: 'The code is 6 digits, like 123 456' }])
  for (const odd of ['', 'x', '1.AAAA', '%00', 'x'.repeat(10_000)]) {
    const answer = await post(app, setUp, { setup: odd, code: '123456' }, inside)
    t.equal(answer.statusCode, 409)
    t.match(perceived(answer).text, /Start again You took longer than 20 minutes/)
  }
  t.equal((await post(app, setUp, { setup, code: '123456' }, { ...inside, 'sec-fetch-site': 'cross-site' })).statusCode, 403)
})

t.test('someone whose provider asked them for two factors needs no code', async t => {
  const { app, db } = await service(t)
  const member = await aStaffMember(db, { issuer: 'https://login.example', subject: 'anne-7' })
  await withAuthenticator(db, member)

  const cookie = await signInByWorkAccount(db, { issuer: 'https://login.example', subject: 'anne-7', hasTwoFactors: true }, {}, noon)

  t.ok(await isIn(app, { cookie: `__Host-session=${cookie}` }))
})

t.test('if it is required, someone who signs in by email without an app sets one up before anything else', async t => {
  let now = noon
  const { app, db } = await service(t, { secondFactor: { seal, isRequired: true }, clock: () => now })
  const { headers, member } = await signedIn(app, db)

  for (const url of ['/staff', '/staff/account', '/staff/audit', '/staff/activities', '/staff/account/second-factor', '/staff/nowhere']) {
    t.match(await app.inject({ url, headers }), { statusCode: 303, headers: { location: setUp } }, url)
  }
  for (const url of ['/staff/account/other-sessions/end', '/staff/audit/export', '/staff/account/work-account/disconnection']) {
    t.match(await post(app, url, {}, headers), { statusCode: 303, headers: { location: setUp } }, url)
  }
  const page = await app.inject({ url: setUp, headers })
  t.match(perceived(page).text, 'Everyone who signs in here by email needs one.')
  now = noon.plus({ minutes: 16 })
  t.match((await app.inject({ url: setUp, headers })).headers.location, '/staff/again?to=%2Fstaff%2Faccount%2Fsecond-factor%2Fnew')
  t.equal((await app.inject({ url: '/staff/again', headers })).statusCode, 200)
  const { secret, setup } = onPage(page.body)
  t.equal((await post(app, setUp, { setup, code: codeAt(secret, now) }, headers)).statusCode, 303)
  t.ok(await isIn(app, headers))

  await db.staffMember.update({ where: { id: member.id }, data: { issuer: 'https://login.example', subject: 'a', factorSince: null } })
  const cookie = await signInByWorkAccount(db, { issuer: 'https://login.example', subject: 'a', hasTwoFactors: true }, {}, now)
  t.ok(await isIn(app, { cookie: `__Host-session=${cookie}` }), 'someone whose provider asked for two factors need not')
})

t.test('an admin takes away a lost app, which signs its owner out everywhere; nobody else does', async t => {
  let now = noon
  const { app, db } = await service(t, { clock: () => now })
  const admin = await signedIn(app, db, { name: 'Ada Admin' })
  const victim = await signedIn(app, db, { name: 'Lou Lost', role: 'host' })
  await withAuthenticator(db, victim.member)
  const waiting = await halfAgain(app, db, victim.member)
  const url = `/staff/members/${victim.member.id}/second-factor`

  for (const role of ['organiser', 'staff', 'host']) {
    const { headers } = await signedIn(app, db, { role })
    t.equal((await app.inject({ url, headers })).statusCode, 403, role)
    t.equal((await post(app, url, {}, headers)).statusCode, 403, role)
  }
  for (const wrong of ['x', crypto.randomUUID()]) {
    t.equal((await post(app, `/staff/members/${wrong}/second-factor`, {}, admin.headers)).statusCode, 404)
  }
  await withAuthenticator(db, admin.member)
  const own = await post(app, `/staff/members/${admin.member.id}/second-factor`, {}, admin.headers)
  t.equal(own.statusCode, 409, 'not one’s own: that takes a code')
  t.ok((await db.staffMember.findUniqueOrThrow({ where: { id: admin.member.id } })).factorSince)
  now = noon.plus({ minutes: 16 })
  t.match((await post(app, url, {}, admin.headers)).headers.location, /^\/staff\/again\?to=/, 'not at a computer that was left')
  now = noon

  t.match(perceived(await app.inject({ url, headers: admin.headers })).text, /Remove the authenticator app of Lou Lost.*signed out everywhere/)
  for (let press = 0; press < 2; press++) {
    t.equal((await post(app, url, {}, admin.headers)).headers.location, '/staff/account/everyone?done=factor-removed')
  }

  t.notOk(await isIn(app, victim.headers))
  t.equal((await app.inject({ url: factor, headers: waiting })).headers.location, '/staff/sign-in')
  t.ok(await isIn(app, await halfAgain(app, db, victim.member)))
  t.match(await db.auditEntry.findMany({ where: { action: 'factor.removed' } }), [{ staffMemberId: admin.member.id, subject: victim.member.id }])
})

t.test('someone whose app another takes away is told, once, and nobody if nothing was taken away', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const admin = await aStaffMember(db)
  const member = await aStaffMember(db, { name: 'Anne O’Brien', email: 'anne@council.example', role: 'staff' })
  await withAuthenticator(db, member)
  const failing: Outbox = {
    async announce (...given) {
      await outbox.announce(...given)
      throw new Error('Nothing of this is to come about.')
    }
  }
  await t.rejects(removeFactor(db, failing, member.id, admin, noon), /Nothing of this/)
  t.strictSame([await announced(db, 'factor.removed'), await db.auditEntry.count()], [[], 0])

  for (let n = 0; n < 2; n++) await removeFactor(db, outbox, member.id, admin, noon)

  const removed = await announced(db, 'factor.removed')
  t.strictSame(removed, [{ staffMemberId: member.id, at: noon.toISO() }])
  const mailer = keeping()
  const context = staffContextWith(its, mailer)
  await tellOfRemovedFactors(context, removed)
  const [email, ...others] = mailer.kept
  t.strictSame(others, [])
  t.match(email, { to: 'anne@council.example', subject: 'Your authenticator app was removed' })
  t.match(email?.text, /Hello Anne O’Brien,.*https:\/\/workshops\.example\.org\/staff\/account\n.*did not ask for this/s)
  await db.staffMember.update({ where: { id: member.id }, data: { disabledAt: noon.toJSDate() } })
  await tellOfRemovedFactors(context, [{ staffMemberId: member.id, at: noon.plus({ hours: 1 }).toISO() }])
  t.equal(mailer.kept.length, 1, 'someone who cannot sign in is told nothing about it')
})

t.test('at a terminal a lost app is forgotten, and a link alone goes past none', async t => {
  const { db, outbox } = await world(t)
  const member = await aStaffMember(db, { email: 'anne@council.example' })

  await t.rejects(forgetFactor(db, outbox, 'nobody@council.example', noon), { message: /works here/ })
  await t.rejects(forgetFactor(db, outbox, member.email, noon), { message: 'anne@council.example has no authenticator to forget.' })
  await withAuthenticator(db, member)
  await aLink(db, member)
  t.ok((await db.staffMember.findUniqueOrThrow({ where: { id: member.id } })).factorSince)
  await forgetFactor(db, outbox, member.email, noon)

  t.equal((await db.staffMember.findUniqueOrThrow({ where: { id: member.id } })).factorSince, null)
  t.match(await db.auditEntry.findMany({ where: { action: 'factor.removed' } }), [{ staffMemberId: null, subject: member.id }])
})
