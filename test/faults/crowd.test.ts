import { once } from 'node:events'
import { connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import t from 'tap'
import type { Test } from 'tap'
import { counted } from '../support/counted.ts'
import { isWhole } from '../support/depth.ts'
import { eventually, postBooking } from '../support/running-service.ts'
import { expectSound } from '../support/sound.ts'
import { service } from '../support/service.ts'
import { anActivity } from '../support/world.ts'

async function listening (t: Test) {
  const { app, db } = await service(t)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { slug } = await anActivity(db, { capacity: 1_000 })
  const { port } = app.server.address() as AddressInfo
  return { app, db, slug, port, url: `http://127.0.0.1:${port}` }
}

async function connections (t: Test, port: number, count: number): Promise<Socket[]> {
  const sockets: Socket[] = []
  t.teardown(() => { for (const socket of sockets) socket.destroy() })
  while (sockets.length < count) {
    // No more at once than the kernel lets wait.
    const some = Array.from({ length: Math.min(200, count - sockets.length) }, () => connect(port, '127.0.0.1'))
    for (const socket of some) socket.on('error', () => {}) // It is meant to be closed.
    await Promise.all(some.map(async socket => await once(socket, 'connect')))
    sockets.push(...some)
  }
  return sockets
}

async function bookTwenty (url: string, slug: string): Promise<string[]> {
  const emails = Array.from({ length: 20 }, () => `${crypto.randomUUID()}@example.org`)
  const answers = await Promise.all(emails.map(async email => await postBooking(url, slug, { email })))
  return emails.filter((_, n) => answers[n] === 303)
}

t.test('beside 2,000 connections that ask for nothing everyone books', async t => {
  const { app, db, slug, port, url } = await listening(t)
  await connections(t, port, 2_000)
  const haveAll = async () => await new Promise<boolean>(resolve => {
    app.server.getConnections((_, n) => { resolve(n >= 2_000) })
  })
  await eventually(haveAll)

  const answered = await bookTwenty(url, slug)

  t.equal(answered.length, 20)
  counted(t, '2,000 idle connections', { answered, found: (await db.booking.findMany()).map(({ email }) => email ?? '') })
  await expectSound(db)
})

t.test('beside 200 who send one byte a second everyone books, and those are closed in the end', async t => {
  const { app, db, slug, port, url } = await listening(t)
  const form = 'name=Anne+Kirkbride&role=parent&email=slow%40example.org'
  const sockets = await connections(t, port, 200)
  let sent = 0
  for (const [n, socket] of sockets.entries()) {
    const head = `POST /activities/${slug}/book HTTP/1.1\r\nHost: localhost\r\n`
    // Half of them never come to the end of what stands before the form.
    socket.write(n % 2 === 0
      ? head
      : `${head}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${10 * form.length}\r\n\r\n`)
  }
  const second = setInterval(() => {
    for (const socket of sockets) if (!socket.destroyed) socket.write('x')
    sent++
  }, 1_000)
  t.teardown(() => { clearInterval(second) })

  const answered = await bookTwenty(url, slug)
  await eventually(() => sent > 0)
  answered.push(...await bookTwenty(url, slug))

  t.equal(answered.length, 40)
  t.match(app.server, { requestTimeout: 30_000, timeout: 60_000 }, 'after which Node closes them')
  if (isWhole) await eventually(() => sockets.every(({ destroyed }) => destroyed))
  counted(t, 'One byte a second', { answered, found: (await db.booking.findMany()).map(({ email }) => email ?? '') })
  await expectSound(db)
})
