import { createHmac, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { bookingLinks } from '../../../src/booking/bookings/link.ts'
import { loadConfig } from '../../../src/platform/config.ts'
import { returnPaths } from '../../../src/mail/emails/return-path.ts'
import { secretKey } from '../../support/world.ts'

const paths = returnPaths(secretKey)
const address = 'bounces@example.org'

function idBytes (id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex')
}

/** A token with a forged signature of an id. */
function asToken (id: string, signature: Buffer): string {
  const bytes = Buffer.concat([idBytes(id), signature.subarray(0, 12)])
  return BigInt(`0x${bytes.toString('hex')}`).toString(32).padStart(45, '0')
}

t.test('what comes back to an email’s own address leads to that email', async () => {
  fc.assert(fc.property(fc.uuid({ version: [1, 4, 7] }), id =>
    paths.emailIdIn(paths.returnPathOf(id, address)) === id))
})

t.test('mail systems may write it in capitals, in quotes, in brackets or inside another address', async t => {
  const id = randomUUID()
  const path = paths.returnPathOf(id, address)
  const token = path.slice('bounces+'.length, -'@example.org'.length)

  for (const text of [
    path.toUpperCase(), `<${path}>`, `"bounces+${token}"@example.org`, `rfc822;${path}`, `"Bounces, ours" <${path}>, x@y.z`,
    `SRS0=2Tk=9Q=example.org=bounces+${token}@forwarder.example`, `+${'0'.repeat(45)}@example.org, ${path}`
  ]) t.equal(paths.emailIdIn(text), id, text)
})

t.test('the part before the @ fits into 64 octets with the longest address that may be set', async t => {
  const longest = `${'b'.repeat(18)}@example.org`
  t.equal(loadConfig({ BOUNCE_ADDRESS: longest }).bounceAddress, longest)

  const path = paths.returnPathOf('ffffffff-ffff-ffff-ffff-ffffffffffff', longest)

  t.match(path, /^b{18}\+[\da-v]{45}@example\.org$/)
  t.equal(path.lastIndexOf('@'), 64)
})

t.test('nothing counts that this service did not sign for this purpose', async t => {
  const id = randomUUID()
  const path = paths.returnPathOf(id, address)
  const at = path.indexOf('@')
  const other = paths.returnPathOf(randomUUID(), address)

  for (const [text, why] of [
    [returnPaths('another key that is long enough too').returnPathOf(id, address), 'by another key'],
    [`bounces+${asToken(id, Buffer.from(bookingLinks(secretKey).tokenOf({ id, linkVersion: 0 }), 'base64url').subarray(16))}@example.org`,
      'for another purpose'],
    [`bounces+${asToken(id, createHmac('sha256', secretKey).update(idBytes(id)).digest())}@example.org`, 'for none'],
    [path.slice(0, at - 19) + other.slice(at - 19), 'the signature of another email'],
    [path.slice(0, at - 1) + (path[at - 1] === '0' ? '1' : '0') + path.slice(at), 'changed at its end'],
    [path.replace('+', '+v'), 'longer'],
    [path.slice(0, at - 1) + path.slice(at), 'shorter'],
    [`bounces+${'v'.repeat(45)}@example.org`, 'more than its bytes'],
    [path.replace('bounces+', 'bounces'), 'beside the address'],
    [path.replace('@', ' at '), 'not as an address'],
    ['bounces@example.org', 'without any'], ['', 'nothing']
  ] as const) t.equal(paths.emailIdIn(text), undefined, why)
})

t.test('no text makes it fail', async () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), text => paths.emailIdIn(`+${text}@`) === undefined))
})
