import t from 'tap'
import { canonicalAddress } from '../../../src/booking/bookings/address.ts'

const same = [
  ['A@Ex.com', 'A@ex.COM'],
  ['Anne@example.org', 'anne@example.org'],
  ['anne@bücher.example', 'anne@XN--BCHER-KVA.example'],
  ['josé@example.org', 'jose\u0301@example.org']
]
const different = [
  ['anne.k@gmail.com', 'annek@gmail.com'],
  ['anne+workshop@example.org', 'anne@example.org']
]

for (const [one, other] of same) {
  t.test(`${one} and ${other} are one address`, async t => {
    t.equal(canonicalAddress(one ?? ''), canonicalAddress(other ?? ''))
  })
}

for (const [one, other] of different) {
  t.test(`${one} and ${other} are two addresses`, async t => {
    t.not(canonicalAddress(one ?? ''), canonicalAddress(other ?? ''))
  })
}
