import fc from 'fast-check'
import t from 'tap'
import type { Booking } from '../../../src/booking/bookings/booking.ts'
import { invitation } from '../../../src/mail/invitations/invitation.ts'
import type { Method } from '../../../src/mail/invitations/invitation.ts'
import { aCalendar } from '../../support/calendar.ts'
import { anEntry } from '../../support/calendar-entry.ts'
import { noon } from '../../support/world.ts'

// The calendar of these tests is the standard for others, so it is tested first.

function message (method: Method, icalSequence: number, { booking = {}, minutes = 0, days = 0, organizer = 'workshops@example.org' }: {
  booking?: Partial<Booking>
  minutes?: number
  days?: number
  organizer?: string
} = {}): string {
  const entry = anEntry({
    booking: { ...booking, icalSequence },
    activity: { startsAt: noon.plus({ days: 8 + days }), endsAt: noon.plus({ days: 8 + days, hours: 1 }) },
    organizer: { name: 'Online workshops', address: organizer }
  })
  return invitation(method, entry, noon.plus({ minutes }))
}

t.test('an invitation is added, a newer one takes its place, and a cancellation removes it', async t => {
  const calendar = aCalendar()

  t.equal(calendar.apply(message('REQUEST', 0)), 'added')
  t.equal(calendar.apply(message('REQUEST', 1, { days: 1 })), 'replaced')
  t.strictSame(calendar.entries().map(({ start }) => start), ['2026-12-02T12:00:00Z'])
  t.equal(calendar.apply(message('CANCEL', 2)), 'removed')
  t.strictSame(calendar.entries(), [])
})

t.test('what is not newer is ignored, and of two of one SEQUENCE the later is newer', async t => {
  const calendar = aCalendar()
  calendar.apply(message('REQUEST', 1, { minutes: 1 }))

  t.equal(calendar.apply(message('REQUEST', 0, { minutes: 5 })), 'ignored', 'however late it comes')
  t.equal(calendar.apply(message('REQUEST', 1, { minutes: 1 })), 'ignored', 'the same again')
  t.equal(calendar.apply(message('CANCEL', 1, { minutes: 0 })), 'ignored')
  t.equal(calendar.apply(message('REQUEST', 1, { minutes: 2 })), 'replaced')
  t.equal(calendar.entries().length, 1)
})

t.test('another organizer changes nothing, and another UID is another entry', async t => {
  const calendar = aCalendar()
  calendar.apply(message('REQUEST', 0))

  t.equal(calendar.apply(message('CANCEL', 1, { organizer: 'else@example.org' })), 'ignored')
  t.equal(calendar.apply(message('REQUEST', 0, { booking: { icalUid: 'b7e1a9d2-1d1c-4f6e-8a8e-3c2b1a0f9e8d' } })), 'added')
  t.equal(calendar.entries().length, 2)
})

t.test('in whatever order messages arrive, however often, the calendar ends as the last one says', async () => {
  const messages = [
    message('REQUEST', 0), message('REQUEST', 1, { minutes: 1, days: 1 }), message('REQUEST', 2, { minutes: 2 }),
    message('REQUEST', 2, { minutes: 3 })
  ]
  const cancelled = [...messages, message('CANCEL', 3, { minutes: 4 })]
  const arrivals = (all: string[]) => fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 })
  const after = (arrived: readonly string[]) => {
    const calendar = aCalendar()
    for (const text of arrived) calendar.apply(text)
    return calendar.entries().map(({ sequence, stamp, start }) => `${sequence} ${stamp} ${start}`).join()
  }

  fc.assert(fc.property(arrivals(messages), arrived =>
    after(arrived) === '2 2026-11-23T12:03:00Z 2026-12-01T12:00:00Z'), { numRuns: 50 })
  fc.assert(fc.property(arrivals(cancelled), arrived => after(arrived) === ''), { numRuns: 50 })
})
