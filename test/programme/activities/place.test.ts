import t from 'tap'
import { whereInWords } from '../../../src/programme/activities/page.ts'
import { namesVenue, placeOf, placeShownTo } from '../../../src/programme/activities/place.ts'
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

t.test('what was told to one is not told to another who gets the same activity', async t => {
  const told = placeShownTo(staff({}), secret)
  t.equal(told.venue, 'Rose House')
  t.match(placeShownTo(holder('waiting'), told), { venue: undefined, untold: 'have-a-place' })
  t.match(placeShownTo(staff({ agencyId: 'council' }), told), { venue: undefined, untold: 'not-theirs' })
  t.match(placeShownTo(holder('confirmed'), placeShownTo(holder('waiting'), told)), { venue: 'Rose House', untold: undefined })
})

t.test('a place that is no secret is the same to all', async t => {
  const open = { ...secret, ...placeOf({ venue: 'Town Hall', hasSecretPlace: false }) }
  t.equal(placeShownTo(holder('cancelled'), open), open)
})

t.test('a venue is found in a text however it is spelt, and its district is no name of it', async t => {
  const venue = { venue: 'St Anne’s House, 12 Elm Road, Bolton, BL1 1AA', district: 'Bolton' }
  for (const text of [
    'Come to St Annes house.', 'ST ANNE\'S\nHOUSE', 'At 12 Elm  Road', 'Sat nav: bl1 1aa', 'st-annes-house-2026-12-01',
    'In the garden of St Anne’s House’s café'
  ]) t.equal(namesVenue(venue, text), true, text)
  for (const text of ['', 'For families in Bolton', 'On Elm Street', 'Anne comes too', 'St Anne']) {
    t.equal(namesVenue(venue, text), false, text)
  }
  t.equal(namesVenue({ venue: 'Bolton', district: 'Bolton' }, 'For Bolton'), false)
  t.equal(namesVenue({ venue: 'Hall, 2, Bury', district: undefined }, 'We shall meet at 2pm in Bury'), false)
  t.equal(namesVenue({ venue: '—', district: undefined }, 'Anything — at all'), false)
})
