import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import type { Booking } from '../../../src/booking/bookings/booking.ts'
import { messageOf } from '../../../src/mail/emails/message.ts'
import type { Message } from '../../../src/mail/emails/message.ts'
import { loadTemplates } from '../../../src/platform/templates.ts'
import { anEntry, joinUrl } from '../../support/calendar-entry.ts'
import { attempts, oddLine } from '../../support/odd-text.ts'
import { noon } from '../../support/world.ts'

const templates = loadTemplates()
const publicUrl = 'https://workshops.example.org'

const waiting = { status: 'waiting', confirmedAt: undefined, waitedAt: noon } satisfies Partial<Booking>
const offered = {
  ...waiting, status: 'offered', offeredUntil: noon.plus({ hours: 24 }), offers: 1
} satisfies Partial<Booking>

function write (
  { heading = 'Grooming: what we will talk about', body = 'It will be dark.' }: { heading?: string, body?: string } = {},
  given: Parameters<typeof anEntry>[0] = {}
): Message {
  return messageOf({
    kind: 'bulletin',
    email: { id: '9a1d3f6e-0000-4000-8000-000000000000', messageId: '9a1d3f6e@workshops.example.org' },
    entry: anEntry(given),
    templates,
    line: undefined,
    first: undefined,
    bulletin: { heading, body },
    publicUrl
  }, noon)
}

/** The addresses that an email links to, in order. */
function links (form: string): string[] {
  return [...form.matchAll(/(?<=^|href=")https?:\/\/[^"\s]+/gm)].map(([link]) => link.replaceAll('&amp;', '&'))
}

t.test('a message has the heading, the text, the booking, its page and who to call, in both forms alike', async t => {
  const { subject, text, html, calendar } = write({ body: 'Bring:\n* a pen\n\n## Parking\nhttps://example.org/map?a=1&b=2' })

  t.equal(subject, 'A message about your booking: Online workshop – Cumbria safeguarding partnerships, Tuesday 1 December 2026')
  for (const form of [text, html]) {
    t.match(form, 'Hello Anne Kirkbride,')
    t.match(form, 'Grooming: what we will talk about')
    t.match(form, 'a pen')
    t.match(form, 'Tuesday 1 December 2026, 6pm to 6:30pm')
    t.match(form, '7F3KQ-92QDM')
    t.match(form.replaceAll(/<[^>]+>/g, ''), 'call 999')
    t.match(form, '0800 1111')
    t.match(form, 'We delete your details on 31 December 2026.')
    t.notMatch(form, /undefined|null|\[object|\{\{|\{%/)
    t.notMatch(form, 'Child exploitation', 'the title of a discreet workshop')
    t.notMatch(form, joinUrl)
  }
  t.equal(html.match(/<h1>/g)?.length, 1)
  t.match(html, '<h1>Grooming: what we will talk about</h1>')
  t.match(html, '<h2>Parking</h2>')
  t.match(html, '<ul>\n<li>a pen</li>\n</ul>')
  t.match(html, '<a href="https://example.org/map?a=1&amp;b=2">https://example.org/map?a=1&amp;b=2</a>')
  t.strictSame(links(text), links(html))
  t.equal(links(text)[0], 'https://example.org/map?a=1&b=2')
  t.match(links(text)[1], /^https:\/\/workshops\.example\.org\/bookings\//)
  t.equal(calendar, undefined)
})

t.test('what a phone lying on a table shows of it does not name the topic', async t => {
  const { subject, text, html } = write()
  const shown = (form: string) => form.replace(/\s+/g, ' ').slice(0, 140)
  const seen = html.slice(html.indexOf('<main>')).replace(/<[^>]*>/g, ' ').trim()

  for (const first of [subject, shown(text), shown(seen)]) t.notMatch(first, /grooming|exploitation/i)
  t.match(html, `<title>${subject}</title>`)
})

t.test('where the topic may be named the subject has the title of the workshop, and still not the heading', async t => {
  const { subject } = write({}, { campaign: { discreet: false } })

  t.equal(subject, 'A message about your booking: Child exploitation: what every parent can do, Tuesday 1 December 2026')
})

t.test('someone who waits reads so, and someone who is offered a place reads by when and where to accept', async t => {
  const inLine = write({}, { booking: waiting, joinUrl: undefined })
  const asked = write({}, { booking: offered, joinUrl: undefined })

  t.match(inLine.text, 'Places asked for: 1')
  t.match(inLine.text, 'See your booking, or change it, on its own page:')
  t.match(asked.text, 'We are keeping it for you until Tuesday 24 November 2026 at midday. Open this page and choose:')
})

t.test('lines stay where their writer ended them', async t => {
  const { text, html } = write({ body: 'Kind regards\r\nJane <Smith>' })

  t.match(text, '\nKind regards\nJane <Smith>\n')
  t.match(html, '<p>Kind regards<br>\nJane &lt;Smith&gt;</p>')
})

/** The structure of an email: its tags in order, and its links and headings, without what was written. */
function built ({ subject, html, text }: Message, body: string): string {
  const main = html.slice(html.indexOf('<main>'))
  const end = main.lastIndexOf('<h2>Your booking</h2>')
  assert.ok(end > 0, 'the part about the booking follows')
  const tags = [...main.slice(0, end).matchAll(/<\/?(\w+)/g)].map(([, tag = '']) => tag)
  const foreign = tags.filter(tag => !['main', 'p', 'h1', 'h2', 'ul', 'li', 'a', 'br'].includes(tag))
  assert.deepEqual(foreign, [], body)
  assert.equal(main.match(/<h1>/g)?.length, 1, body)
  assert.ok(text.includes('\n\nYour booking\n------------\n\nWhat: '), body)
  for (const [, href = ''] of main.slice(0, end).matchAll(/<a href="([^"]*)"/g)) assert.match(href, /^https:\/\//i, body)
  return `${subject}\n${main.slice(end)}`
}

t.test('nothing that an organiser types breaks out: all around it is as in any other email', t => {
  const ours = built(write(), '')
  const pieces = fc.oneof(oddLine(), fc.constantFrom(
    '', ...attempts, '# x', '## Your booking', '| What | a trap |', '<https://x.example/"onclick="x">', 'https://x.example/"><script>', '</p></main></body>',
    '<style>main{display:none}</style>', '<script>alert(1)</script>', '<img src="https://x.example/p.gif">', '<!--', '{{ ownUrl }}', '{% include "mail/emails/kinds/booking-link.njk" %}',
    '{#', '{{', '&lt;b&gt;', 'javascript:alert(1)', '<javascript:alert(1)>', 'Subject: x', '> x', '$&', '$1', '\\'
  ))
  const lines = fc.array(pieces, { minLength: 1, maxLength: 8 })

  fc.assert(fc.property(pieces, lines, fc.constantFrom('\n', '\r\n', '\n\n'), (heading, body, end) => {
    const text = body.join(end)
    assert.equal(built(write({ heading: heading === '' ? 'x' : heading, body: text === '' ? 'x' : text }), text), ours)
  }), { numRuns: 200 })
  t.end()
})
