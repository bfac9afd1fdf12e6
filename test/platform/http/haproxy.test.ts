import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import http from 'node:http'
import type { IncomingHttpHeaders, RequestOptions } from 'node:http'
import https from 'node:https'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { axe, openPage, scrollsSideways, withBrowser } from '../../browser/chromium.ts'
import { certificates } from '../../support/certificates.ts'
import { startHaproxy, withHaproxy } from '../../support/haproxy.ts'
import { eventually } from '../../support/running-service.ts'

interface Answer { status: number, headers: IncomingHttpHeaders, body: string }

t.test('HAProxy with the settings that we ship', withHaproxy, async t => {
  const { authority, cert, key, folder } = await certificates(t)
  const pem = join(folder, 'both')
  await writeFile(pem, cert + key)
  const service = await aService()
  t.teardown(service.close)
  const proxy = await startHaproxy({ port: service.port, pem, folder })
  t.teardown(proxy.close)

  const overTls = async (path: string, options: RequestOptions = {}, body = '') =>
    await ask(https.request({ host: '127.0.0.1', port: proxy.https, path, ca: authority, servername: '', ...options }), body)
  const inTheClear = async (path: string, options: RequestOptions = {}) =>
    await ask(http.request({ host: '127.0.0.1', port: proxy.http, path, ...options }))

  await t.test('says who asks, whatever a browser says, and keeps addresses of pages out of its log', async t => {
    const headers = { host: 'workshops.example.org', 'x-forwarded-for': '203.0.113.9' }
    const { status, headers: said, body } = await overTls('/bookings/a-secret', { headers })

    t.equal(status, 200)
    t.match(JSON.parse(body), {
      'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'workshops.example.org'
    })
    t.equal(said['content-security-policy'], "default-src 'self'", 'what the service says stays')
    t.equal(said['cache-control'], 'max-age=60')
    await eventually(() => /GET 200 \d+ \d+/.test(proxy.log()))
    t.notMatch(proxy.log(), /a-secret/)
  })

  await t.test('leads pages to https, and lets no program send a secret in the clear', async t => {
    const { status, headers } = await inTheClear('/activities/one?from=email', { headers: { host: 'workshops.example.org' } })
    t.equal(status, 301)
    t.equal(headers.location, 'https://workshops.example.org/activities/one?from=email')
    t.equal((await inTheClear('/activities/one/book', { method: 'POST' })).status, 403)
    for (const path of ['/bounces', '/health/ready', '/feeds/secret.ics', '/calendar/secret']) {
      t.equal((await inTheClear(path)).status, 403, path)
    }
  })

  await t.test('passes on 25 MB', async t => {
    const { status } = await overTls('/staff/reports', { method: 'POST' }, 'a'.repeat(25_000_000))
    t.equal(status, 200)
  })

  await t.test('hundreds who send their form slowly take up no room', async t => {
    const slow = await Promise.all(Array.from({ length: 450 }, async () => {
      const socket = connect(proxy.plain, '127.0.0.1').on('error', () => {})
      await once(socket, 'connect')
      socket.write('POST /slow HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nname=')
      return socket
    }))
    t.teardown(() => { slow.forEach(socket => { socket.destroy() }) })

    t.equal((await overTls('/')).status, 200)
    t.notOk(service.asked.includes('/slow'), 'the service hears of none')
  })

  await t.test('has 200 served and 200 wait for a second, and answers all others at once', async t => {
    const answers: Answer[] = []
    const all = Array.from({ length: 450 }, async () => {
      answers.push(await overTls('/held'))
    })
    await eventually(() => answers.length >= 50)
    t.ok(service.held() <= 200)
    // What HAProxy passed on is held as soon as this process, which also makes 450 connections, comes to read it.
    await eventually(() => answers.length === 250 && service.held() === 200)
    service.release()
    await Promise.all(all)

    const away = answers.filter(({ status }) => status === 503)
    t.equal(away.length, 250)
    t.equal(answers.filter(({ status }) => status === 200).length, 200, 'nobody who is being served is broken off')
    const seconds = new Set(away.map(({ headers }) => Number(headers['retry-after'])))
    t.ok([...seconds].every(each => each >= 3 && each <= 10))
    t.ok(seconds.size > 1, 'they do not come back together')
    t.match(away[0], {
      headers: { 'cache-control': 'no-store', 'content-type': 'text/html; charset=utf-8' },
      body: /<h1>Sorry, we cannot answer just now<\/h1>/
    })
  })

  await t.test('shows a page that everyone can use when the service does not answer', withBrowser, async t => {
    await service.close()
    await eventually(async () => await overTls('/').then(({ status }) => status === 503, () => false))
    t.match((await overTls('/')).headers, {
      'strict-transport-security': /max-age/, 'content-security-policy': /default-src 'none'/, 'cache-control': 'no-store'
    })
    for (const width of [320, 1280]) {
      const page = await openPage(t, { viewport: { width, height: 640 }, ignoreHTTPSErrors: true })
      await page.goto(`https://127.0.0.1:${proxy.https}/activities/one`)
      t.equal(await page.locator('h1').textContent(), 'Sorry, we cannot answer just now')
      t.strictSame(await axe(page), [])
      t.notOk(await scrollsSideways(page))
      t.equal(await page.evaluate('getComputedStyle(document.querySelector("header")).backgroundColor'), 'rgb(18, 63, 69)')
    }
  })
})

/** A service that answers with the headers it was sent; to `/held` only when it is told to. */
async function aService () {
  const asked: string[] = []
  const held: Array<() => void> = []
  const server = http.createServer((request, response) => {
    asked.push(request.url ?? '')
    request.resume().once('end', () => {
      const answer = () => {
        response.setHeader('content-security-policy', "default-src 'self'").setHeader('cache-control', 'max-age=60')
        response.end(JSON.stringify(request.headers))
      }
      if (request.url === '/held') held.push(answer)
      else answer()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    held: () => held.length,
    release () { held.forEach(answer => { answer() }) },
    async close () {
      if (!server.listening) return
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    }
  }
}

async function ask (request: http.ClientRequest, body = ''): Promise<Answer> {
  request.end(body)
  const [response] = await once(request, 'response') as [http.IncomingMessage]
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) }
}
