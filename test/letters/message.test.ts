import t from 'tap'
import type { Booking } from '../../src/bookings/booking.ts'
import type { Entry } from '../../src/invitations/entry.ts'
import { kinds } from '../../src/letters/kinds.ts'
import type { LetterKind } from '../../src/letters/kinds.ts'
import { messageOf } from '../../src/letters/message.ts'
import type { Message } from '../../src/letters/message.ts'
import { loadTemplates } from '../../src/templates.ts'
import { anEntry, joinUrl } from '../support/entry.ts'
import { noon } from '../support/world.ts'

const templates = loadTemplates()
const publicUrl = 'https://workshops.example.org'

const confirmed = {}
const waiting = { status: 'waiting', confirmedAt: undefined, waitedAt: noon } satisfies Partial<Booking>
const cancelled = { status: 'cancelled' } satisfies Partial<Booking>
const leftTheList = { status: 'cancelled', confirmedAt: undefined, waitedAt: noon } satisfies Partial<Booking>

/** Every letter there is, with the state of the booking that it is written to. */
const every: Array<[LetterKind, Partial<Booking>]> = [
  ['place-confirmed', confirmed], ['place-found', { waitedAt: noon }], ['booking-changed', { places: 2 }],
  ['booking-changed', { ...waiting, places: 2 }], ['waiting-list-joined', waiting], ['already-booked', confirmed],
  ['already-booked', waiting], ['cancelled', cancelled], ['cancelled', leftTheList], ['booking-link', confirmed],
  ['booking-link', waiting]
]

function write (kind: LetterKind, entry: Entry): Message {
  const letter = { id: '9a1d3f6e-0000-4000-8000-000000000000', messageId: '9a1d3f6e@workshops.example.org' }
  return messageOf({ kind, letter, entry, position: 13, templates, publicUrl }, noon)
}

function entryFor (booking: Partial<Booking>, given: Parameters<typeof anEntry>[0] = {}): Entry {
  return anEntry({ joinUrl: booking.status === undefined ? joinUrl : undefined, ...given, booking })
}

function links (text: string): string[] {
  return [...text.matchAll(/https?:\/\/[^\s"<]+/g)].map(([link]) => link.replaceAll('&amp;', '&'))
}

t.test('every kind has its letter, here as well as there', async t => {
  t.strictSame([...new Set(every.map(([kind]) => kind))].sort(), Object.keys(kinds).sort())
})

for (const [kind, booking] of every) {
  t.test(`${kind} to a booking that is ${booking.status ?? 'confirmed'}`, async t => {
    const { subject, text, html } = write(kind, entryFor(booking))

    t.match(subject, /^[A-Z].+: Online workshop – Cumbria safeguarding partnerships, Tuesday 1 December 2026$/)
    for (const form of [text, html]) {
      t.match(form, 'Hello Anne Kirkbride,')
      t.match(form, 'Tuesday 1 December 2026, 6pm to 6:30pm')
      t.match(form, 'Online, on Microsoft Teams')
      t.match(form, '7F3KQ-92QDM')
      t.match(form, 'call 999')
      t.match(form, 'call 101')
      t.match(form, '0800 1111')
      t.match(form, '0808 800 5000')
      t.match(form, 'We delete your details 30 days after the workshop.')
      t.notMatch(form, /exploitation|grooming|abuse|Not OK|keeping-your-child/i, 'a discreet campaign stays so')
      t.notMatch(form, /undefined|null|\[object|\{\{|\{%/)
      t.notMatch(form, 'A quiet room', 'what somebody needs is nobody’s to read')
    }
    t.strictSame([...new Set(links(text))], [...new Set(links(html))], 'both forms lead to the same places')
    t.notMatch(text, /<|&amp;|&#39;|\n\n\n\n/)
    t.match(html, '<html lang="en-GB">')
    t.notMatch(html, /<img|<script|<link|src=|@import|url\(/i)
    t.equal(html.match(/<h1>/g)?.length, 1)
    for (const [, href, shown] of html.matchAll(/<a href="([^"]*)">([^<]*)</g)) t.equal(shown, href, 'links are shown whole')
  })
}

t.test('who has a place finds the way in, and who has none does not', async t => {
  for (const [kind, booking] of every) {
    const { text, calendar } = write(kind, entryFor(booking))
    const hasPlace = booking.status === undefined

    t.equal(text.split('\n').includes(joinUrl), hasPlace, `${kind}, ${booking.status}`)
    t.equal(/children|camera and microphone off|do not record/.test(text), hasPlace)
    t.equal(text.includes('/invitation.ics'), hasPlace)
    t.equal(calendar?.content.replaceAll('\r\n ', '').includes(joinUrl) ?? hasPlace, hasPlace)
  }
})

t.test('letters with an invitation say what calendars do with it', async t => {
  const { text, calendar } = write('place-confirmed', entryFor({}))

  t.equal(calendar?.method, 'REQUEST')
  t.match(text, 'Gmail may first ask you to press Yes or “I know this sender”')
  t.match(text, 'Pressing No in your calendar does not cancel your place.')
})

t.test('who may book for two reads how to change that, and how many they have', async t => {
  const alone = write('place-confirmed', entryFor({}))
  const both = write('place-confirmed', entryFor({ places: 2 }, { activity: { placesPerBooking: 2 } }))

  t.notMatch(alone.text, 'change how many places')
  t.match(both.text, '# Your 2 places are booked'.slice(2))
  t.match(both.text, 'You can also change how many places you have.')
  t.match(write('booking-changed', entryFor({ ...waiting, places: 2 })).text, 'Places asked for: 2')
})

t.test('whoever joins the list reads where they stand, what comes next and how to leave', async t => {
  const { text } = write('waiting-list-joined', entryFor({ ...waiting, places: 2 }))

  t.match(text, 'There are 12 bookings in line before yours.')
  t.match(text, 'If enough places become free and it is your turn, they are yours')
  t.match(text, 'Please leave the waiting list')
})

t.test('the two letters to somebody who asked again tell the truth', async t => {
  t.match(write('already-booked', entryFor({})).subject, /^You already have a place: /)
  t.match(write('already-booked', entryFor(waiting)).subject, /^You are already on the waiting list: /)
})

t.test('a booking that never had a place is taken off the list, and no calendar hears of it', async t => {
  const letter = write('cancelled', entryFor(leftTheList))

  t.match(letter.text, 'we have taken you off the waiting list')
  t.equal(letter.calendar, undefined)
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
