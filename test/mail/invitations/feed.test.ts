import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import ICAL from 'ical.js'
import { DateTime } from 'luxon'
import t from 'tap'
import type { Activity } from '../../../src/programme/activities/activity.ts'
import type { Campaign } from '../../../src/programme/campaigns/campaign.ts'
import { activityFeed, campaignFeed } from '../../../src/mail/invitations/feed.ts'
import { nationalContacts } from '../../../src/programme/support/contact.ts'
import { anEntry } from '../../support/calendar-entry.ts'
import { read, readByBoth, withSecondReader } from '../../support/icalendar.ts'
import { attempts, misshapen, oddLine, oddName, skeleton } from '../../support/odd-text.ts'

const parts = {
  publicUrl: 'https://workshops.example.org',
  mailFrom: { name: 'Online workshops', address: 'workshops@example.org' },
  contacts: nationalContacts
}

const week: Campaign = {
  id: '3c5b8f0e-7c51-4b9b-9d0f-1b9b0a7e6d21',
  slug: 'know-who-your-friends-are',
  title: 'Know who your friends are',
  strapline: 'Say no to strangers',
  summary: 'A week of action',
  kind: 'week-of-action',
  discreet: false,
  partnership: 'Bolton Safeguarding Children Partnership',
  hashtags: [],
  accounts: [],
  area: 'Greater Manchester',
  firstDay: '2015-09-21',
  lastDay: '2015-09-27',
  districts: [],
  privacyNotice: '',
  daysUntilErasure: 30,
  press: { pressContact: '', pressEmail: '', pressPhone: '', pressNote: '' }
}

/** Every calendar that these tests write, for another program to read at the end. */
const written = new Set<string>()

function kept (text: string): string {
  written.add(text)
  return text
}

function inLondon (text: string): DateTime<true> {
  return DateTime.fromISO(text, { zone: 'Europe/London' }).toUTC() as DateTime<true>
}

function anActivity (activity: Partial<Activity> = {}, { discreet = false } = {}): Activity {
  return anEntry({ activity, campaign: { discreet, partnership: week.partnership } }).booking.activity
}

function uid (n: number): string {
  return `7d4a3f52-6d0b-4f0e-9a3c-2b1c0d9e8f7${n}`
}

const banner = anActivity({
  icalUid: uid(1),
  slug: 'posters',
  title: 'Posters, leaflets and pens',
  kind: 'advertising',
  isOnline: false,
  booking: 'none',
  audiences: [],
  allDay: true,
  startsAt: inLondon('2015-09-21'),
  endsAt: inLondon('2015-09-28')
})
const surgery = anActivity({
  icalUid: uid(2),
  icalSequence: 3,
  slug: 'street-surgery',
  title: 'Street surgery',
  kind: 'street-surgery',
  isOnline: false,
  venue: 'Victoria Square, Bolton; by the steps',
  booking: 'drop-in',
  summary: 'Come and talk to us.\r\n\r\nOfficers and youth workers answer; nobody takes names.',
  startsAt: inLondon('2015-09-22T10:00'),
  endsAt: inLondon('2015-09-22T12:00')
})
const cancelled = anActivity({
  icalUid: uid(3),
  icalSequence: 1,
  slug: 'awareness-session',
  title: 'Awareness session',
  status: 'cancelled',
  cancellationReason: 'The speaker is ill.',
  startsAt: inLondon('2015-09-23T18:00'),
  endsAt: inLondon('2015-09-23T19:00')
})
const all = [banner, surgery, cancelled]

t.test('each feed is, byte for byte, the one in its file', async t => {
  const feeds = {
    feed: kept(campaignFeed(week, all, parts)),
    'feed-of-one': kept(activityFeed(anActivity({}, { discreet: true }), parts))
  }

  for (const [name, text] of Object.entries(feeds)) {
    const file = await readFile(join(import.meta.dirname, `${name}.ics`), 'utf8')
    t.equal(text, file.replaceAll('\n', '\r\n'))
  }
})

t.test('a feed has each activity under its own UID, with the SEQUENCE of the activity, and nobody in it', async t => {
  const text = campaignFeed(week, all, parts)

  const { method, events } = read(text)
  t.equal(method, 'PUBLISH')
  t.strictSame(events.map(({ uid, sequence }) => [uid, sequence]), [[uid(1), 0], [uid(2), 3], [uid(3), 1]])
  t.strictSame(events.flatMap(({ attendees }) => attendees), [])
  t.strictSame([...new Set(events.map(({ organizer }) => organizer))], ['mailto:workshops@example.org'])
  t.notMatch(text, /ATTENDEE|RSVP|teams\.microsoft\.com/)
})

t.test('an entry says what the page says, and where the page is', async t => {
  const [event] = new ICAL.Component(ICAL.parse(activityFeed(surgery, parts))).getAllSubcomponents()

  t.equal(event?.getFirstPropertyValue('url'), 'https://workshops.example.org/activities/street-surgery')
  t.equal(event?.getFirstPropertyValue('summary'), 'Street surgery')
  t.equal(event?.getFirstPropertyValue('location'), 'Victoria Square, Bolton; by the steps')
  t.equal(event?.getFirstPropertyValue('transp'), 'TRANSPARENT', 'to follow is not to attend')
  t.equal(event?.getFirstPropertyValue('description'), [
    'Come and talk to us.',
    '',
    'Officers and youth workers answer; nobody takes names.',
    '',
    'When: Tuesday 22 September 2015, 10am to midday',
    'Where: Victoria Square, Bolton; by the steps',
    'For parents and carers',
    '',
    'Read more:',
    'https://workshops.example.org/activities/street-surgery',
    '',
    'If a child is in immediate danger, call 999. To report a concern that is not an emergency, call 101.',
    'Childline: 0800 1111',
    'NSPCC Helpline: 0808 800 5000'
  ].join('\n'))
})

t.test('nobody takes an entry for a booking, or an activity that is off for one that is on', async t => {
  const text = (activity: Activity) => activityFeed(activity, parts).replaceAll('\r\n ', '')

  t.match(text(anActivity()), 'This is not a booking. Book a place')
  t.notMatch(text(cancelled), 'Book a place')
  t.match(text(cancelled), 'This has been cancelled.\\nThe speaker is ill.')
  t.match(text(cancelled), 'SUMMARY:Cancelled: Awareness session\r\n')
  t.match(text(cancelled), 'STATUS:CANCELLED\r\n')
  t.notMatch(text(banner), /LOCATION|Where:/, 'a poster is nowhere to go')
})

t.test('a week is its seven days, and a day is in the zone of the activity', async t => {
  const [week] = read(activityFeed(banner, parts)).events
  const auckland = anActivity({
    allDay: true,
    zone: 'Pacific/Auckland',
    startsAt: DateTime.fromISO('2026-06-02', { zone: 'Pacific/Auckland' }).toUTC() as DateTime<true>,
    endsAt: DateTime.fromISO('2026-06-03', { zone: 'Pacific/Auckland' }).toUTC() as DateTime<true>
  })
  const [far] = read(kept(activityFeed(auckland, parts))).events

  t.strictSame([week?.start, week?.end], ['2015-09-21', '2015-09-28'])
  t.strictSame([far?.start, far?.end], ['2026-06-02', '2026-06-03'])
})

t.test('a calendar that a family shares does not tell the topic of a discreet campaign', async t => {
  const given = { slug: 'a-workshop', summary: 'About grooming', cancellationReason: 'No speaker on grooming' }
  for (const status of ['published', 'cancelled'] as const) {
    const text = kept(campaignFeed(week, [anActivity({ ...given, status }, { discreet: true })], parts)).replaceAll('\r\n ', '')

    t.match(text, `${status === 'cancelled' ? 'Cancelled: ' : ''}Online workshop – Bolton Safeguarding Children Partnership`)
    t.match(text, 'X-WR-CALNAME:Bolton Safeguarding Children Partnership')
    t.notMatch(text, /exploitation|grooming|Know who your friends are/i)
  }
  t.match(campaignFeed(week, all, parts), 'X-WR-CALNAME:Know who your friends are')
})

t.test('only a whole campaign asks to be a calendar of its own', async t => {
  t.notMatch(activityFeed(surgery, parts), 'X-WR-CALNAME')
  for (const text of [activityFeed(surgery, parts), campaignFeed(week, all, parts)]) {
    t.match(text, 'REFRESH-INTERVAL;VALUE=DURATION:PT6H\r\n')
  }
})

t.test('a campaign whose activities were long ago is an empty calendar without a topic', async t => {
  const text = kept(campaignFeed(week, [], parts))

  t.strictSame(read(text), { method: 'PUBLISH', events: [] })
  t.match(text, 'NAME:Bolton Safeguarding Children Partnership')
})

t.test('lines end in CRLF and have at most 75 octets, and no text becomes anything but that', async t => {
  const usual = skeleton(feedWith(plain))

  const given = Object.fromEntries(Object.keys(plain).map(part => [part, part === 'organizer' ? oddName() : oddLine()]))
  fc.assert(fc.property(fc.record(given), given => {
    const text = kept(feedWith({ ...plain, ...given }))
    const fault = misshapen(text)
    if (fault !== undefined) throw new Error(fault)
    return skeleton(text) === usual
  }), { numRuns: 200 })
  for (const attempt of attempts) {
    for (const part of Object.keys(plain)) {
      const text = kept(feedWith({ ...plain, [part]: attempt }))
      t.equal(misshapen(text), undefined)
      t.equal(skeleton(text), usual, `${part}: ${encodeURIComponent(attempt)}`)
    }
  }
})

t.test('titles and places come out as they went in, in any script', async () => {
  fc.assert(fc.property(oddLine(), oddLine(), oddLine(), (title, venue, name) => {
    const calendar = new ICAL.Component(ICAL.parse(kept(feedWith({ ...plain, title, venue, name }))))
    const [event] = calendar.getAllSubcomponents()
    return event?.getFirstPropertyValue('summary') === `Cancelled: ${title}` &&
      event.getFirstPropertyValue('location') === venue &&
      asText(calendar.getFirstPropertyValue('x-wr-calname')) === name
  }), { numRuns: 200 })
})

t.test('another program reads every calendar of these tests alike', withSecondReader, async t => {
  const { one, other } = readByBoth([...written])

  t.strictSame(other, one)
  t.ok(written.size > 400)
})

/** Parses as TEXT a property that ical.js leaves unparsed, because RFC 5545 does not define it. */
function asText (raw: unknown): unknown {
  return new ICAL.Component(ICAL.parse(`BEGIN:VEVENT\r\nSUMMARY:${String(raw)}\r\nEND:VEVENT`)).getFirstPropertyValue('summary')
}

const plain = {
  name: 'A campaign',
  title: 'A workshop',
  venue: 'A hall',
  summary: 'About it',
  reason: 'Snow',
  audience: 'parents',
  organizer: 'Workshops'
}

/** A feed of one cancelled activity, with these texts in it. */
function feedWith ({ name, title, venue, summary, reason, audience, organizer }: typeof plain): string {
  const activity = anActivity({
    title, venue, summary, isOnline: false, status: 'cancelled', cancellationReason: reason, audiences: [audience]
  })
  const mailFrom = { ...parts.mailFrom, name: organizer }
  return campaignFeed({ ...week, title: name }, [activity], { ...parts, mailFrom })
}
