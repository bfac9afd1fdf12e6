import { randomUUID } from 'node:crypto'
import t from 'tap'
import { bookingLinks } from '../../src/bookings/link.ts'
import { secretKey } from '../support/world.ts'

const links = bookingLinks(secretKey)

t.test('a token opens the booking it was made for', async t => {
  const id = randomUUID()

  t.equal(links.bookingIdOf(links.tokenOf(id)), id)
})

t.test('a token signed with another key opens nothing', async t => {
  const forged = bookingLinks('another key that is long enough to be a key').tokenOf(randomUUID())

  t.equal(links.bookingIdOf(forged), undefined)
})

t.test('a signature for one booking does not open another', async t => {
  const [one, other] = [links.tokenOf(randomUUID()), links.tokenOf(randomUUID())]
  const mixed = Buffer.concat([
    Buffer.from(one, 'base64url').subarray(0, 16), Buffer.from(other, 'base64url').subarray(16)
  ])

  t.equal(links.bookingIdOf(mixed.toString('base64url')), undefined)
})

for (const text of ['', 'x', '\0', 'a'.repeat(10_000), randomUUID(), links.tokenOf(randomUUID()) + '=']) {
  t.test(`${JSON.stringify(text.slice(0, 20))} is no token`, async t => {
    t.equal(links.bookingIdOf(text), undefined)
  })
}
