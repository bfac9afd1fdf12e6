import { pino } from 'pino'
import t from 'tap'
import type { Test } from 'tap'
import { service } from '../../support/service.ts'

/** Requests a page from each peer in turn, with its forwarded address, and returns the warnings in the log. */
async function warnedOf (
  t: Test, trustProxy: string | undefined, requests: ReadonlyArray<[peer: string, forwarded?: string]>
) {
  const lines: string[] = []
  const log = pino({ level: 'warn' }, { write: (line: string) => { lines.push(line) } })
  const { app } = await service(t, { log, trustProxy })
  for (const [remoteAddress, forwarded] of requests) {
    await app.inject({ url: '/help', remoteAddress, headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded } })
  }
  return lines.map(line => JSON.parse(line) as { msg: string, proxy?: string })
}

t.test('a proxy that is not trusted is warned of once, by its address', async t => {
  const warned = await warnedOf(t, undefined, [
    ['172.18.0.1'], ['172.18.0.1', '198.51.100.7'], ['172.18.0.1', '198.51.100.8'], ['::ffff:10.0.0.9', '198.51.100.8']
  ])

  t.equal(warned.length, 1)
  t.match(warned, [{ proxy: '172.18.0.1', msg: /TRUST_PROXY does not name.*set TRUST_PROXY to it/ }])
})

t.test('a stranger who writes the header is warned of once without their address, and hides no proxy', async t => {
  const warned = await warnedOf(t, '10.0.0.0/8', [
    ['198.51.100.1', '1.2.3.4'], ['198.51.100.2', '1.2.3.4'], ['fd00::1', '1.2.3.4']
  ])

  t.strictSame(warned.map(({ proxy }) => proxy), [undefined, 'fd00::1'])
  t.notMatch(JSON.stringify(warned[0]), '198.51')
})

t.test('a proxy that is trusted is not warned of, nor is a peer that forwards nothing', async t => {
  t.strictSame(await warnedOf(t, 'uniquelocal', [['172.18.0.1', '198.51.100.7'], ['10.0.0.1', '::1, 10.0.0.2'], ['198.51.100.1']]), [])
})
