import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { bookingLinks, joinLinks } from '../../../src/booking/bookings/link.ts'
import { secretKey } from '../../support/world.ts'

const links = bookingLinks(secretKey)
const a = (linkVersion = 0) => ({ id: randomUUID() as string, linkVersion })

t.test('a token says the booking and the version that it was made for, and nothing of another purpose does', async t => {
  fc.assert(fc.property(fc.uuid(), fc.oneof(fc.constant(0), fc.nat(0xffff_ffff)), (id, linkVersion) => {
    const token = links.tokenOf({ id, linkVersion })
    t.strictSame(links.read(token), { id, linkVersion })
    t.equal(joinLinks(secretKey).read(token), undefined)
  }), { numRuns: 50 })
})

t.test('links in emails that went out before there were versions are those of the first', async t => {
  const id = '0b9d7a6e-6a3e-4c1e-9a59-0d8b8a1f2c3d'
  const [link, wayIn] = [
    'C516bmo-TB6aWQ2Lih8sPSXS3I5lP6hhukpZlLd0VJPo3Z463FwGbHvByyH85VjT',
    'C516bmo-TB6aWQ2Lih8sPe2TJR8l_6EyTcisef4941kCJsbdmt0PSoi05SdHiGNc'
  ]

  t.strictSame(links.read(link), { id, linkVersion: 0 })
  t.strictSame(joinLinks(secretKey).read(wayIn), { id, linkVersion: 0 })
  t.equal(links.tokenOf({ id, linkVersion: 0 }), link)
})

t.test('a token signed with another key opens nothing', async t => {
  const forged = bookingLinks('another key that is long enough to be a key').tokenOf(a())

  t.equal(links.read(forged), undefined)
})

t.test('a signature for one booking does not open another, nor one for a version another version', async t => {
  const one = a(1)
  const pairs = [[a(), a()], [one, { ...one, linkVersion: 2 }], [one, { ...one, linkVersion: 0 }]] as const
  for (const [first, second] of pairs) {
    const [bytes, others] = [links.tokenOf(first), links.tokenOf(second)].map(token => Buffer.from(token, 'base64url'))
    const mixed = Buffer.concat([bytes?.subarray(0, -32) ?? Buffer.of(), others?.subarray(-32) ?? Buffer.of()])

    t.equal(links.read(mixed.toString('base64url')), undefined)
  }
})

for (const text of ['', 'x', '\0', 'a'.repeat(10_000), randomUUID(), links.tokenOf(a()) + '=', links.tokenOf(a()) + 'AAAA', links.tokenOf(a(1)) + 'A']) {
  t.test(`${JSON.stringify(text.slice(0, 20))} is no token`, async t => {
    t.equal(links.read(text), undefined)
  })
}
