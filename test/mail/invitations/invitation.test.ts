import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import ICAL from 'ical.js'
import { DateTime } from 'luxon'
import t from 'tap'
import type { CalendarEntry } from '../../../src/mail/invitations/calendar-entry.ts'
import { invitation as write } from '../../../src/mail/invitations/invitation.ts'
import type { Method } from '../../../src/mail/invitations/invitation.ts'
import { anEntry, joinUrl } from '../../support/calendar-entry.ts'
import { readByBoth, withSecondReader } from '../../support/icalendar.ts'
import { attempts, misshapen, oddLine, oddName, skeleton } from '../../support/odd-text.ts'
import { noon } from '../../support/world.ts'

const methods: Method[] = ['REQUEST', 'CANCEL', 'PUBLISH']

/** Every calendar that these tests write, for another program to read at the end. */
const written = new Set<string>()

function invitation (...given: Parameters<typeof write>): string {
  const text = write(...given)
  written.add(text)
  return text
}

/** Parses a calendar with a program that is not ours. */
function parsed (text: string): { calendar: ICAL.Component, event: ICAL.Component } {
  const calendar = new ICAL.Component(ICAL.parse(text))
  const [event] = calendar.getAllSubcomponents()
  if (event === undefined) throw new Error('There is no event in the calendar.')
  return { calendar, event }
}

/** One line of a calendar, unfolded, without its name. */
function lineOf (text: string, name: string): string | undefined {
  return text.replaceAll('\r\n ', '').split('\r\n').find(line => line.startsWith(name))?.slice(name.length)
}

function inLondon (text: string): DateTime<true> {
  return DateTime.fromISO(text, { zone: 'Europe/London' }).toUTC() as DateTime<true>
}

t.test('each invitation is, byte for byte, the one in its file', async t => {
  const moved = anEntry({
    booking: { icalSequence: 1 },
    activity: { startsAt: inLondon('2026-12-02T19:00'), endsAt: inLondon('2026-12-02T19:30') }
  })
  const cancelled = anEntry({ booking: { status: 'cancelled', icalSequence: 1 }, joinUrl: undefined })
  const files = {
    request: invitation('REQUEST', anEntry(), noon),
    update: invitation('REQUEST', moved, noon.plus({ hours: 1 })),
    cancel: invitation('CANCEL', cancelled, noon),
    publish: invitation('PUBLISH', anEntry(), noon)
  }

  for (const [name, text] of Object.entries(files)) {
    const file = await readFile(join(import.meta.dirname, `${name}.ics`), 'utf8')
    t.equal(text, file.replaceAll('\n', '\r\n'))
  }
})

t.test('an update tells of the same entry what is new', async t => {
  const linesOf = (text: string) => text.replaceAll('\r\n ', '').split('\r\n')
  const first = linesOf(invitation('REQUEST', anEntry(), noon))
  const startsAt = inLondon('2026-12-01T18:15')

  const update = linesOf(invitation('REQUEST', anEntry({ booking: { icalSequence: 1 }, activity: { startsAt } }), noon.plus({ hours: 1 })))

  const [sequence, stamp, start, description, ...others] = update.filter(line => !first.includes(line))
  t.strictSame([sequence, stamp, start], ['SEQUENCE:1', 'DTSTAMP:20261123T130000Z', 'DTSTART:20261201T181500Z'])
  t.match(description, /^DESCRIPTION:.*When: Tuesday 1 December 2026\\, 6:15pm to 6:30pm/)
  t.strictSame(others, [])
})

t.test('an invitation has one event, one attendee, and all that RFC 5546 §3.2.2 asks for', async t => {
  const { calendar, event } = parsed(invitation('REQUEST', anEntry(), noon))

  t.equal(calendar.getAllSubcomponents().length, 1)
  t.strictSame(['version', 'method'].map(name => calendar.getFirstPropertyValue(name)), ['2.0', 'REQUEST'])
  t.match(calendar.getFirstPropertyValue('prodid'), /placekeeper/)
  for (const name of ['uid', 'sequence', 'dtstamp', 'dtstart', 'dtend', 'summary', 'organizer', 'attendee']) {
    t.equal(event.getAllProperties(name).length, 1, name)
  }
  const attendee = event.getFirstProperty('attendee')
  t.equal(attendee?.getFirstValue(), 'mailto:Anne.Kirkbride@Example.org', 'byte for byte the address of the email')
  t.strictSame(['cutype', 'role', 'partstat', 'rsvp', 'cn'].map(name => attendee?.getParameter(name)),
    ['INDIVIDUAL', 'REQ-PARTICIPANT', 'NEEDS-ACTION', 'FALSE', 'Anne Kirkbride'])
  t.match(event.getFirstPropertyValue('organizer'), /^mailto:[^<>\s]+@[^<>\s]+$/)
  t.strictSame(['class', 'transp', 'status'].map(name => event.getFirstPropertyValue(name)),
    ['PRIVATE', 'OPAQUE', 'CONFIRMED'])
  t.strictSame(event.getAllSubcomponents('valarm'), [])
})

t.test('a copy to download asks nobody anything', async t => {
  const text = invitation('PUBLISH', anEntry(), noon)

  const { calendar, event } = parsed(text)
  t.equal(calendar.getFirstPropertyValue('method'), 'PUBLISH')
  t.strictSame(event.getAllProperties('attendee'), [])
  t.notMatch(text, /RSVP|Anne/)
  t.equal(event.getFirstPropertyValue('uid'), anEntry().booking.icalUid, 'the same entry as the one in the email')
})

t.test('a cancellation is of the very entry that was sent', async t => {
  const sent = invitation('REQUEST', anEntry(), noon)

  const cancel = invitation('CANCEL', anEntry({ booking: { status: 'cancelled', icalSequence: 1 } }), noon.plus({ days: 1 }))

  for (const name of ['UID:', 'ORGANIZER;', 'ATTENDEE;', 'DTSTART:', 'DTEND:', 'SUMMARY:', 'LOCATION:']) {
    t.equal(lineOf(cancel, name), lineOf(sent, name), name)
  }
  t.strictSame([lineOf(sent, 'SEQUENCE:'), lineOf(cancel, 'SEQUENCE:')], ['0', '1'])
  t.equal(lineOf(cancel, 'STATUS:'), 'CANCELLED')
  t.equal(lineOf(cancel, 'DTSTAMP:'), '20261124T120000Z')
  t.notMatch(cancel.replaceAll('\r\n ', ''), 'teams.microsoft.com')
})

t.test('the way into the meeting is where calendars look for it, unchanged', async t => {
  const link = 'https://teams.microsoft.com/l/meetup-join/19%3ameeting_Nz%40thread.v2/0?context={"Tid":"1","Oid":"2"},;x'
  const { event } = parsed(invitation('REQUEST', anEntry({ joinUrl: link }), noon))

  for (const name of [
    'url', 'conference', 'x-microsoft-skypeteamsmeetingurl', 'x-microsoft-onlinemeetingexternallink'
  ]) t.equal(event.getFirstPropertyValue(name), link, name)
  t.ok(String(event.getFirstPropertyValue('description')).split('\n').includes(link), 'a line of its own')
  t.equal(event.getFirstPropertyValue('location'), 'Online, on Microsoft Teams')
  t.match(lineOf(invitation('REQUEST', anEntry({ joinUrl: link }), noon), 'CONFERENCE'),
    ';VALUE=URI;FEATURE=VIDEO;LABEL=Join the workshop:')
})

t.test('that it is a video conference is still said once another program has read and written it', async t => {
  const again = new ICAL.Component(ICAL.parse(invitation('REQUEST', anEntry(), noon))).toString()

  t.match(lineOf(again, 'CONFERENCE'), /;FEATURE=VIDEO;/)
})

t.test('without a link to join, nothing pretends that there is one', async t => {
  const text = invitation('REQUEST', anEntry({ joinUrl: undefined }), noon)

  t.notMatch(text, /CONFERENCE|X-MICROSOFT-(SKYPE|ONLINE)|Join/)
  t.equal(lineOf(text, 'URL;VALUE=URI:'), anEntry().ownUrl)
})

t.test('a shared calendar does not tell the topic of a discreet campaign', async t => {
  for (const method of methods) {
    const text = invitation(method, anEntry(), noon).replaceAll('\r\n ', '')
    t.equal(lineOf(text, 'SUMMARY:'), 'Online workshop – Cumbria safeguarding partnerships')
    t.notMatch(text, /exploitation|grooming|abuse|Not OK|keeping-your-child/i)
  }

  const open = invitation('REQUEST', anEntry({ campaign: { discreet: false } }), noon)
  t.equal(lineOf(open, 'SUMMARY:'), 'Child exploitation: what every parent can do')
})

t.test('the description has all that is needed at five to six, and nobody else', async t => {
  const { event } = parsed(invitation('REQUEST', anEntry({ booking: { places: 2 } }), noon))

  t.equal(event.getFirstPropertyValue('description'), [
    'Online workshop – Cumbria safeguarding partnerships',
    'When: Tuesday 1 December 2026, 6pm to 6:30pm',
    'Where: Online, on Microsoft Teams',
    'Places: 2',
    'Booking reference: 7F3KQ-92QDM',
    '',
    'Join the workshop on Microsoft Teams:',
    joinUrl,
    '',
    'Cancel your place:',
    anEntry().ownUrl,
    '',
    'Pressing No in your calendar does not cancel your place: please use the link above.',
    '',
    'If a child is in immediate danger, call 999. To report a concern that is not an emergency, call 101.',
    'Childline: 0800 1111',
    'NSPCC Helpline: 0808 800 5000'
  ].join('\n'))
})

t.test('times are instants in UTC, also on either side of a change of the clocks', async t => {
  const times = {
    '2026-06-02T18:00': '20260602T170000Z',
    '2026-12-01T18:00': '20261201T180000Z',
    '2027-03-28T00:30': '20270328T003000Z',
    '2027-03-28T02:30': '20270328T013000Z',
    '2026-10-25T00:30': '20261024T233000Z',
    '2026-10-25T02:30': '20261025T023000Z'
  }

  for (const [at, instant] of Object.entries(times)) {
    const startsAt = inLondon(at)
    const text = invitation('REQUEST', anEntry({ activity: { startsAt, endsAt: startsAt.plus({ minutes: 30 }) } }), noon)
    t.equal(lineOf(text, 'DTSTART:'), instant, at)
    t.equal(lineOf(text, 'DTSTAMP:'), '20261123T120000Z')
  }
})

t.test('a whole day is a day, wherever its midnight is', async t => {
  const activity = { allDay: true, startsAt: inLondon('2026-06-02'), endsAt: inLondon('2026-06-04') }

  const text = invitation('REQUEST', anEntry({ activity }), noon)

  t.equal(lineOf(text, 'DTSTART;VALUE=DATE:'), '20260602')
  t.equal(lineOf(text, 'DTEND;VALUE=DATE:'), '20260604')
})

t.test('lines end in CRLF and have at most 75 octets, whatever is written in them', async () => {
  fc.assert(fc.property(texts(), fc.constantFrom(...methods), (given, method) => {
    const fault = misshapen(invitation(method, entryWith(given), noon))
    if (fault !== undefined) throw new Error(fault)
  }), { numRuns: 200 })
})

t.test('nothing written into a name, a title or a place becomes anything but that', async t => {
  for (const method of methods) {
    const usual = skeleton(invitation(method, entryWith(plain), noon))

    fc.assert(fc.property(texts(), given =>
      skeleton(invitation(method, entryWith(given), noon)) === usual), { numRuns: 100 })
    for (const attempt of attempts) {
      for (const part of Object.keys(plain)) {
        const text = invitation(method, entryWith({ ...plain, [part]: attempt }), noon)
        t.equal(skeleton(text), usual, `${part}: ${encodeURIComponent(attempt)}`)
        t.equal(parsed(text).calendar.getAllSubcomponents().length, 1)
      }
    }
  }
})

t.test('names, titles and places come out as they went in, in any script', async () => {
  fc.assert(fc.property(texts(), given => {
    const { event } = parsed(invitation('REQUEST', entryWith(given), noon))
    return event.getFirstPropertyValue('summary') === given.title &&
      event.getFirstPropertyValue('location') === given.venue &&
      event.getFirstProperty('attendee')?.getParameter('cn') === given.name &&
      event.getFirstProperty('organizer')?.getParameter('cn') === given.organizer
  }), { numRuns: 300 })
})

t.test('controls, half characters and marks that turn the direction of a text go nowhere', async t => {
  const text = 'A\u0000\u0007\u0085\u2028\u202E\uD83Dn workshop'
  for (const given of [{ ...plain, name: text }, { ...plain, title: text }, { ...plain, venue: text }]) {
    const written = invitation('REQUEST', entryWith(given), noon)

    t.notMatch(written.replaceAll('\r\n', ''), /[\p{Cc}\p{Cs}\p{Zl}\u202E]/u)
    t.match(written.replaceAll('\r\n ', ''), 'A n workshop')
  }
})

t.test('another program reads every calendar of these tests alike', withSecondReader, async t => {
  const { one, other } = readByBoth([...written])

  t.strictSame(other, one)
  t.ok(written.size > 500)
})

interface Texts { name: string, title: string, venue: string, organizer: string }

const plain: Texts = { name: 'Anne', title: 'A workshop', venue: 'A hall', organizer: 'Workshops' }

function texts (): fc.Arbitrary<Texts> {
  return fc.record({ name: oddName(), title: oddLine(), venue: oddLine(), organizer: oddName() })
}

function entryWith ({ name, title, venue, organizer }: Texts): CalendarEntry {
  return anEntry({
    booking: { name },
    activity: { title, venue, isOnline: false },
    campaign: { discreet: false },
    organizer: { name: organizer, address: 'workshops@example.org' },
    joinUrl: undefined
  })
}
