import t from 'tap'
import type { Booking } from '../../../src/booking/bookings/booking.ts'
import type { BookingWithActivity } from '../../../src/booking/bookings/queries.ts'
import type { CalendarEntry } from '../../../src/mail/invitations/calendar-entry.ts'
import { kinds } from '../../../src/mail/emails/kinds.ts'
import type { EmailKind } from '../../../src/mail/emails/kinds.ts'
import { messageOf } from '../../../src/mail/emails/message.ts'
import type { Message } from '../../../src/mail/emails/message.ts'
import type { EmailExtras } from '../../../src/mail/emails/page.ts'
import { followUps } from '../../../src/mail/emails/follow-up.ts'
import { loadTemplates } from '../../../src/platform/templates.ts'
import { anEntry, joinUrl } from '../../support/calendar-entry.ts'
import { noon } from '../../support/world.ts'

const templates = loadTemplates()
const publicUrl = 'https://workshops.example.org'

const confirmed = {}
const waiting = { status: 'waiting', confirmedAt: undefined, waitedAt: noon } satisfies Partial<Booking>
const cancelled = { status: 'cancelled' } satisfies Partial<Booking>
const called = { ...waiting, isCalled: true, offers: 1 } satisfies Partial<Booking>
const offered = {
  status: 'offered', confirmedAt: undefined, waitedAt: noon, offeredUntil: noon.plus({ hours: 24 }), offers: 1
} satisfies Partial<Booking>
const lapsed = {
  status: 'lapsed', confirmedAt: undefined, waitedAt: noon, offers: 1, lapseReason: 'unanswered'
} satisfies Partial<Booking>
const arranged = { accessAnswer: 'We will turn captions on.' } satisfies Partial<Booking>
const leftTheList = { status: 'cancelled', confirmedAt: undefined, waitedAt: noon } satisfies Partial<Booking>

/** Every kind of email, with the state of its booking. */
const every: Array<[EmailKind, Partial<Booking>]> = [
  ['place-confirmed', confirmed], ['place-found', { waitedAt: noon }], ['booking-changed', { places: 2 }],
  ['booking-changed', { ...waiting, places: 2 }], ['waiting-list-joined', waiting], ['already-booked', confirmed],
  ['already-booked', waiting], ['cancelled', cancelled], ['cancelled', leftTheList], ['cancelled-by-us', cancelled],
  ['cancelled-by-us', leftTheList],
  ['activity-cancelled', cancelled], ['activity-cancelled', leftTheList], ['booking-link', confirmed],
  ['booking-link', waiting],
  ['place-offered', offered], ['place-offered', { ...offered, places: 2 }], ['place-called', called],
  ['place-called', { ...called, places: 2 }], ['offer-lapsed', lapsed],
  ['offer-refused', { ...lapsed, lapseReason: 'refused' }],
  ['waiting-list-closed', { ...lapsed, lapseReason: 'closed', offers: 0 }],
  ['waiting-list-closed', { ...lapsed, lapseReason: 'closed' }], ['already-booked', offered], ['already-booked', called],
  ['reminder-week', confirmed], ['reminder-day', confirmed], ['reminder-hour', confirmed], ['thank-you', confirmed],
  ['sorry-we-missed-you', confirmed], ['after-the-day', confirmed], ['bulletin', confirmed], ['bulletin', waiting],
  ['access-arranged', arranged], ['access-arranged', { ...waiting, ...arranged }],
  ['already-booked', { ...offered, offeredUntil: noon }], ['booking-link', offered], ['booking-link', called],
  ['booking-link', { ...offered, offeredUntil: noon }], ['booking-changed', { ...offered, places: 2 }]
]

const groups = [
  { rank: 1, name: 'Foster carers', reason: 'They look after children who were harmed by exploitation' },
  { rank: 2, name: 'Castle School', reason: 'It asked for this workshop.' }
]

function write (kind: EmailKind, entry: CalendarEntry, given: Partial<EmailExtras> = {}, now = noon): Message {
  const email = { id: '9a1d3f6e-0000-4000-8000-000000000000', messageId: '9a1d3f6e@workshops.example.org' }
  const bulletin = { heading: 'What to bring', body: 'Please have a pen with you.' }
  const beside = { line: { position: 13, groups }, first: undefined, bulletin, publicUrl, ...given }
  return messageOf({ kind, email, entry, templates, ...beside }, now)
}

/** A booking on Tuesday 1 December 2026 at 6pm, for someone who is now asked about another date. */
function aFirst (booking: Partial<Booking> = {}): BookingWithActivity {
  return anEntry({ booking: { ...waiting, ...booking } }).booking
}

/** The other date, a week later. */
const aWeekLater = {
  activity: { startsAt: noon.plus({ days: 15, hours: 6 }), endsAt: noon.plus({ days: 15, hours: 6, minutes: 30 }) }
}

function entryFor (booking: Partial<Booking>, given: Parameters<typeof anEntry>[0] = {}): CalendarEntry {
  return anEntry({ joinUrl: booking.status === undefined ? joinUrl : undefined, ...given, booking })
}

function withoutTags (html: string): string {
  return html.replaceAll(/<[^>]+>/g, '')
}

function links (text: string): string[] {
  return [...text.matchAll(/https?:\/\/[^\s"<]+/g)].map(([link]) => link.replaceAll('&amp;', '&'))
}

t.test('every kind of email is written by these tests', async t => {
  t.strictSame([...new Set(every.map(([kind]) => kind))].sort(), Object.keys(kinds).sort())
})

for (const [kind, booking] of every) {
  t.test(`${kind} to a booking that is ${booking.status ?? 'confirmed'}`, async t => {
    const { subject, text, html } = write(kind, entryFor(booking))

    t.match(subject, /^[A-Z\d].+: Online workshop – Cumbria safeguarding partnerships, Tuesday 1 December 2026$/)
    for (const form of [text, withoutTags(html)]) {
      t.match(form, 'Hello Anne Kirkbride,')
      t.match(form, 'Tuesday 1 December 2026, 6pm to 6:30pm')
      t.match(form, 'Online, on Microsoft Teams')
      t.match(form, '7F3KQ-92QDM')
      t.match(form, 'call 999')
      t.match(form, 'call 101')
      t.match(form, '0800 1111')
      t.match(form, '0808 800 5000')
      t.match(form, 'We delete your details on 31 December 2026.')
      t.notMatch(form, /exploitation|grooming|abuse|Not OK|keeping-your-child/i, 'a discreet campaign stays so')
      t.notMatch(form, /undefined|null|\[object|\{\{|\{%/)
      t.notMatch(form, 'A quiet room', 'what someone needs is nobody’s to read')
    }
    t.strictSame([...new Set(links(text))], [...new Set(links(html))], 'both forms lead to the same places')
    t.notMatch(text, /<|&amp;|&#39;|\n\n\n\n/)
    t.match(html, '<html lang="en-GB">')
    t.notMatch(html, /<img|<script|<link|src=|@import|url\(/i)
    t.equal(html.match(/<h1>/g)?.length, 1)
    for (const [, href = '', shown = ''] of html.matchAll(/<a[^>]* href="([^"]*)">([^<]*)</g)) {
      if (href.startsWith('tel:')) t.match(shown, /^[\d ]+$/, 'a number is shown whole')
      else t.notMatch(shown, /:\/\/|^$/, 'a link is shown by its words')
    }
    for (const number of ['999', '101', '08001111', '08088005000']) t.match(html, `href="tel:${number}"`)
  })
}

t.test('people with a place that is to come find the way in, and people without one do not', async t => {
  /** By the day before, calendars have the invitation. */
  const soon: EmailKind[] = ['reminder-day', 'reminder-hour']
  /** These say what they are about, and where the booking is. */
  const withoutWayIn: EmailKind[] = [...followUps, 'bulletin', 'access-arranged']
  for (const [kind, booking] of every) {
    const { text, calendar } = write(kind, entryFor(booking))
    const hasPlace = booking.status === undefined && !withoutWayIn.includes(kind)

    t.equal(text.split('\n').includes(joinUrl), hasPlace, `${kind}, ${booking.status}`)
    t.equal(/children|camera and microphone off|do not record/.test(text), hasPlace)
    t.equal(text.includes('/invitation.ics'), hasPlace && !soon.includes(kind))
    t.equal(calendar?.content.replaceAll('\r\n ', '').includes(joinUrl) ?? hasPlace, hasPlace)
  }
})

t.test('emails with an invitation say what calendars do with it', async t => {
  const { text, calendar } = write('place-confirmed', entryFor({}))

  t.equal(calendar?.method, 'REQUEST')
  t.match(text, 'Gmail may first ask you to press Yes or “I know this sender”')
  t.match(text, 'Pressing No in your calendar does not cancel your place.')
})

t.test('someone who may book for two reads how to change that, and how many they have', async t => {
  const alone = write('place-confirmed', entryFor({}))
  const both = write('place-confirmed', entryFor({ places: 2 }, { activity: { placesPerBooking: 2 } }))

  t.notMatch(alone.text, 'change how many places')
  t.match(both.text, '# Your 2 places are booked'.slice(2))
  t.match(both.text, 'You can also change how many places you have.')
  t.match(write('booking-changed', entryFor({ ...waiting, places: 2 })).text, 'Places asked for: 2')
})

t.test('someone who joins the list reads where they stand, what comes next and how to leave', async t => {
  const { text } = write('waiting-list-joined', entryFor({ ...waiting, places: 2 }))

  t.match(text, 'There are 12 bookings ahead of you.')
  t.match(text, 'If enough places become free and it is your turn, they are yours')
  t.match(text, 'If fewer than 2 places are free, they go to the next person who needs no more than that, and you keep your turn.')
  t.match(text, 'Please leave the waiting list')
})

t.test('someone who joins a list that offers places reads how long one is kept and how the last hours go', async t => {
  const { text } = write('waiting-list-joined', entryFor(waiting, { activity: { waitingList: 'offers', offerHours: 48 } }))

  t.match(text, 'You then have 2 days to accept it, or until booking closes if that is sooner. Offers never run out between 10pm and 7am.')
  t.match(text, 'In the last 2 hours before the start')
})

t.test('someone who joins behind a priority group reads who goes first and why; a discreet email leads to the page', async t => {
  const named = write('waiting-list-joined', entryFor(waiting, { campaign: { discreet: false } }))
  const discreet = write('waiting-list-joined', entryFor(waiting))
  const inTheFirst = write('waiting-list-joined', entryFor({ ...waiting, priority: 1 }))
  const withoutAny = write('waiting-list-joined', entryFor(waiting), { line: { position: 1, groups: [] } })

  t.match(named.text, 'These people go first:\n\n' +
    '* Foster carers: They look after children who were harmed by exploitation\n' +
    '* Castle School: It asked for this workshop.\n')
  t.match(discreet.text, 'Some people go first, whenever they join. Your booking page says who and why.')
  t.notMatch(discreet.text, /Foster|Castle/)
  for (const { text } of [inTheFirst, withoutAny]) t.notMatch(text, /go first/)
})

t.test('an offer says until when it stands, where to answer, what happens without an answer, and that no calendar has it', async t => {
  const { subject, text, calendar } = write('place-offered', entryFor(offered))
  const ofTwo = write('place-offered', entryFor({ ...offered, places: 2 }))

  t.match(subject, /^A place is free for you: /)
  t.match(text, 'Please tell us by Tuesday 24 November 2026 at midday whether you would like it.')
  t.match(text, 'We are keeping it for you until Tuesday 24 November 2026 at midday. Open this page and choose:\n\n' +
    'https://workshops.example.org/bookings/')
  t.match(text, 'If we have no answer by then, the place goes to the next in line and you are off the waiting list. You can join it again.')
  t.match(text, 'It is not in your calendar yet.')
  t.equal(calendar, undefined)
  t.match(ofTwo.subject, /^2 places are free for you: /)
  t.match(ofTwo.text, 'We are keeping them for you until')
  t.match(ofTwo.text, 'Places kept for you: 2')
})

t.test('an email says when an offer ends in the zone of the activity', async t => {
  const summer = { ...offered, offeredUntil: offered.offeredUntil.set({ month: 7 }).plus({ years: 1 }) }
  const { text } = write('place-offered', entryFor(summer, {
    activity: { startsAt: noon.plus({ years: 1 }), endsAt: noon.plus({ years: 1, hours: 1 }) }
  }))

  t.match(text, 'Please tell us by Saturday 24 July 2027 at 1pm')
})

t.test('an offer to someone who had a place before has no calendar entry', async t => {
  t.equal(write('place-offered', entryFor({ ...offered, confirmedAt: noon })).calendar, undefined)
})

t.test('the email about an open place says that the first person to accept gets it, and others keep their turn', async t => {
  const { subject, text } = write('place-called', entryFor(called))

  t.match(subject, /^A place is free now: /)
  t.match(text, 'The first person to accept gets it. Open this page and accept:\n\nhttps://workshops.example.org/bookings/')
  t.match(text, 'If someone is quicker, you keep your turn on the waiting list.')
  t.notMatch(text, /until|off the waiting list/)
})

t.test('someone who lost or refused an offer reads that they are off the list, and how to come back while they can', async t => {
  const closed = { activity: { bookingClosesAt: noon } }

  for (const [kind, lapseReason] of [['offer-lapsed', 'unanswered'], ['offer-refused', 'refused']] as const) {
    const open = write(kind, entryFor({ ...lapsed, lapseReason }))
    const late = write(kind, entryFor({ ...lapsed, lapseReason }, closed))
    t.match(open.text, 'you are off the waiting list.')
    t.match(open.text, /Join the waiting list again, or book while places are free, from this page:\n\nhttps:/)
    t.notMatch(late.text, /Join the waiting list again|ask again|\/bookings\//)
  }
  t.match(write('offer-refused', entryFor({ ...lapsed, lapseReason: 'refused' })).text, 'If you did not say this, or it was a mistake')
})

t.test('people who waited to the end for nothing read that we are sorry, not to come, and what else is on', async t => {
  const { text } = write('waiting-list-closed', entryFor({ ...lapsed, lapseReason: 'closed', offers: 0 }))
  const asked = write('waiting-list-closed', entryFor({ ...lapsed, lapseReason: 'closed' }))

  t.match(text, 'Booking has closed, and no place became free for you. We are sorry.')
  t.match(text, 'Please do not join: without a place we cannot let you in.')
  t.match(text, `See what else is on:\n\n${publicUrl}/\n`)
  t.notMatch(asked.text, 'no place became free')
})

t.test('an email to someone who has an offer, or may accept an open place, says so whatever it is about', async t => {
  for (const kind of ['already-booked', 'booking-link', 'booking-changed'] as const) {
    const ofOffered = write(kind, entryFor(offered))
    t.match(ofOffered.text, 'We are keeping it for you until Tuesday 24 November 2026 at midday.', kind)
    t.notMatch(ofOffered.text, /leave the waiting list|keep your turn/, kind)
    t.match(write(kind, entryFor(called)).text, 'The first person to accept gets it.', kind)
  }
  t.match(write('already-booked', entryFor(offered)).subject, /^A place is already being kept for you: /)
})

t.test('someone who asks again a minute after their offer ended reads that it has, and how to come back', async t => {
  const { subject, text } = write('already-booked', entryFor(offered), {}, offered.offeredUntil)

  t.match(subject, /^Your offer has just ended: /)
  t.match(text, 'Join the waiting list again')
  t.notMatch(text, /keeping it for you|keep your turn/)
})

t.test('asked about another date, people read which, what accepting does, and that if not they wait on', async t => {
  const carried = { ...offered, copiedFromBookingId: 'the first' }

  const { text } = write('place-offered', entryFor(carried, aWeekLater), { first: aFirst() })
  const booked = write('place-offered', entryFor(carried, aWeekLater), { first: aFirst({ status: 'confirmed', confirmedAt: noon }) })
  const erased = write('place-offered', entryFor(carried, aWeekLater))

  t.match(text, 'When: Tuesday 8 December 2026, 6pm to 6:30pm')
  t.match(text, 'You are waiting for this on Tuesday 1 December 2026 at 6pm. This is another date.')
  t.match(text, 'If you accept this date, you leave the waiting list for the first one. If you say no, or do not answer, you keep your turn there.')
  t.notMatch(text, 'off the waiting list')
  t.match(booked.text, 'If you accept this date, you give up the first one.')
  t.match(erased.text, 'off the waiting list')
})

t.test('someone who did not take another date reads that they keep what they have on the first', async t => {
  const cases = [['offer-lapsed', 'unanswered'], ['offer-refused', 'refused'], ['waiting-list-closed', 'closed']] as const
  for (const [kind, lapseReason] of cases) {
    const { text } = write(kind, entryFor({ ...lapsed, lapseReason, copiedFromBookingId: 'the first' }, aWeekLater), { first: aFirst() })
    t.match(text, 'You keep your turn on the waiting list for Tuesday 1 December 2026 at 6pm.', kind)
  }
})

t.test('someone who took another date reads that they are off the first one’s list', async t => {
  const found = { waitedAt: noon, copiedFromBookingId: 'the first' }

  t.match(write('place-found', entryFor(found, aWeekLater), { first: aFirst({ status: 'cancelled' }) }).text,
    'You are off the waiting list for Tuesday 1 December 2026 at 6pm.')
  t.match(write('place-found', entryFor(found, aWeekLater), { first: aFirst({ status: 'cancelled', confirmedAt: noon }) }).text,
    'You no longer have a place on Tuesday 1 December 2026 at 6pm.')
  t.notMatch(write('place-found', entryFor({ waitedAt: noon })).text, 'December 2026 at 6pm')
})

t.test('the two emails to someone who asked again tell the truth', async t => {
  t.match(write('already-booked', entryFor({})).subject, /^You already have a place: /)
  t.match(write('already-booked', entryFor(waiting)).subject, /^You are already on the waiting list: /)
})

t.test('a booking that never had a place is taken off the list, and no calendar hears of it', async t => {
  const email = write('cancelled', entryFor(leftTheList))

  t.match(email.text, 'we have taken you off the waiting list')
  t.equal(email.calendar, undefined)
  t.equal(write('cancelled', entryFor(cancelled)).calendar?.method, 'CANCEL')
})

t.test('a campaign that is not discreet is called by its name', async t => {
  const { subject, text } = write('place-confirmed', entryFor({}, { campaign: { discreet: false } }))

  t.match(subject, 'Child exploitation: what every parent can do')
  t.match(text, 'What: Child exploitation: what every parent can do')
})

t.test('text is not escaped and HTML is', async t => {
  const { text, html } = write('place-confirmed', entryFor({ name: "Siobhán O'Brien & <b>co</b>" }))

  t.match(text, "Hello Siobhán O'Brien & bco")
  t.match(html, 'Hello Siobhán O&#39;Brien &amp; bco')
})

t.test('a name with an address in it is not a link in either form', async t => {
  const { text, html, calendar } = write('place-confirmed', entryFor({ name: 'Anne evil.tld https://evil.tld\r\n# Win' }))

  for (const form of [text, html]) t.notMatch(form, /evil\.tld|https:\/\/evil/)
  t.notMatch(text, /^# Win/m)
  t.notMatch(calendar?.content.replace(/^CN=.*$/m, '').match(/DESCRIPTION.*/)?.[0], 'evil')
})

t.test('it goes from the organizer of the invitation to the one recipient', async t => {
  const organizer = { name: 'The first sender', address: 'first@example.org' }

  const { from, to } = write('place-confirmed', entryFor({}, { organizer }))

  t.strictSame(from, organizer)
  t.equal(to, 'Anne.Kirkbride@Example.org')
})
