import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import ICAL from 'ical.js'
import { DateTime } from 'luxon'
import t from 'tap'
import type { Entry } from '../../src/invitations/entry.ts'
import { invitation } from '../../src/invitations/invitation.ts'
import type { Method } from '../../src/invitations/invitation.ts'
import { anEntry, joinUrl } from '../support/entry.ts'
import { noon } from '../support/world.ts'

const methods: Method[] = ['REQUEST', 'CANCEL', 'PUBLISH']

/** Reads a calendar with a program that is not ours. */
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
  const cancelled = anEntry({ booking: { status: 'cancelled', icalSequence: 1 }, joinUrl: undefined })
  const entries: Record<Method, Entry> = { REQUEST: anEntry(), CANCEL: cancelled, PUBLISH: anEntry() }

  for (const method of methods) {
    const file = await readFile(join(import.meta.dirname, `${method.toLowerCase()}.ics`), 'utf8')
    t.equal(invitation(method, entries[method], noon), file.replaceAll('\n', '\r\n'))
  }
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
  t.equal(attendee?.getFirstValue(), 'mailto:Anne.Kirkbride@Example.org', 'byte for byte the address of the letter')
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
  t.equal(event.getFirstPropertyValue('uid'), anEntry().booking.icalUid, 'the same entry as the one in the letter')
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
    ';VALUE=URI;FEATURE=VIDEO,AUDIO;LABEL=Join the workshop:')
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

t.test('the zone that the process runs in changes nothing', async t => {
  const script = `
    const { invitation } = await import(${JSON.stringify(import.meta.resolve('../../src/invitations/invitation.ts'))})
    const { anEntry } = await import(${JSON.stringify(import.meta.resolve('../support/entry.ts'))})
    const { noon } = await import(${JSON.stringify(import.meta.resolve('../support/world.ts'))})
    const at = month => noon.set({ month, day: 28, hour: 1, minute: 30 })
    for (const month of [3, 10]) for (const allDay of [false, true]) process.stdout.write(invitation('REQUEST', anEntry({
      activity: { allDay, startsAt: at(month), endsAt: at(month).plus({ days: 1 }) } }), noon))
    process.exit()`

  const [inUtc, ...others] = ['UTC', 'Europe/London', 'America/New_York'].map(TZ =>
    execFileSync(process.execPath, ['--input-type=module', '--eval', script], { env: { ...process.env, TZ } }).toString())

  t.match(inUtc, /DTSTART:20260328T013000Z/)
  for (const other of others) t.equal(other, inUtc)
})

t.test('lines end in CRLF and have at most 75 octets, whatever is written in them', async t => {
  fc.assert(fc.property(texts(), fc.constantFrom(...methods), (given, method) => {
    const text = invitation(method, entryWith(given), noon)

    t.notMatch(text, /[^\r]\n|\r(?!\n)/)
    t.ok(text.endsWith('END:VCALENDAR\r\n'))
    const widest = Math.max(...text.split('\r\n').map(line => Buffer.byteLength(line)))
    if (widest > 75) t.fail(`a line of ${widest} octets`)
    return widest <= 75
  }), { numRuns: 200 })
})

t.test('nothing written into a name, a title or a place becomes anything but that', async t => {
  const usual = properties(parsed(invitation('REQUEST', entryWith(plain), noon)).event)

  fc.assert(fc.property(texts(), given => {
    const { calendar, event } = parsed(invitation('REQUEST', entryWith(given), noon))
    return calendar.getAllSubcomponents().length === 1 && properties(event) === usual
  }), { numRuns: 300 })
  for (const attempt of ['x\r\nATTENDEE:mailto:evil@example.com', 'x\nEND:VEVENT\nBEGIN:VEVENT', 'x\u2028BEGIN:VALARM', '\u0085X:1']) {
    const { event } = parsed(invitation('REQUEST', entryWith({ name: attempt, title: attempt, venue: attempt }), noon))
    t.equal(properties(event), usual)
  }
})

t.test('names, titles and places come out as they went in, in any script', async () => {
  fc.assert(fc.property(texts(), given => {
    const { event } = parsed(invitation('REQUEST', entryWith(given), noon))
    return event.getFirstPropertyValue('summary') === given.title &&
      event.getFirstPropertyValue('location') === given.venue &&
      event.getFirstProperty('attendee')?.getParameter('cn') === given.name
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

interface Texts { name: string, title: string, venue: string }

const plain: Texts = { name: 'Anne', title: 'A workshop', venue: 'A hall' }

/** Texts of one line in any script, with everything that means something to a calendar. */
function texts (): fc.Arbitrary<Texts> {
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('"', '^', "^'", '^n', '\\', '\\n', ';', ',', ':', 'Zażółć gęślą jaźń', '安全なインターネット', 'عبد الرحمن', '👨‍👩‍👧‍👦')
  )
  const line = fc.array(piece, { minLength: 1, maxLength: 20 }).map(pieces => pieces.join(''))
    .filter(text => !/[\p{C}\p{Zl}\p{Zp}]/u.test(text.replaceAll(/[\u200C\u200D]/g, '')) && text.trim() === text && text !== '')
  // ical.js takes a backslash in a parameter for an escape, which RFC 6868 §3 does not know.
  return fc.record({ name: line.filter(text => !text.includes('\\')), title: line, venue: line })
}

function entryWith ({ name, title, venue }: Texts): Entry {
  return anEntry({
    booking: { name }, activity: { title, venue, isOnline: false }, campaign: { discreet: false }, joinUrl: undefined
  })
}

function properties (event: ICAL.Component): string {
  return event.getAllProperties().map(({ name }) => name).join(' ')
}
