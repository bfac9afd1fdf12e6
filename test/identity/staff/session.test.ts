import t from 'tap'
import { noon } from '../../support/world.ts'
import { post, service } from '../../support/service.ts'
import { signedIn } from '../../support/staff.ts'
import { isDueANote, isOver } from '../../../src/identity/staff/session-life.ts'

const lives = [
  { what: 'just opened', age: 0, idle: 0, over: false },
  { what: 'left for just under half an hour', age: 100, idle: 29.9, over: false },
  { what: 'left for half an hour', age: 100, idle: 30, over: true },
  { what: 'in use for just under 12 hours', age: 719.9, idle: 1, over: false },
  { what: 'in use for 12 hours', age: 720, idle: 1, over: true }
]

for (const { what, age, idle, over } of lives) {
  t.test(`a session ${what} is ${over ? '' : 'not '}over`, async t => {
    const life = { createdAt: noon.minus({ minutes: age }), lastSeenAt: noon.minus({ minutes: idle }) }

    t.equal(isOver(life, noon), over)
  })
}

t.test('when a session was seen is noted at most once a minute', async t => {
  t.equal(isDueANote({ createdAt: noon, lastSeenAt: noon.minus({ seconds: 59 }) }, noon), false)
  t.equal(isDueANote({ createdAt: noon, lastSeenAt: noon.minus({ seconds: 60 }) }, noon), true)
})

t.test('someone who reads on stays signed in, and is signed out after half an hour away', async t => {
  let now = noon
  const { app, db } = await service(t, { clock: () => now })
  const { headers } = await signedIn(app, db)
  const look = async () => (await app.inject({ url: '/staff', headers })).statusCode

  for (const minutes of [20, 40, 60]) {
    now = noon.plus({ minutes })
    t.equal(await look(), 200, `after ${minutes} minutes`)
  }
  now = noon.plus({ minutes: 90 })

  t.equal(await look(), 303)
})

t.test('nobody stays signed in for more than 12 hours, however busy', async t => {
  let now = noon
  const { app, db } = await service(t, { clock: () => now })
  const { headers } = await signedIn(app, db)

  const answers: number[] = []
  for (let minutes = 25; minutes <= 725; minutes += 25) {
    now = noon.plus({ minutes })
    answers.push((await app.inject({ url: '/staff', headers })).statusCode)
  }

  t.equal(answers.at(-2), 200)
  t.equal(answers.at(-1), 303)
})

t.test('looking twice within a minute writes nothing', async t => {
  let now = noon
  const { app, db } = await service(t, { clock: () => now })
  const { headers } = await signedIn(app, db)

  now = noon.plus({ seconds: 59 })
  await app.inject({ url: '/staff', headers })

  t.strictSame((await db.staffSession.findFirst())?.lastSeenAt, noon.toJSDate())
})

t.test('someone who signs out is out, also with a cookie that was kept', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db)

  const answer = await post(app, '/staff/sign-out', {}, headers)

  t.equal(answer.statusCode, 303)
  t.match(answer.headers['set-cookie'], /^__Host-session=; .*Expires=Thu, 01 Jan 1970/)
  t.equal((await app.inject({ url: '/staff', headers })).statusCode, 303)
  t.equal((await post(app, '/staff/sign-out', {}, headers)).statusCode, 303, 'twice does no harm')
  t.equal(await db.auditEntry.count({ where: { action: 'staff.signed-out' } }), 1)
})

t.test('someone who may no longer work here is out at their next request', async t => {
  const { app, db } = await service(t)
  const { headers, member } = await signedIn(app, db)

  await db.staffMember.update({ where: { id: member.id }, data: { disabledAt: noon.toJSDate() } })

  t.equal((await app.inject({ url: '/staff', headers })).statusCode, 303)
})

t.test('pages for everyone neither read nor set a cookie', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db)

  for (const url of ['/', '/help', '/cookies']) {
    const answer = await app.inject({ url, headers })
    t.equal(answer.headers['set-cookie'], undefined, url)
    t.notMatch(answer.body, 'Olu Organiser', url)
  }
})
