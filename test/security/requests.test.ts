import { once } from 'node:events'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { newFactorSecret } from '../../src/identity/second-factor/authenticator.ts'
import { aForm, perceived, post, service } from '../support/service.ts'
import { signedIn } from '../support/staff.ts'
import { anActivity } from '../support/world.ts'

/** The first line that the service answers to these bytes. */
async function answerTo (app: FastifyInstance, bytes: string): Promise<string> {
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  await once(socket, 'connect')
  const answered = once(socket, 'data') as Promise<[Buffer]>
  socket.write(bytes)
  const [first] = await answered
  socket.destroy()
  return first.toString('latin1').split('\r\n')[0] ?? ''
}

t.test('a request whose end is said in two ways is refused', async t => {
  const { app } = await service(t)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const begin = 'POST /find-my-booking HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n'

  for (const [what, bytes] of [
    ['both lengths', `${begin}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n`],
    ['two lengths', `${begin}Content-Length: 4\r\nContent-Length: 5\r\n\r\na=bc`],
    ['an encoding that is none', `${begin}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ['a space before the colon', `${begin}Content-Length : 4\r\n\r\na=bc`]
  ] as const) t.match(await answerTo(app, bytes), 'HTTP/1.1 400', what)
  t.match(await answerTo(app, 'GET /help HTTP/1.1\r\nHost: x\r\n\r\n'), 'HTTP/1.1 200')
})

t.test('what is sent is decoded once: what looks encoded within it stays as it was typed', async t => {
  const { app, db } = await service(t)
  const { slug } = await anActivity(db)
  const question = '%3Cb%3E &lt;b&gt; %2527 \\u003c + &amp;amp;'

  t.equal((await post(app, `/activities/${slug}/book`, aForm('anne@example.org', { question }))).statusCode, 303)

  t.equal((await db.booking.findFirst())?.question, question)
  t.equal((await app.inject(`/activities/${slug.replace('-', '%252D')}`)).statusCode, 404)
})

t.test('a form that names what every object has changes no object', async t => {
  const { app, db } = await service(t)
  const { slug } = await anActivity(db)
  const form = new URLSearchParams(aForm('anne@example.org')).toString()

  for (const more of ['__proto__[admin]=yes', '__proto__=x', 'constructor[prototype][admin]=yes', 'toString=x']) {
    t.equal((await post(app, `/activities/${slug}/book`, `${form}&${more}`)).statusCode, 400, more)
  }

  t.notOk('admin' in {})
  t.equal(String({}), '[object Object]')
  t.equal(await db.booking.count(), 0)
})

t.test('a field in the address, or in a cookie, is not one of the form', async t => {
  const { app, db } = await service(t)
  const { slug } = await anActivity(db)
  const { name: _, ...form } = aForm('anne@example.org')

  const answer = await post(app, `/activities/${slug}/book?name=Anne+Kirkbride`, form, { cookie: 'name=Anne' })

  t.equal(answer.statusCode, 400)
  t.match(perceived(answer).errors, [{ field: 'name' }])
})

t.test('beside what changes how someone signs in stands how to sign out everywhere else', async t => {
  const { app, db } = await service(t)
  const { headers, member } = await signedIn(app, db)
  await db.staffMember.update({
    where: { id: member.id }, data: { factorSealed: newFactorSecret(), factorSince: new Date() }
  })
  await signedIn(app, db)
  await db.staffSession.updateMany({ data: { staffMemberId: member.id } })

  const { body } = await app.inject({ url: '/staff/account?done=factor', headers })

  t.match(body, 'action="/staff/account/other-sessions/end"')
})

t.test('every page of those who are signed in has the button to sign out', async t => {
  const { app, db } = await service(t)
  const { slug } = await anActivity(db)
  const { headers } = await signedIn(app, db)

  for (const url of ['/staff', '/staff/account', '/staff/audit', `/staff/activities/${slug}`, '/staff/none-such']) {
    t.match((await app.inject({ url, headers })).body, 'action="/staff/sign-out"', url)
  }
})
