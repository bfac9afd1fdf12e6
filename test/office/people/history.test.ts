import fc from 'fast-check'
import type { DateTime } from 'luxon'
import t from 'tap'
import { waitingListModes } from '../../../src/programme/activities/activity.ts'
import { statuses } from '../../../src/booking/bookings/booking.ts'
import { historyOf } from '../../../src/office/people/history.ts'
import type { DeedOn, Line } from '../../../src/office/people/history.ts'
import type { Snapshot } from '../../../src/office/people/changes-in-words.ts'
import { noon } from '../../support/world.ts'

const later = (hours: number) => noon.plus({ hours })
const names = { activity: (id: string) => id === 'elsewhere' ? undefined : `the workshop ${id}`, offeredUntil: 'Tuesday at 6pm' }

function snapshot (given: Partial<Snapshot> = {}): Snapshot {
  return { at: noon, activityId: 'a', status: 'confirmed', places: 1, offers: 0, isCalled: false, reason: undefined, mode: 'offers', isHeld: false, details: [], ...given }
}

function deed (action: string, given: Partial<DeedOn> = {}): DeedOn {
  return { at: noon, who: 'Olu Organiser', action, details: {}, isToAll: false, ...given }
}

function told (events: Snapshot[], deeds: DeedOn[] = [], given: { isCopy?: boolean } = {}) {
  return historyOf({ events, deeds, others: [], createdAt: noon, isCopy: false, ...given }, names)
    .map(({ says, by }) => `${by}: ${says}`)
}

t.test('a booking that waited, was offered a place and accepted it', async t => {
  const waiting = snapshot({ status: 'waiting', places: 2 })
  const offered = { ...waiting, at: later(1), status: 'offered', offers: 1 } as const

  t.strictSame(told([waiting, offered, { ...offered, at: later(2), status: 'confirmed' }]), [
    'Themselves: Joined the waiting list for 2 places.',
    'The service: Was offered a place.',
    'Themselves: Accepted the place.'
  ])
  t.strictSame(told([waiting, offered]).at(-1), 'The service: Was offered a place until Tuesday at 6pm.')
})

t.test('how it ended, and who ended it', async t => {
  const offered = snapshot({ status: 'offered', offers: 1 })
  const waiting = snapshot({ status: 'waiting' })
  const end = (before: Snapshot, status: Snapshot['status'], reason?: string) =>
    told([before, { ...before, at: later(1), status, reason }]).at(-1)

  t.equal(end(offered, 'lapsed', 'unanswered'), 'The service: Did not answer the offer in time.')
  t.equal(end(offered, 'lapsed', 'refused'), 'Themselves: Refused the place that was offered.')
  t.equal(end(waiting, 'lapsed', 'closed'), 'The service: Waited until the waiting list closed.')
  t.equal(end(snapshot(), 'cancelled'), 'Themselves: Cancelled the booking.')
  t.equal(end(waiting, 'cancelled'), 'Themselves: Left the waiting list.')
  t.equal(end(snapshot(), 'cancelled', 'organiser'), 'An organiser: Cancelled by the organisers.')
  t.equal(end(snapshot(), 'cancelled', 'activity'), 'An organiser: Cancelled, because the activity was.')
})

t.test('places, dates and calls', async t => {
  const waiting = snapshot({ status: 'waiting' })
  const called = { ...waiting, at: later(1), isCalled: true, offers: 1 }
  const after = (before: Snapshot, given: Partial<Snapshot>) =>
    told([before, { ...before, at: later(2), ...given }]).at(-1)

  t.equal(after(snapshot(), { places: 2 }), 'Themselves: Places changed from 1 to 2.')
  t.equal(after(snapshot(), { activityId: 'b' }), 'An organiser: Moved from the workshop a to the workshop b.')
  t.equal(after(snapshot(), { activityId: 'elsewhere' }), 'An organiser: Moved from the workshop a to another activity.')
  t.equal(after(waiting, { activityId: 'b', status: 'confirmed', places: 2 }),
    'An organiser: Moved from the workshop a to the workshop b. Got a place from the waiting list. Places changed from 1 to 2.')
  t.equal(after(waiting, called), 'The service: Was told that a place is open to the first person who accepts.')
  t.equal(after(called, { offers: 2 }), 'The service: Was told that a place is open to the first person who accepts.')
  t.equal(after(called, { isCalled: false }), 'The service: The open place was taken, or was not free any more.')
  t.equal(after(called, { isCalled: false, status: 'confirmed' }), 'Themselves: Took a place that was open to the first person who accepts.')
  t.equal(after(snapshot({ status: 'lapsed' }), { status: 'waiting' }), 'An organiser: Has their turn on the waiting list again.')
})

t.test('how the list worked at that moment tells who gave a place', async t => {
  const waiting = snapshot({ status: 'waiting' })
  const called = { ...waiting, at: later(1), isCalled: true, offers: 1 }
  const after = (before: Snapshot, given: Partial<Snapshot>, isCopy = false) =>
    told([before, { ...before, at: later(2), isCalled: false, ...given }], [], { isCopy }).at(-1)
  const placed = { status: 'confirmed' } as const

  t.equal(after(called, { mode: 'automatic' }), 'The service: The waiting list gives places another way from now on.')
  t.equal(after(called, { ...placed, mode: 'automatic' }), 'The service: Got a place from the waiting list.')
  t.equal(after(called, { ...placed, mode: 'by-hand' }), 'An organiser: Got a place from the waiting list.')
  t.equal(after(called, { ...placed, mode: 'automatic' }, true), 'Themselves: Took a place that was open to the first person who accepts.')
  t.equal(after(called, { ...placed, mode: undefined }), 'Not recorded: Got a place that was open to those who waited.')
  t.equal(after(waiting, { ...placed, mode: 'automatic', isHeld: true }), 'Themselves: Got a place that was kept with a code.')
  t.equal(told([snapshot({ isHeld: true })])[0], 'Themselves: Booked 1 place with a code.')
})

t.test('the history says which details a person changed, and not what to', async t => {
  t.equal(told([snapshot(), snapshot({ at: later(1), details: ['name', 'accessNeeds'] })]).at(-1),
    'Themselves: Changed: name, what would help them take part.')
})

t.test('what staff did and what came of it are one line, with their name', async t => {
  const cancelled = snapshot({ at: later(1), status: 'cancelled', reason: 'organiser' })

  t.strictSame(told([snapshot(), cancelled], [deed('booking.cancelled', { at: later(1) })]),
    ['Themselves: Booked 1 place.', 'Olu Organiser: Cancelled by the organisers.'])
  t.strictSame(told([snapshot(), { ...cancelled, reason: 'activity' }], [deed('activity.cancelled', { at: later(1), isToAll: true })]),
    ['Themselves: Booked 1 place.', 'Olu Organiser: Cancelled, because the activity was.'])
  t.strictSame(told([snapshot()], [deed('booking.made')]), ['Olu Organiser: Booked 1 place.'])
})

t.test('an action of staff that changed nothing of the booking is a line of its own', async t => {
  t.strictSame(told([snapshot()], [deed('booking.telephoned'), deed('letter.sent-again', { details: { kind: 'place-confirmed' } })]), [
    'Themselves: Booked 1 place.', 'Olu Organiser: Told them by phone.', 'Olu Organiser: Sent an email again: Place confirmed.'
  ])
  t.strictSame(told([snapshot()], [deed('booking.cancelled')]), ['Themselves: Booked 1 place.', 'Olu Organiser: Cancelled the booking.'])
  t.strictSame(told([snapshot()], [deed('tea.made')]).at(-1), 'Olu Organiser: Tea made.')
  t.strictSame(told([snapshot()], [deed('activity.cancelled', { isToAll: true })]), ['Themselves: Booked 1 place.'],
    'what was done to the whole activity is not told of a booking that it left as it was')
})

t.test('a booking that is older than its history says so, and one that nobody asked for says why it is there', async t => {
  const [line] = told([snapshot({ at: later(5), status: 'cancelled' })], [])

  t.equal(line, 'The service: What came before was not written down. Was cancelled.')
  t.equal(told([snapshot({ status: 'waiting' })], [], { isCopy: true })[0],
    'The service: Put on this waiting list from that of another date, to be asked.')
})

const at = fc.integer({ min: 0, max: 5 }).map(later)
const events = fc.array(fc.record({
  at,
  activityId: fc.constantFrom('a', 'b', 'elsewhere'),
  status: fc.constantFrom(...statuses),
  places: fc.integer({ min: 1, max: 3 }),
  offers: fc.integer({ min: 0, max: 2 }),
  isCalled: fc.boolean(),
  reason: fc.option(fc.constantFrom('unanswered', 'refused', 'closed', 'organiser', 'activity'), { nil: undefined }),
  mode: fc.option(fc.constantFrom(...waitingListModes), { nil: undefined }),
  isHeld: fc.boolean(),
  details: fc.subarray(['name', 'phone', '__proto__'])
}), { maxLength: 8 })
const deeds = fc.array(fc.record({
  at,
  who: fc.constantFrom('Olu', 'Ada', 'Someone at a terminal'),
  action: fc.constantFrom('booking.cancelled', 'booking.picked', 'booking.made', 'booking.corrected', 'booking.telephoned', 'letter.sent-again', '__proto__', 'tea.made'),
  details: fc.constantFrom({}, null, { kind: 'constructor' }, { kind: 'cancelled' }),
  isToAll: fc.constant(false)
}), { maxLength: 6 })
const others = fc.array(at.map((at: DateTime<true>): Line<'letter'> => ({ at, says: 'Letter', by: '', extra: 'letter' })), { maxLength: 6 })

t.test('no event, deed or email is lost, whatever happened, and each kind keeps its order', async t => {
  fc.assert(fc.property(events, deeds, others, (events, deeds, others) => {
    const lines = historyOf({ events, deeds, others, createdAt: noon, isCopy: false }, names)

    const told = lines.flatMap(({ deed }) => deed ?? [])
    const ofEvents = lines.filter(({ at }) => events.some(event => event.at === at))
    t.strictSame(ofEvents.map(({ at }) => at), events.map(({ at }) => at), 'events')
    t.ok(lines.filter(({ extra }) => extra !== undefined).every((line, n) => line === others[n]), 'emails')
    t.equal(lines.filter(({ extra }) => extra !== undefined).length, others.length)
    t.strictSame(new Set(told), new Set(deeds), 'deeds')
    t.equal(told.length, deeds.length, 'each deed is told once')
    t.ok(lines.every(({ says, by, deed }) => says !== '' && (deed === undefined || by === deed.who)))
  }), { numRuns: 300 })
})

function byTime<T extends { at: DateTime<true> }> (list: readonly T[]): T[] {
  return [...list].sort((one, other) => one.at.toMillis() - other.at.toMillis())
}

t.test('where the clocks agreed a history is in the order of time', async () => {
  fc.assert(fc.property(events, deeds, others, (events, deeds, others) => {
    const lines = historyOf({
      events: byTime(events), deeds: byTime(deeds), others: byTime(others), createdAt: noon, isCopy: false
    }, names)
    const instants = lines.map(({ at }) => at.toMillis())
    return instants.every((at, n) => n === 0 || (instants[n - 1] ?? 0) <= at)
  }))
})
