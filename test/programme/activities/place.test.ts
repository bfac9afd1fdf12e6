import t from 'tap'
import { whereInWords } from '../../../src/programme/activities/page.ts'
import { placeOf, placeShownTo } from '../../../src/programme/activities/place.ts'
import type { RoleHolder } from '../../../src/identity/staff/roles.ts'

const secret = {
  id: 'it',
  isOnline: false,
  district: 'Bolton',
  leadAgencyId: 'police',
  hostIds: ['host'],
  ...placeOf({ venue: 'Rose House', hasSecretPlace: true })
}
const holder = (status: string) => ({ booking: { status } })
const staff = (given: Partial<RoleHolder>) => ({ staff: { id: 'someone', role: 'organiser' as const, agencyId: 'police', ...given } })

t.test('everyone reads the district, and when they learn the rest', async t => {
  t.equal(secret.venue, undefined)
  t.equal(whereInWords(secret), 'Bolton. We will tell you where once you have a place')
  t.equal(whereInWords({ ...secret, district: undefined }), 'We will tell you where once you have a place')
  t.equal(placeOf({ venue: 'Town Hall', hasSecretPlace: false }).venue, 'Town Hall')
})

t.test('a secret place is told to those who have a place, while they have it', async t => {
  for (const [status, where] of [
    ['confirmed', 'Rose House, Bolton'],
    ['waiting', 'Bolton. We will tell you where once you have a place'],
    ['offered', 'Bolton. We will tell you where once you accept the place'],
    ['lapsed', 'Bolton. Only people who have a place are told where'],
    ['cancelled', 'Bolton. Only people who have a place are told where'],
    ['a status that is new', 'Bolton. Only people who have a place are told where']
  ] as const) t.equal(whereInWords(placeShownTo(holder(status), secret)), where, status)
})

t.test('of staff those read it who see who comes', async t => {
  const told = (given: Partial<RoleHolder>) => placeShownTo(staff(given), secret).venue === 'Rose House'
  t.equal(told({}), true, 'those of the agency that leads it')
  t.equal(told({ agencyId: undefined }), true, 'the partnership')
  t.equal(told({ role: 'admin', agencyId: 'council' }), true, 'admins')
  t.equal(told({ role: 'host', id: 'host', agencyId: 'council' }), true, 'its hosts')
  t.equal(told({ agencyId: 'council', coHostOf: ['it'] }), true, 'its co-hosts')
  t.equal(told({ agencyId: 'council' }), false, 'another agency')
  t.equal(told({ role: 'host' }), false, 'hosts of something else')
})

t.test('a place that is no secret is the same to all', async t => {
  const open = { ...secret, ...placeOf({ venue: 'Town Hall', hasSecretPlace: false }) }
  t.equal(placeShownTo(holder('cancelled'), open), open)
})
