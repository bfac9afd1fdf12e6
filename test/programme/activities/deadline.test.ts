import fc from 'fast-check'
import t from 'tap'
import { DateTime } from 'luxon'
import { beginningInWords, deadlineInWords, momentInWords, whenInWords } from '../../../src/programme/activities/when.ts'
import { perceived, service } from '../../support/service.ts'
import { anActivity } from '../../support/world.ts'

const zone = 'Europe/London'
const at = (text: string) => DateTime.fromISO(text, { zone }).toUTC() as DateTime<true>

t.test('a deadline at midnight is the last minute of the day before', async t => {
  t.equal(deadlineInWords(at('2026-12-30T00:00'), zone), 'Tuesday 29 December 2026 at 11:59pm')
  t.equal(deadlineInWords(at('2026-07-01T00:00'), zone), 'Tuesday 30 June 2026 at 11:59pm', 'also in summer')
  t.equal(deadlineInWords(at('2026-12-29T18:00'), zone), 'Tuesday 29 December 2026 at 6pm')
  t.equal(deadlineInWords(at('2026-12-30T00:00'), 'Europe/Paris'), 'Wednesday 30 December 2026 at 1am')
})

t.test('what begins at midnight begins with its day, and what ends at one ends on the day before', async t => {
  t.equal(beginningInWords(at('2026-12-30T00:00'), zone), 'Wednesday 30 December 2026')
  t.equal(beginningInWords(at('2026-12-30T09:00'), zone), 'Wednesday 30 December 2026 at 9am')
  t.equal(whenInWords({ startsAt: at('2026-12-29T18:00'), endsAt: at('2026-12-31T00:00'), allDay: false, zone }),
    'Tuesday 29 December 2026 at 6pm to Wednesday 30 December 2026 at 11:59pm')
})

t.test('no deadline is said to be at midnight, whatever the zone', async () => {
  const days = fc.integer({ min: 0, max: 3650 })
  const zones = fc.constantFrom('Europe/London', 'America/Havana', 'Asia/Beirut', 'Pacific/Apia', 'Asia/Kolkata')
  fc.assert(fc.property(days, zones, (day, zone) => {
    const midnight = DateTime.fromISO('2026-01-01', { zone }).plus({ days: day }).startOf('day').toUTC() as DateTime<true>
    const words = deadlineInWords(midnight, zone)
    return !words.includes('midnight') && words === momentInWords(midnight.minus({ minutes: 1 }), zone)
  }))
})

t.test('the page of what lasts all day, and of what closes at midnight, says until when it can be booked', async t => {
  const { app, db } = await service(t)
  const day = { startsAt: at('2026-12-30T00:00').toJSDate(), endsAt: at('2026-12-31T00:00').toJSDate(), allDay: true }
  const said = async (given: Parameters<typeof anActivity>[1]) => {
    const { slug } = await anActivity(db, given)
    return perceived(await app.inject(`/activities/${slug}`)).text
  }

  t.match(await said(day), 'Booking closes on Tuesday 29 December 2026 at 11:59pm.')
  t.match(await said({ bookingClosesAt: at('2026-12-01T00:00').toJSDate() }), 'Booking closes on Monday 30 November 2026 at 11:59pm.')
  t.match(await said({ bookingOpensAt: at('2026-11-25T00:00').toJSDate() }), 'Booking opens on Wednesday 25 November 2026')
  t.notMatch(await said({ bookingOpensAt: at('2026-11-25T00:00').toJSDate() }), 'midnight')
})
