import fc from 'fast-check'
import t from 'tap'
import { changeInWords, isKnown, readSentContent, tellingKinds, sentContentOf } from '../../../src/mail/emails/told.ts'
import type { SentContent } from '../../../src/mail/emails/told.ts'
import { anEntry, joinUrl } from '../../support/calendar-entry.ts'
import { noon } from '../../support/world.ts'

function at (start: object, length: object) {
  return { startsAt: noon.plus(start), endsAt: noon.plus(start).plus(length) }
}

const now = sentContentOf(anEntry())
const anHourLater = at({ days: 8, hours: 7 }, { minutes: 30 })

t.test('what was told is kept in words, without the link to join', async t => {
  t.match(now, { to: 'Anne.Kirkbride@Example.org', when: 'Tuesday 1 December 2026, 6pm to 6:30pm', places: 1 })
  t.notMatch(JSON.stringify(now), /teams|meetup/)
  t.not(now.link, sentContentOf(anEntry({ joinUrl: `${joinUrl}x` })).link)
  t.strictSame(readSentContent(JSON.parse(JSON.stringify(now))), now)
  t.equal(readSentContent(null), 'unknown')
})

t.test('a change is named by what it is, with what was and what is', async t => {
  const later = sentContentOf(anEntry({ activity: anHourLater }))
  const anotherDay = sentContentOf(anEntry({ activity: at({ days: 9 }, { hours: 1 }) }))
  const two = sentContentOf(anEntry({ booking: { places: 2 } }))

  t.match(changeInWords(now, later), {
    title: 'New time',
    changes: ['When: it was Tuesday 1 December 2026, 6pm to 6:30pm. It is now Tuesday 1 December 2026, 7pm to 7:30pm.']
  })
  t.equal(changeInWords(now, anotherDay).title, 'New date')
  t.match(changeInWords(now, two), { title: 'You now have 2 places', changes: ['Places: it was 1. It is now 2.'] })
  t.equal(changeInWords({ ...now, status: 'waiting' }, { ...two, status: 'waiting' }).title, 'You now ask for 2 places')
  t.equal(changeInWords(now, { ...later, places: 2 }).title, 'New time and number of places')
  t.equal(changeInWords(now, { ...later, places: 2, where: 'Elsewhere' }).title, 'Your booking has changed')
  t.equal(changeInWords({ ...now, link: '' }, now).title, 'Your link to join')
  t.equal(changeInWords({ ...now, link: 'another' }, now).title, 'New link to join')
  t.match(changeInWords(now, { ...now, link: '' }), { title: 'The link to join has ended', changes: [/do not use it/] })
  t.match(changeInWords(now, { ...now, linkVersion: 1 }), { title: 'New links for your booking', endsLinks: true, changes: [] })
})

t.test('a place that its reader is not told any more, or was not told, is not quoted as what was', async t => {
  const [here, secret] = [{ ...now, where: 'Rose House' }, { ...now, where: 'Bolton. We tell you later', tellsPlace: false }]

  t.match(changeInWords(here, secret), { title: 'Where to meet', changes: ['Where: Bolton. We tell you later.'] })
  t.match(changeInWords(secret, here), { title: 'Where to meet', changes: ['Where: Rose House.'] })
  t.match(changeInWords(here, { ...here, where: 'Lily House' }), { changes: ['Where: it was Rose House. It is now Lily House.'] })
  const { tellsPlace: _, ...older } = here
  t.notMatch(JSON.stringify(changeInWords(readSentContent(older), secret)), 'Rose House', 'of an older version too')
})

t.test('someone emailed for the first time reads that, and not what others were told', async t => {
  t.match(changeInWords({ ...now, to: 'wrong@example.org', when: 'before' }, { ...now, linkVersion: 1 }),
    { title: 'Emails about your booking now come here', isFirst: true, changes: [] })
  t.match(changeInWords('nothing', { ...now, linkVersion: 1 }), { isFirst: true })
  t.match(changeInWords('nothing', now), { title: 'Your booking has changed', isFirst: false })
  t.match(changeInWords('unknown', now), { title: 'Your booking has changed', isFirst: false, endsLinks: false })
})

t.test('only what is the same in every respect is known, and a change always has a sentence or new links', async () => {
  const texts = fc.constantFrom('one', 'another')
  const anyTold = fc.record<SentContent>({
    to: fc.constant('anne@example.org'),
    activity: fc.constant('it'),
    status: fc.constant('confirmed'),
    name: texts,
    what: texts,
    day: texts,
    when: texts,
    where: texts,
    tellsPlace: fc.constant(true),
    places: fc.integer({ min: 1, max: 2 }),
    link: fc.constantFrom('', 'personal', 'x'),
    linkVersion: fc.integer({ min: 0, max: 1 })
  }).map(told => ({ ...told, when: `${told.day}, ${told.when}` }))
  fc.assert(fc.property(anyTold, anyTold, (before, after) => {
    const { changes, endsLinks } = changeInWords(before, after)
    return isKnown(before, after) === (changes.length === 0 && !endsLinks)
  }))
})

t.test('emails that say all of a booking are those with its entry and those that give someone a turn', async t => {
  t.strictSame([...tellingKinds].sort(), [
    'already-booked', 'booking-changed', 'place-confirmed', 'place-found', 'place-offered', 'waiting-list-joined'
  ])
})
