import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import { MailRefused } from '../../../src/mail/emails/errors.ts'
import type { Facts } from '../../../src/platform/outbox.ts'
import { maxTries } from '../../../src/identity/sign-in/code.ts'
import { signInByCode, writeSignInEmail } from '../../../src/identity/sign-in/commands.ts'
import { sendSignInEmails } from '../../../src/identity/sign-in/jobs.ts'
import type { StaffEmail } from '../../../src/identity/sign-in/jobs.ts'
import { signInSecrets } from '../../../src/identity/sign-in/secrets.ts'
import { isToBeWritten, maxForStrangers, maxEmails, maxEmailsMinutes } from '../../../src/identity/sign-in/email-limits.ts'
import { signedIds } from '../../../src/platform/signed-id.ts'
import { keeping, staffContextWith } from '../../support/email-context.ts'
import { perceived, post, service } from '../../support/service.ts'
import { aLink, aStaffMember, cookieOf, setCookies, signedIn } from '../../support/staff.ts'
import { announced, noon, secretKey, warm } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

const email = 'anne@council.example'
const wrong = 'This code is not right, or no longer works. It works for 10 minutes and for 5 tries. ' +
  'If you are sure that it is right, open the link in the email instead.'

interface Email { link: string, code: string, text: string, html: string, to: string, subject: string }

/** The service with a clock, and the emails that its worker would have sent by now. */
async function office (t: Test, given: Parameters<typeof service>[1] = {}) {
  const clock = { now: noon }
  const its = await service(t, { clock: () => clock.now, ...given })
  return { ...its, clock, emails: async () => await emailsOf(its, clock.now) }
}

async function emailsOf (its: World, now = noon): Promise<Email[]> {
  const mailer = keeping()
  const context = staffContextWith(its, mailer)
  context.turnClock(now)
  const jobs = await its.boss.fetch<Facts['sign-in.requested']>('sign-in.requested', { batchSize: 100 })
  for (const { id, data } of jobs) {
    const [end] = await sendSignInEmails(context, [data])
    if (end?.status === 'rejected') throw end.reason
    await its.boss.complete('sign-in.requested', id)
  }
  return mailer.kept.map(({ to, subject, text, html }) => ({
    to,
    subject,
    text,
    html,
    link: /https:\/\/workshops\.example\.org(\/staff\/sign-in\/\S+)/.exec(text)?.[1] ?? '',
    code: /^\* (\d{3} \d{3})$/m.exec(text)?.[1] ?? ''
  }))
}

/** Asks for a sign-in email in a new browser, and returns the cookies that the browser then has. */
async function ask (app: FastifyInstance, address = email): Promise<{ cookie: string }> {
  const [cookie = ''] = setCookies(await post(app, '/staff/sign-in', { email: address }))
  return { cookie: cookie.split(';')[0] ?? '' }
}

t.test('someone who works here asks, gets an email, opens its link in the same browser and presses once', async t => {
  const { app, db, emails } = await office(t)
  await aStaffMember(db, { email, name: 'Anne O’Brien' })

  const asked = await post(app, '/staff/sign-in', { email: ' Anne@Council.example ' })
  const browser = { cookie: setCookies(asked)[0]?.split(';')[0] ?? '' }
  const [message] = await emails()
  const page = perceived(await app.inject({ url: message?.link ?? '', headers: browser }))
  const answer = await post(app, message?.link ?? '', {}, { ...browser, 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' })

  t.equal(asked.statusCode, 303)
  t.equal(asked.headers.location, '/staff/sign-in/code')
  t.match(message, { to: email, subject: 'Your sign-in link', text: /Hello Anne O’Brien,/, code: /\d/ })
  t.match(message?.text, /10 minutes/)
  t.equal(page.h1, 'Sign in')
  t.equal(answer.headers.location, '/staff')
  t.match(setCookies(answer), [
    /^__Host-sign-in-known=[\w-]{64}; Max-Age=15552000; Path=\/; HttpOnly; Secure; SameSite=Lax$/, /^__Host-sign-in-letter=; /,
    /^__Host-session=[\w-]{43}; /
  ], 'the browser is known from now on, the mark goes, the session comes')
  t.equal((await app.inject({ url: '/staff', headers: { cookie: cookieOf(answer) } })).statusCode, 200)
  t.match(await db.staffSession.findMany(), [{ openedBy: 'link', device: 'Firefox on Linux' }])
  t.match(await db.auditEntry.findMany(), [{ action: 'staff.signed-in', details: { by: 'link' } }])
})

t.test('a link that is opened on another device says where to type the code, and the code works there', async t => {
  const { app, db, emails } = await office(t)
  await aStaffMember(db, { email })
  const browser = await ask(app)
  const [{ link, code } = { link: '', code: '' }] = await emails()

  const elsewhere = await app.inject(link)
  const pressed = await post(app, link, {}, await ask(app, 'nobody@council.example'))
  const answer = await post(app, '/staff/sign-in/code', { code: ` ${code.replace(' ', '-')} ` }, browser)

  t.equal(elsewhere.statusCode, 200)
  t.match(perceived(elsewhere).text, /works only there.*Check your email.*6 digits/)
  t.notMatch(elsewhere.body, code.replace(' ', ''))
  t.equal(pressed.statusCode, 409)
  t.equal(cookieOf(pressed), '')
  t.equal(answer.headers.location, '/staff')
  t.match(await db.staffSession.findMany(), [{ openedBy: 'code' }])
  t.equal((await post(app, link, {}, browser)).statusCode, 410, 'the link has gone with the code')
  t.equal((await post(app, '/staff/sign-in/code', { code }, browser)).statusCode, 409, 'and the code works once')
})

t.test('a scanner that opens an email’s link five times, asks for its head and prefetches changes nothing', async t => {
  const { app, db, emails } = await office(t)
  await aStaffMember(db, { email })
  const browser = await ask(app)
  const [{ link } = { link: '' }] = await emails()
  const before = await db.signInToken.findMany()

  for (const headers of [{}, browser, { 'sec-purpose': 'prefetch' }, { purpose: 'prefetch' }, {}]) {
    const answer = await app.inject({ url: link, headers })
    t.equal(answer.statusCode, 200)
    t.notMatch(answer.body, /\.submit\(|http-equiv="refresh"|onload=/)
    t.strictSame(setCookies(answer), [])
  }
  t.equal((await app.inject({ method: 'HEAD', url: link })).statusCode, 200)
  t.equal((await post(app, link, {})).statusCode, 409, 'one that presses buttons gets no further')

  t.strictSame(await db.signInToken.findMany(), before)
  t.equal((await post(app, link, {}, browser)).statusCode, 303, 'it still works')
})

t.test('a sign-in email is good for 10 minutes from when it is written', async t => {
  for (const way of ['link', 'code']) {
    const { app, db, emails, clock } = await office(t)
    await aStaffMember(db, { email })
    const browser = await ask(app)
    clock.now = noon.plus({ minutes: 3 })
    const [{ link, code } = { link: '', code: '' }] = await emails()
    const use = async () => (await (way === 'link'
      ? post(app, link, {}, browser)
      : post(app, '/staff/sign-in/code', { code }, browser))).statusCode

    clock.now = noon.plus({ minutes: 13 })
    t.not(await use(), 303, `${way} in the 11th minute`)
    clock.now = noon.plus({ minutes: 12, seconds: 59 })
    t.equal(await use(), 303, `${way} in the 10th`)
  }
})

t.test('of twenty tries at the code none is let in, and after five neither is the right one', async t => {
  const { app, db, emails } = await office(t)
  await aStaffMember(db, { email })
  const browser = await ask(app)
  const [{ link, code } = { link: '', code: '' }] = await emails()
  const notIt = (n: number) => String((Number(code.replace(' ', '')) + n) % 1_000_000).padStart(6, '0')

  for (let n = 1; n <= maxTries; n++) {
    const answer = await post(app, '/staff/sign-in/code', { code: notIt(n) }, browser)
    t.equal(answer.statusCode, 409)
    t.strictSame(perceived(answer).errors, [{ field: 'code', sentence: wrong }])
  }
  for (let n = 6; n <= 20; n++) t.equal((await post(app, '/staff/sign-in/code', { code }, browser)).statusCode, 409)

  t.equal((await post(app, link, {}, browser)).statusCode, 410, 'its link is dead too')
  t.equal(await db.staffSession.count(), 0)
})

t.test('of a hundred tries at once five are compared', async t => {
  const { app, db, emails } = await office(t)
  await aStaffMember(db, { email })
  const { cookie } = await ask(app)
  await emails()
  await db.signInToken.updateMany({ data: { codeHash: 'A'.repeat(43) } })
  await warm(db)

  await Promise.allSettled(Array.from({ length: 100 }, async (_, n) =>
    await signInByCode(db, String(n).padStart(6, '0'), { browser: cookie.split('=')[1] }, noon)))

  t.match(await db.signInToken.findMany(), [{ tries: maxTries, usedAt: null }])
})

t.test('of ten presses of “Sign in” with the right code at once, one signs in', async t => {
  const { app, db, emails } = await office(t)
  await aStaffMember(db, { email })
  const { cookie } = await ask(app)
  const [{ code } = { code: '' }] = await emails()
  await warm(db)

  const presses = await Promise.allSettled(Array.from({ length: 10 }, async () =>
    await signInByCode(db, code.replace(' ', ''), { browser: cookie.split('=')[1] }, noon)))

  t.equal(presses.filter(({ status }) => status === 'fulfilled').length, 1)
  t.equal(await db.staffSession.count(), 1)
})

t.test('the code works in no browser but the one that asked', async t => {
  const { app, db, emails } = await office(t)
  await aStaffMember(db, { email })
  const first = await ask(app)
  const [{ code } = { code: '' }] = await emails()

  for (const headers of [{}, await ask(app, 'nobody@council.example'), { cookie: '__Host-sign-in-letter=' }]) {
    t.equal((await post(app, '/staff/sign-in/code', { code }, headers)).statusCode, 409)
  }
  t.match(await db.signInToken.findMany(), [{ tries: 0 }], 'and nobody else uses its tries up')
  t.equal((await post(app, '/staff/sign-in/code', { code }, first)).statusCode, 303)
})

t.test('sign-in emails stand side by side, each in its browser, and leave a link from a terminal as it is', async t => {
  const { app, db, emails, clock } = await office(t)
  const member = await aStaffMember(db, { email })
  const printed = await aLink(db, member)
  const older = await ask(app)
  const [first] = await emails()
  clock.now = noon.plus({ minutes: 1 })
  const newer = await ask(app)
  const [second] = await emails()

  t.equal((await post(app, '/staff/sign-in/code', { code: second?.code ?? '' }, older)).statusCode, 409)
  t.equal((await post(app, '/staff/sign-in/code', { code: first?.code ?? '' }, older)).statusCode, 303)
  t.equal((await post(app, second?.link ?? '', {}, newer)).statusCode, 303)
  clock.now = noon.plus({ minutes: 59 })
  t.equal((await post(app, printed, {}, await ask(app, 'nobody@council.example'))).statusCode, 303)
})

/** Asks in a new browser from a network address, with the cookie it has already; returns its cookies and the answer. */
async function askFrom (app: FastifyInstance, ip: string, known = '') {
  const answer = await post(app, '/staff/sign-in', { email }, { 'x-forwarded-for': ip, cookie: known })
  return { status: answer.statusCode, cookie: setCookies(answer)[0]?.split(';')[0] ?? '' }
}

t.test('asking in someone else’s name does not keep them out, end their emails or fill their inbox', async t => {
  const { app, db, emails, clock } = await office(t, { rateLimits: true, trustProxy: '127.0.0.1' })
  await aStaffMember(db, { email })
  const own = await askFrom(app, '192.0.2.1')
  const [ownEmail] = await emails()

  const stranger = []
  for (let n = 0; n < 8; n++) stranger.push((await askFrom(app, '198.51.100.1')).status)
  const fromOneStranger = (await emails()).length
  const afterwards = await askFrom(app, '192.0.2.1')
  const [second] = await emails()

  t.strictSame(stranger, [303, 303, 303, 303, 303, 429, 429, 429])
  t.equal(fromOneStranger, 5)
  t.equal(afterwards.status, 303)
  t.ok(second, 'a person a stranger asks for has an email of her own')
  const signedIn = await post(app, '/staff/sign-in/code', { code: ownEmail?.code ?? '' }, { cookie: own.cookie })
  t.equal(signedIn.statusCode, 303, 'and the one of before still works')
  const known = setCookies(signedIn).find(cookie => cookie.includes('known='))?.split(';')[0] ?? ''

  await Promise.all(Array.from({ length: 30 }, async (_, n) => await askFrom(app, `203.0.113.${n}`)))
  t.equal((await emails()).length, 15 - 5 - 2, 'many strangers do not fill the inbox')
  t.equal((await askFrom(app, '192.0.2.77')).status, 303)
  t.strictSame(await emails(), [], 'nor does one more who is not known')

  const atHome = await askFrom(app, '203.0.113.1', known)
  const [third] = await emails()
  t.ok(third, 'while in her own browser she has hers, wherever she is')
  clock.now = noon.plus({ minutes: 9 })
  t.equal((await post(app, third?.link ?? '', {}, { cookie: atHome.cookie })).statusCode, 303)
})

t.test('a browser is known as its owner’s alone, and what makes it known opens nothing', async t => {
  const { app, db, emails } = await office(t, { rateLimits: true, trustProxy: '127.0.0.1' })
  const anne = await aStaffMember(db, { email })
  const insider = await signedIn(app, db)
  const [knownAsOther = '', knownAsAnne = ''] = [insider.member, anne].map(({ id }) =>
    `__Host-sign-in-known=${signedIds('known-browser', secretKey).tokenOf({ id, version: 0 })}`)

  await Promise.all(Array.from({ length: 7 }, async (_, n) => await askFrom(app, `203.0.113.${n}`, knownAsOther)))
  t.equal((await emails()).length, 5, 'someone else who works here is a stranger to her emails')
  t.equal(await db.signInToken.count({ where: { staffMemberId: anne.id, askedFrom: null } }), 0)
  t.equal((await app.inject({ url: '/staff', headers: { cookie: knownAsAnne } })).statusCode, 303)
  await askFrom(app, '192.0.2.1', knownAsAnne)
  t.equal((await emails()).length, 1)
  t.equal(await db.signInToken.count({ where: { staffMemberId: anne.id, askedFrom: null } }), 1)
})

t.test('of emails that are asked for at once no more are written than one after the other', async t => {
  const { db } = await office(t)
  const { id: staffMemberId } = await aStaffMember(db, { email })
  await warm(db)

  const write = async (request: Facts['sign-in.requested']) =>
    await writeSignInEmail(db, request, signInSecrets(secretKey)(request), noon)
  const written = await Promise.all(Array.from({ length: 30 }, async (_, n) => await write({
    staffMemberId, browserHash: `browser ${n}`, askedAt: noon.toISO(), askedFrom: n % 5
  })))
  const own = await Promise.all(Array.from({ length: 10 }, async (_, n) => await write({
    staffMemberId, browserHash: `own ${n}`, askedAt: noon.toISO()
  })))

  t.equal(written.filter(message => message !== undefined).length, maxForStrangers)
  t.equal(own.filter(message => message !== undefined).length, maxEmails)
})

t.test('strangers have 50 wrong codes a day between them; then only links work, save in known browsers', async t => {
  const { app, db, emails, clock } = await office(t)
  const { id } = await aStaffMember(db, { email })
  const codeOf = (browser: { cookie: string }, code: string) => post(app, '/staff/sign-in/code', { code }, browser)
  const [late, known] = [await ask(app), { cookie: '' }]
  const [first] = await emails()
  known.cookie = setCookies(await codeOf(late, first?.code ?? '')).find(cookie => cookie.includes('known='))?.split(';')[0] ?? ''
  await db.signInToken.createMany({
    data: Array.from({ length: 10 }, (_, n) => ({
      staffMemberId: id,
      tokenHash: `t ${n}`,
      browserHash: `b ${n}`,
      codeHash: 'c',
      tries: 5,
      askedFrom: n,
      createdAt: noon.minus({ hours: 1, minutes: n }).toJSDate(),
      expiresAt: noon.minus({ minutes: 50 }).toJSDate()
    }))
  })

  const stranger = await ask(app)
  const [second] = await emails()
  t.equal((await codeOf(stranger, second?.code ?? '')).statusCode, 409, 'the right code may be a guess as well')
  t.equal((await post(app, second?.link ?? '', {}, stranger)).statusCode, 303)
  const [mark = ''] = setCookies(await post(app, '/staff/sign-in', { email }, known))
  const [third] = await emails()
  t.equal((await codeOf({ cookie: mark.split(';')[0] ?? '' }, third?.code ?? '')).statusCode, 303)

  clock.now = noon.plus({ hours: 23, minutes: 1 })
  const nextDay = await ask(app)
  const [fourth] = await emails()
  t.equal((await codeOf(nextDay, fourth?.code ?? '')).statusCode, 303, 'until the day is over')
})

t.test('a wrong code leaves a trace: who it was aimed at, when, from which network and kind of browser', async t => {
  const { app, db, emails } = await office(t, { trustProxy: '127.0.0.1' })
  const { id } = await aStaffMember(db, { email, name: 'Anne O’Brien' })
  const { headers } = await signedIn(app, db)
  const browser = await ask(app)
  await emails()
  const from = (ip: string) => ({ ...browser, 'x-forwarded-for': ip, 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' })

  await post(app, '/staff/sign-in/code', { code: '1' }, from('198.51.100.77'))
  for (const ip of ['198.51.100.77', '2001:db8:7:8:9::1', '198.51.100.77', '198.51.100.77', '198.51.100.77', '198.51.100.77']) {
    await post(app, '/staff/sign-in/code', { code: '000000' }, from(ip))
  }
  const trail = await db.auditEntry.findMany({ where: { action: 'sign-in.refused' }, orderBy: { id: 'asc' } })
  const page = perceived(await app.inject({ url: '/staff/audit?who=stranger', headers }))

  t.strictSame(trail.map(({ staffMemberId, subject, details }) => ({ staffMemberId, subject, details })),
    ['198.51.100.0/24', '2001:db8:7::/48', '198.51.100.0/24', '198.51.100.0/24', '198.51.100.0/24'].map((network, n) => ({
      staffMemberId: null, subject: id, details: { try: n + 1, device: 'Firefox on Linux', network }
    })), 'each that is compared, and none beyond')
  t.match(page.text, 'Someone who was not signed in typed a wrong sign-in code for Anne O’Brien')
  t.match(page.text, 'Network: 198.51.100.0/24')
  t.notMatch(perceived(await app.inject({ url: '/staff/audit?who=terminal', headers })).text, 'typed a wrong sign-in code for Anne')
})

t.test('strangers, staff and those who left get the same answer in the same time, and cannot tell by the code either', async t => {
  const { app, db, emails } = await office(t)
  await aStaffMember(db, { email })
  await aStaffMember(db, { email: 'left@council.example', disabledAt: noon.toJSDate() })
  const addresses = [email, 'nobody@council.example', 'left@council.example']

  const answers = []
  for (const address of addresses) {
    const begunAt = performance.now()
    const { statusCode, body, headers } = await post(app, '/staff/sign-in', { email: address })
    const tookMs = performance.now() - begunAt
    t.ok(tookMs >= 395, 'no answer comes before the time that all answers take')
    const cookie = setCookies({ headers })[0]?.split(';')[0] ?? ''
    const page = await app.inject({ url: '/staff/sign-in/code', headers: { cookie } })
    answers.push({ cookie, seen: { statusCode, body, headers: { ...headers, 'set-cookie': masked(headers), date: '' }, page: page.body } })
  }
  t.strictSame(answers[1]?.seen, answers[0]?.seen)
  t.strictSame(answers[2]?.seen, answers[0]?.seen)
  t.equal((await emails()).length, 1)

  const tries = []
  for (const { cookie } of answers) {
    const begunAt = performance.now()
    const { statusCode, body } = await post(app, '/staff/sign-in/code', { code: '000000' }, { cookie })
    t.ok(performance.now() - begunAt >= 395)
    tries.push({ statusCode, body })
  }
  t.strictSame(tries[1], tries[0])
  t.strictSame(tries[2], tries[0])
})

function masked (headers: Record<string, unknown>): string[] {
  return setCookies({ headers }).map(cookie => cookie.replace(/=[\w-]{43};/, '=…;').replace(/Expires=[^;]*/, 'Expires=…'))
}

t.test('what the browser is known by again is as safe as a cookie can be under https, and is taken under http', async t => {
  const secure = await office(t)
  const plain = await office(t, { publicUrl: 'http://localhost:3000' })

  t.match(setCookies(await post(secure.app, '/staff/sign-in', { email })),
    [/^__Host-sign-in-letter=[\w-]{43}; Max-Age=1200; Path=\/; HttpOnly; Secure; SameSite=Lax$/])
  t.match(setCookies(await post(plain.app, '/staff/sign-in', { email })),
    [/^sign-in-letter=[\w-]{43}; Max-Age=1200; Path=\/; HttpOnly; SameSite=Lax$/])
})

t.test('a mark that someone planted in a browser is replaced, so that nobody can use its email with it', async t => {
  const { app, db, emails } = await office(t)
  await aStaffMember(db, { email })
  const planted = { cookie: `__Host-sign-in-letter=${'A'.repeat(43)}` }

  const asked = await post(app, '/staff/sign-in', { email }, planted)
  const [{ link, code } = { link: '', code: '' }] = await emails()

  t.not(setCookies(asked)[0]?.split(';')[0], planted.cookie)
  t.equal((await post(app, link, {}, planted)).statusCode, 409)
  t.equal((await post(app, '/staff/sign-in/code', { code }, planted)).statusCode, 409)
})

t.test('neither the queue nor the database holds anything that signs in', async t => {
  const { app, db, emails } = await office(t)
  await aStaffMember(db, { email })
  const { cookie } = await ask(app)
  const queued = JSON.stringify(await announced(db, 'sign-in.requested'))
  const [{ link, code } = { link: '', code: '' }] = await emails()

  const kept = JSON.stringify([await db.signInToken.findMany(), await announced(db, 'sign-in.requested'), queued])

  for (const secret of [link.split('/').at(-1), code.replace(' ', ''), cookie.split('=')[1], email]) {
    t.notMatch(kept, String(secret))
  }
  const [{ browserHash, tokenHash } = { browserHash: '', tokenHash: '' }] = await db.signInToken.findMany()
  t.equal((await post(app, '/staff/sign-in/code', { code }, { cookie: `__Host-sign-in-letter=${browserHash}` })).statusCode, 409)
  t.equal((await post(app, `/staff/sign-in/${tokenHash}`, {}, { cookie })).statusCode, 410)
})

t.test('an email tried again, as after a mail server’s fault, is the same email, and keeps the tries', async t => {
  const { app, db } = await office(t)
  await aStaffMember(db, { email })
  const browser = await ask(app)
  const [data] = await announced(db, 'sign-in.requested')
  const written: StaffEmail[] = []
  const write = async (fails = false) => await sendSignInEmails({
    db,
    clock: () => noon,
    publicUrl: '',
    signInSecrets: signInSecrets(secretKey),
    post: async email => {
      if (fails) throw new Error('The mail server is away.')
      written.push(email)
    }
  }, data === undefined ? [] : [data])

  t.match(await write(true), [{ status: 'rejected' }])
  await write()
  for (let n = 0; n < 3; n++) await post(app, '/staff/sign-in/code', { code: '500000' }, browser)
  const tries = (await db.signInToken.findFirst())?.tries
  await write()

  t.match(await db.signInToken.findMany(), [{ tries }])
  t.strictSame(written[1], written[0], 'a copy of it is good, whichever they open')
  t.equal((await post(app, String(written[0]?.model.url), {}, browser)).statusCode, 303)
  await write()
  t.equal(written.length, 2, 'and none comes once it has been used')
})

t.test('the next email to sign in with has another link and another code', async t => {
  const { db } = await office(t)
  const { id: staffMemberId } = await aStaffMember(db, { email })
  const requests = [
    { staffMemberId, browserHash: 'one', askedAt: noon.toISO() },
    { staffMemberId, browserHash: 'one', askedAt: noon.plus({ milliseconds: 1 }).toISO() },
    { staffMemberId, browserHash: 'two', askedAt: noon.toISO() },
    { staffMemberId: randomUUID(), browserHash: 'one', askedAt: noon.toISO() }
  ]
  const secrets = [...requests.map(signInSecrets(secretKey)), ...requests.map(signInSecrets(`another ${secretKey}`))]

  t.equal(new Set(secrets.map(({ token }) => token)).size, 8)
  t.equal(new Set(secrets.map(({ code }) => code)).size, 8)
  t.ok(secrets.every(({ token, code }) => /^[\w-]{43}$/.test(token) && /^\d{6}$/.test(code)))
})

const asked = { browserHash: 'mine', askedAt: noon, askedFrom: 7 }
const other = (secondsBefore: number, n = 0, askedFrom: number | undefined = 7) =>
  ({ browserHash: `other ${n}`, askedAt: noon.minus({ seconds: secondsBefore }), askedFrom, isUsed: false, tries: 0 })
const cases = [
  { what: 'that was just asked for is written', written: [], late: 0, is: true },
  { what: 'is written while someone may still wait for it', written: [], late: 599, is: true },
  { what: 'for which nobody waits any more is not', written: [], late: 600, is: false },
  { what: 'is written after an earlier one', written: [other(1)], late: 0, is: true },
  { what: 'is written after a newer one', written: [other(-1)], late: 2, is: true },
  { what: 'is written again where its first try was not used', written: [{ ...other(0), browserHash: 'mine' }], late: 5, is: true },
  { what: 'is not written again where it was used', written: [{ ...other(0), browserHash: 'mine', isUsed: true }], late: 5, is: false },
  { what: 'is not written again where too many codes were tried', written: [{ ...other(0), browserHash: 'mine', tries: 5 }], late: 5, is: false },
  { what: 'is the fifth in a quarter of an hour', written: [1, 2, 3, 4].map(n => other(100 * n, n)), late: 0, is: true },
  { what: 'is not the sixth', written: [1, 2, 3, 4, 5].map(n => other(100 * n, n)), late: 0, is: false },
  { what: 'is the sixth, after a quarter of an hour', written: [1, 2, 3, 4, 9].map(n => other(100 * n, n)), late: 0, is: true }
]

t.test('a first request gets an email, whatever one stranger did; in one’s own browser, whatever all did', async t => {
  const asking = fc.record({ seconds: fc.nat(1800), from: fc.nat(3) })
  fc.assert(fc.property(fc.array(asking, { maxLength: 200 }), askings => {
    const written: Array<ReturnType<typeof other>> = []
    for (const [n, { seconds, from }] of askings.toSorted((one, next) => one.seconds - next.seconds).entries()) {
      const now = noon.plus({ seconds })
      const message = { ...other(-seconds, n, from) }
      if (isToBeWritten(message, written, now)) written.push(message)
    }
    const last = noon.plus({ seconds: askings.reduce((late, { seconds }) => Math.max(late, seconds), 0) })
    const lately = written.filter(({ askedAt }) => askedAt > last.minus({ minutes: maxEmailsMinutes }))
    const mine = { browserHash: 'mine', askedAt: last }

    t.ok(lately.length <= maxForStrangers)
    t.ok([0, 1, 2, 3].every(from => lately.filter(({ askedFrom }) => askedFrom === from).length <= maxEmails))
    t.ok(isToBeWritten({ ...mine, askedFrom: undefined }, written, last))
    t.equal(isToBeWritten({ ...mine, askedFrom: 9 }, written, last), lately.length < maxForStrangers)
  }), { numRuns: 200 })
})

for (const { what, written, late, is } of cases) {
  t.test(`a sign-in email ${what}`, async t => {
    t.equal(isToBeWritten(asked, written, noon.plus({ seconds: late })), is)
  })
}

t.test('what is wrong with an address or a code is said at its field, and what was typed is kept', async t => {
  const { app, db } = await office(t)

  for (const [typed, sentence] of [
    ['', 'Enter your email address'], ['  ', 'Enter your email address'],
    ['anne', 'Enter an email address like name@council.gov.uk'],
    ['a\nb@council.example', 'Enter an email address like name@council.gov.uk'],
    [`${'a'.repeat(250)}@council.example`, 'Email address must be 254 characters or fewer']
  ] as const) {
    const answer = await post(app, '/staff/sign-in', { email: typed })
    t.equal(answer.statusCode, 400)
    t.strictSame(perceived(answer).errors, [{ field: 'email', sentence }])
    t.ok(perceived(answer).has('email'))
  }
  t.match((await post(app, '/staff/sign-in', { email: '"><b>' })).body, 'value="&quot;&gt;&lt;b&gt;"')
  t.strictSame(perceived(await post(app, '/staff/sign-in', 'email=a%40b.example&email=c%40d.example')).errors,
    [{ field: 'email', sentence: 'Email address must be given only once' }])
  t.match(perceived(await post(app, '/staff/sign-in', { email, role: 'admin' })).errors, [{ field: 'form' }])
  for (const [code, sentence] of [
    ['', 'Enter the code from the email'], ['12345', 'The code is 6 digits, like 123 456'],
    ['12345a', 'The code is 6 digits, like 123 456'], ['١٢٣٤٥٦', 'The code is 6 digits, like 123 456'],
    ['1'.repeat(9000), 'The code is 6 digits, like 123 456']
  ] as const) {
    const answer = await post(app, '/staff/sign-in/code', { code })
    t.equal(answer.statusCode, 400)
    t.strictSame(perceived(answer).errors, [{ field: 'code', sentence }])
    t.ok(perceived(answer).has('code'))
  }
  t.equal((await post(app, '/staff/sign-in', { email }, { 'sec-fetch-site': 'cross-site' })).statusCode, 403)
  t.equal(await db.signInToken.count(), 0)
  t.strictSame(await announced(db, 'sign-in.requested'), [])
})

t.test('one network address asks, and tries codes, a hundred times in ten minutes', async t => {
  const { app } = await office(t, { rateLimits: true })

  for (const url of ['/staff/sign-in', '/staff/sign-in/code']) {
    const answers = []
    // Empty forms are counted as well, and answered at once.
    for (let n = 1; n <= 101; n++) answers.push((await post(app, url, {})).statusCode)

    t.strictSame(answers, [...Array<number>(100).fill(400), 429], url)
  }
})

t.test('an email that is refused for good is not tried again, and one that is refused for now is', async t => {
  const its = await office(t)
  await aStaffMember(its.db, { email })
  await ask(its.app)
  const [job] = await its.boss.fetch<Facts['sign-in.requested']>('sign-in.requested')
  if (job === undefined) throw new Error('No email is due.')
  const warned: object[] = []
  const endWhere = async (isFinal: boolean) => {
    const refusal = new MailRefused({ code: 'EENVELOPE', isFinal, answer: 'No' })
    const mailer = { ...keeping(), send: async () => { throw refusal } }
    const log = { warn: (said: object) => { warned.push(said) } }
    return await sendSignInEmails(staffContextWith(its, mailer, log), [job.data])
  }

  t.match(await endWhere(true), [{ status: 'fulfilled' }])
  t.match(await endWhere(false), [{ status: 'rejected', reason: { isFinal: false } }])
  t.strictSame(warned.map(said => Object.keys(said)), [['err', 'kind']], 'the log says so, without an address')
})
