import t from 'tap'
import { afterClaim, claim, placesLeft } from '../../../src/booking/holds/hold.ts'
import type { Hold } from '../../../src/booking/holds/hold.ts'
import { noon } from '../../support/world.ts'

const returnsAt = noon.plus({ days: 1 })
const five: Hold = {
  id: 'a hold',
  activityId: 'an activity',
  agency: 'Cumberland Council',
  code: 'CODE',
  places: 5,
  claimed: 3,
  returnsAt,
  returnedAt: undefined
}

t.test('a party has all its places from a hold or none', async t => {
  t.equal(claim(five, 2, noon), 'granted')
  t.equal(claim(five, 3, noon), 'used-up')
  t.equal(claim({ ...five, claimed: 5 }, 1, noon), 'used-up')
})

t.test('a hold is over from the instant at which it ends, whether or not anything has returned it', async t => {
  t.equal(claim(five, 2, returnsAt.minus({ milliseconds: 1 })), 'granted')
  t.equal(claim(five, 2, returnsAt), 'expired')
  t.equal(claim(five, 9, returnsAt), 'expired', 'which is said rather than that it is used up')
  t.equal(claim({ ...five, returnedAt: noon }, 2, noon), 'expired', 'given back before its day')
})

t.test('what is left is what nobody has claimed', async t => {
  t.equal(placesLeft(five), 2)
  t.equal(placesLeft(afterClaim(five, 2)), 0)
  t.equal(placesLeft({ ...five, returnedAt: noon }), 0)
})
