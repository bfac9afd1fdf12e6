import t from 'tap'
import { bookingsInWords, daysUpTo, everyDay } from '../../../src/office/home/bookings-per-day.ts'
import { chartOf } from '../../../src/office/home/chart.ts'
import { withoutStyles } from '../../../src/platform/svg-chart.ts'
import { perceived, service } from '../../support/service.ts'
import { anAgency, signedIn } from '../../support/staff.ts'
import { aBooking, anActivity, noon } from '../../support/world.ts'

const picture = '/staff/bookings-per-day.svg'

t.test('the days up to one are thirty, through ends of months and the night that clocks change', async t => {
  const days = daysUpTo('2026-11-03')

  t.equal(days.length, 30)
  t.strictSame([days[0], days[21], days[29]], ['2026-10-05', '2026-10-26', '2026-11-03'])
})

t.test('a day on which nobody booked is there, and one that is not shown is not', async t => {
  const days = everyDay([{ day: '2026-12-01', bookings: 3 }, { day: '2026-10-01', bookings: 9 }], '2026-12-02')

  t.equal(days.length, 30)
  t.strictSame(days.slice(-2), [{ day: '2026-12-01', bookings: 3 }, { day: '2026-12-02', bookings: 0 }])
  t.equal(days.reduce((sum, { bookings }) => sum + bookings, 0), 3)
})

t.test('what the picture shows is said in a sentence', async t => {
  const cases: Array<[Record<string, number>, string]> = [
    [{}, 'Nobody has booked in the last 30 days.'],
    [{ '2026-11-20': 1 }, '1 booking in the last 30 days, on Friday 20 November 2026.'],
    [{ '2026-11-03': 9, '2026-11-04': 8 }, '17 bookings in the last 30 days, most on Tuesday 3 November 2026: 9.'],
    [{ '2026-11-03': 9, '2026-11-04': 9 }, '18 bookings in the last 30 days, at most 9 on one day.']
  ]

  for (const [counted, sentence] of cases) {
    const days = Object.entries(counted).map(([day, bookings]) => ({ day, bookings }))
    t.equal(bookingsInWords(everyDay(days, '2026-11-23')), sentence)
  }
})

t.test('the picture has a bar for each day, each seventh day by name, and nothing that a policy without styles blocks', async t => {
  const days = everyDay([{ day: '2026-11-20', bookings: 4 }, { day: '2026-11-23', bookings: 2 }], '2026-11-23')

  for (const size of ['wide', 'narrow'] as const) {
    const svg = await chartOf(days, size)

    t.match(svg, /^<svg width="\d+" height="\d+" xmlns="http:\/\/www\.w3\.org\/2000\/svg"/)
    t.equal(svg.match(/<path [^>]*fill="#0b665f"/g)?.length, 30)
    t.strictSame([...svg.matchAll(/>(\d+ \w+)<\/text>/g)].map(([, day]) => day),
      ['26 Oct', '2 Nov', '9 Nov', '16 Nov', '23 Nov'])
    t.match(svg, /<text [^>]*font-size="14px" font-family="Arial, sans-serif"/)
    t.notMatch(svg, /style|class=|ecmeta|script/)
  }
})

t.test('styles become attributes', async t => {
  t.equal(withoutStyles('<text style="font-size:12px;font-family:sans-serif;" class="a" x="1">style="a:b"</text><style ><![CDATA[\n.a{}\n]]></style>'),
    '<text font-size="12px" font-family="sans-serif" x="1">style="a:b"</text>')
})

t.test('bookings are counted on the day that it was where the partnership is, and not twice', async t => {
  const { app, db } = await service(t)
  const { id } = await anActivity(db)
  const at = async (instant: string, given = {}) =>
    await aBooking(db, id, { createdAt: new Date(instant), ...given })
  const first = await at('2026-10-24T23:00:00Z', { status: 'waiting' })
  await at('2026-10-24T22:59:59Z')
  await at('2026-10-25T23:59:59Z', { status: 'cancelled' })
  await at('2026-10-26T00:00:00Z')
  await at('2026-11-22T23:59:59Z')
  await at('2026-11-23T00:00:00Z', { places: 3 })
  await at('2026-11-23T11:00:00Z')
  await at('2026-11-23T11:00:00Z', { copiedFromBookingId: first.id, status: 'waiting' })
  const { headers } = await signedIn(app, db)

  const { text } = perceived(await app.inject({ url: '/staff', headers }))

  t.match(text, '6 bookings in the last 30 days, at most 2 on one day.')
  t.match(text, /Monday 23 November 2026 2 Sunday 22 November 2026 1 Saturday 21 November 2026 0 .*Monday 26 October 2026 1 Sunday 25 October 2026 2 /)
  t.notMatch(text, '24 October')
})

t.test('where nobody has booked a sentence takes the place of the picture', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db)

  const answer = await app.inject({ url: '/staff', headers })

  t.match(perceived(answer).text, 'Nobody has booked in the last 30 days.')
  t.notMatch(answer.body, picture)
})

t.test('an agency counts the bookings of what it leads, and a host none', async t => {
  const { app, db } = await service(t)
  const [ours, theirs] = [await anAgency(db), await anAgency(db)]
  const { id: led } = await anActivity(db, { leadAgencyId: ours.id })
  const shared = await anActivity(db, { leadAgencyId: theirs.id })
  await db.activityPartner.create({ data: { activityId: shared.id, agencyId: ours.id } })
  await aBooking(db, led)
  for (let n = 0; n < 3; n++) await aBooking(db, shared.id)
  const { headers } = await signedIn(app, db, { role: 'organiser', agencyId: ours.id })
  const host = await signedIn(app, db, { role: 'host' })

  const home = perceived(await app.inject({ url: '/staff', headers })).text
  const drawn = await app.inject({ url: picture, headers })
  const forHost = await app.inject({ url: '/staff', headers: host.headers })

  t.match(home, '1 booking in the last 30 days, on Monday 23 November 2026.')
  t.equal(drawn.statusCode, 200)
  t.equal(drawn.headers['content-type'], 'image/svg+xml; charset=utf-8')
  t.match(drawn.body, '>1</text>')
  t.notMatch(drawn.body, '>3</text>')
  t.notMatch(forHost.body, /Bookings per day|bookings-per-day/)
  t.equal((await app.inject({ url: picture, headers: host.headers })).statusCode, 403)
  t.equal((await app.inject({ url: `${picture}?size=`, headers })).statusCode, 200)
  t.equal((await app.inject({ url: picture })).statusCode, 303)
})

t.test('a picture is narrow for a phone', async t => {
  const { app, db } = await service(t)
  await aBooking(db, (await anActivity(db)).id, { createdAt: noon.toJSDate() })
  const { headers } = await signedIn(app, db)
  const widthOf = async (url: string) => /<svg width="(\d+)"/.exec((await app.inject({ url, headers })).body)?.[1]

  t.equal(await widthOf(picture), '920')
  t.equal(await widthOf(`${picture}?size=narrow`), '330')
})
