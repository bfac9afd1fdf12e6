import type { DateTime } from 'luxon'
import t from 'tap'
import type { EmailKind } from '../../../src/mail/emails/kinds.ts'
import { messageOf } from '../../../src/mail/emails/message.ts'
import type { Message } from '../../../src/mail/emails/message.ts'
import { followUps } from '../../../src/mail/emails/follow-up.ts'
import { loadTemplates } from '../../../src/platform/templates.ts'
import { anEntry, joinUrl } from '../../support/calendar-entry.ts'
import { noon } from '../../support/world.ts'

const templates = loadTemplates()
const publicUrl = 'https://workshops.example.org'

/** Tuesday 1 December 2026 at 6pm, as for every entry by default. */
const start = noon.plus({ days: 8, hours: 6 })

function write (kind: EmailKind, given: Parameters<typeof anEntry>[0] = {}, now: DateTime<true> = noon): Message {
  const email = { id: '9a1d3f6e-0000-4000-8000-000000000000', messageId: '9a1d3f6e@workshops.example.org' }
  const beside = { line: undefined, first: undefined, bulletin: undefined, publicUrl }
  return messageOf({ kind, email, entry: anEntry(given), templates, ...beside }, now)
}

const heading = ({ text }: Message) => text.split('\n')[0]
const subject = (message: Message) => message.subject.split(':')[0]

t.test('each reminder says in its subject and at its top when it starts, seen from that day', async t => {
  const week = write('reminder-week', {}, start.minus({ days: 7 }))
  const day = write('reminder-day', {}, start.minus({ days: 1 }))
  const late = write('reminder-day', {}, start.minus({ hours: 7 }))
  const hour = write('reminder-hour', {}, start.minus({ hours: 1 }))

  t.strictSame([week, day, late, hour].map(subject), ['A reminder', 'Tomorrow', 'Today', 'Starting at 6pm'])
  t.strictSame([week, day, late, hour].map(heading), [
    'See you on Tuesday 1 December 2026 at 6pm', 'See you tomorrow at 6pm', 'See you today at 6pm', 'It starts at 6pm'
  ])
})

t.test('tomorrow is the next day of its zone, also in the nights in which clocks change', async t => {
  const startsAt = noon.set({ year: 2027, month: 3, day: 28, hour: 17 })
  const activity = { startsAt, endsAt: startsAt.plus({ hours: 1 }) }

  t.equal(heading(write('reminder-day', { activity }, startsAt.minus({ hours: 23 }))), 'See you tomorrow at 6pm')
  t.equal(heading(write('reminder-day', { activity }, startsAt.minus({ hours: 17 }))), 'See you today at 6pm')
  t.equal(heading(write('reminder-day', { activity: { ...activity, allDay: true } }, startsAt.minus({ hours: 23 }))),
    'See you tomorrow')
})

t.test('reminders carry the way in, how to give the place back and how to hear no more of it, each to a page', async t => {
  const { ownUrl } = anEntry()
  for (const kind of ['reminder-week', 'reminder-day', 'reminder-hour'] as const) {
    const { text } = write(kind)
    const lines = text.split('\n')

    for (const link of [joinUrl, `${ownUrl}/cancellation`, `${ownUrl}/reminders`]) t.ok(lines.includes(link), `${kind}: ${link}`)
    t.match(text, /give up your place/i)
    t.match(text, /stop reminders/i)
    t.equal(write(kind).calendar, undefined, 'calendars hear of nothing')
    t.match(write(kind, { booking: { places: 2 } }).text, /give up your places/i)
  }
})

t.test('the reminder an hour before is short and puts the link first, for someone with a phone in hand', async t => {
  const { text } = write('reminder-hour')
  const before = text.slice(0, text.indexOf(joinUrl))

  t.ok(before.length < 220, before)
  t.ok(text.indexOf(joinUrl) < text.indexOf('What: '))
  t.ok(text.length < write('reminder-day').text.length * 0.75)
})

t.test('where there is no link yet, reminders say that it is to come', async t => {
  t.match(write('reminder-hour', { joinUrl: undefined }).text, 'We have not sent you the link yet.')
  t.match(write('reminder-day', { joinUrl: undefined }).text, 'We will send you the link to the workshop before it starts.')
})

t.test('where people meet at a venue, reminders say where and nothing of a link', async t => {
  const given = { activity: { isOnline: false, venue: 'Carlisle Library' }, joinUrl: undefined }
  for (const kind of ['reminder-week', 'reminder-day', 'reminder-hour'] as const) {
    const { text } = write(kind, given)

    t.match(text, 'Where: Carlisle Library')
    t.notMatch(text, /the link to|Join here|not sent you the link|camera/)
  }
})

t.test('emails after the end give people to talk to and pages to read, and nothing to join, release or stop', async t => {
  for (const kind of followUps) {
    const { text } = write(kind, { campaign: { discreet: false } })

    t.match(text, 'Need to talk to someone now? The numbers are at the end of this email.')
    t.match(text, 'CEOP Safety Centre – To report someone’s behaviour towards a child online:\n\n' +
      'https://www.ceop.police.uk/Safety-Centre/\n')
    t.match(text, `See what else is on:\n\n${publicUrl}/\n`)
    t.match(text, 'We delete your details on 31 December 2026.')
    t.notMatch(text, /teams\.microsoft\.com|\/bookings\/|camera/)
  }
})

t.test('of a discreet campaign they lead to our own page of people who help, whose addresses can name the topic', async t => {
  const contact = {
    name: 'Report Remove',
    purpose: 'To get a picture taken down',
    audience: 'young-people' as const,
    number: undefined,
    url: 'https://www.example.org/abuse/',
    address: undefined,
    hours: undefined,
    area: []
  }
  for (const kind of followUps) {
    const discreet = write(kind, { contacts: [contact] })
    const open = write(kind, { contacts: [contact], campaign: { discreet: false } })

    for (const form of [discreet.text, discreet.html]) t.notMatch(form, /Report Remove|abuse|exploitation/)
    t.match(discreet.text, `More people who can help:\n\n${publicUrl}/help\n`)
    t.match(open.text, contact.url)
  }
})

t.test('an address that no browser opens is left out', async t => {
  const [contact] = anEntry().contacts
  const contacts = ['javascript:alert(1)', 'www.example.org', 'https://a b'].flatMap(url => contact === undefined ? [] : [{ ...contact, url }])
  const { text, html } = write('thank-you', { contacts, campaign: { discreet: false } })

  for (const form of [text, html]) t.notMatch(form, /javascript|www\.example|a b|These have more/)
})

t.test('each email after the end thanks for what was, and claims to know only what is known', async t => {
  t.match(write('thank-you').subject, /^Thank you for coming: /)
  t.match(write('sorry-we-missed-you').text, 'It looks like you couldn’t make it.')
  t.match(write('sorry-we-missed-you').text, 'If you were there after all, thank you for coming.')
  t.match(write('after-the-day').text, 'If you did, thank you for coming. If you could not, you are welcome another time.')
})
