import t from 'tap'
import { importProgramme } from '../../../src/programme/programme-file/commands.ts'
import { programmeFileOf, readProgrammeFile } from '../../../src/programme/programme-file/csv-file.ts'
import { listProgramme } from '../../../src/programme/programme-file/queries.ts'
import { rowOf } from '../../../src/programme/programme-file/row.ts'
import { cancelBooking } from '../../../src/booking/bookings/cancel.ts'
import { requestPlaces } from '../../../src/booking/bookings/request-places.ts'
import { joinLinkSeal } from '../../../src/programme/teams/seal.ts'
import { aCalendar } from '../../support/calendar.ts'
import { joinUrl } from '../../support/calendar-entry.ts'
import { read, readByBoth, withSecondReader } from '../../support/icalendar.ts'
import { doJobs, keeping, contextWith } from '../../support/email-context.ts'
import { anActivity, aRequest, noon, secretKey, world } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

const seal = joinLinkSeal(secretKey)
const written: string[] = []

/** Exports the programme, changes its only row as an organiser does in a spreadsheet, and imports it. */
async function edit ({ db, outbox }: World, cells: Partial<ReturnType<typeof rowOf>>, now = noon): Promise<void> {
  const rows = (await listProgramme(db, seal)).map(listed => ({ ...rowOf(listed), ...cells }))
  const file = readProgrammeFile(Buffer.from(programmeFileOf(rows)))
  await importProgramme(db, outbox, seal, file, { dryRun: false }, now)
}

t.test('the whole life of a booking is one entry in a calendar, right after every email, and gone at its end', async t => {
  const its = await world(t)
  const { db, outbox } = its
  const { id: activityId } = await anActivity(db)
  const mailer = keeping()
  const context = contextWith(its, mailer)
  const calendar = aCalendar()
  const at = (minutes: number) => noon.plus({ minutes })
  const booked = async () => await db.booking.findFirstOrThrow({ where: { activityId } })
  const moved = { starts: '2026-12-02 19:00', ends: '2026-12-02 19:30' }
  const back = { starts: '2026-12-01 18:00', ends: '2026-12-01 18:30' }

  /** Makes a change, sends its emails, and passes their calendars to the recipient's. */
  const life = async (minute: number, change: () => Promise<unknown>) => {
    await change()
    context.turnClock(at(minute))
    t.strictSame(await doJobs(its, context), [])
    const messages = mailer.kept.splice(0).map(({ calendar }) => calendar?.content ?? '')
    written.push(...messages)
    const outcomes = messages.map(text => calendar.apply(text))
    const sequence = messages.map(text => read(text).events[0]?.sequence)
    return { outcomes, sequence, starts: calendar.entries().map(({ start }) => start) }
  }
  const isAt = (outcome: string, sequence: number, ...starts: string[]) =>
    ({ outcomes: [outcome], sequence: [sequence], starts })
  const book = async (email: string, minute: number) =>
    await requestPlaces(db, outbox, activityId, [aRequest(email)], at(minute))

  t.strictSame(await life(0, async () => await book('anne@example.org', 0)),
    isAt('added', 0, '2026-12-01T18:00:00Z'), 'booked')
  t.strictSame(await life(10, async () => { await edit(its, { join_url: joinUrl }, at(10)) }),
    isAt('replaced', 1, '2026-12-01T18:00:00Z'), 'link added')
  t.strictSame(await life(20, async () => { await edit(its, moved, at(20)) }),
    isAt('replaced', 2, '2026-12-02T19:00:00Z'), 'moved')
  t.strictSame(await life(30, async () => { await edit(its, back, at(30)) }),
    isAt('replaced', 3, '2026-12-01T18:00:00Z'), 'moved back')
  t.strictSame(await life(40, async () => await book('Anne@example.org', 40)),
    isAt('replaced', 3, '2026-12-01T18:00:00Z'), 'sent again')
  t.strictSame(await life(50, async () => { await cancelBooking(db, outbox, (await booked()).id, at(50)) }),
    isAt('removed', 4), 'cancelled')

  const events = written.map(text => read(text).events[0])
  t.strictSame([...new Set(events.map(event => event?.uid))], [(await booked()).icalUid])
  t.equal(new Set(events.map(event => event?.organizer)).size, 1)
  t.strictSame(written.map(text => read(text).method), ['REQUEST', 'REQUEST', 'REQUEST', 'REQUEST', 'REQUEST', 'CANCEL'])
  t.notMatch(written[0], 'teams.microsoft.com')
  for (const text of written.slice(1, 5)) t.match(text.replaceAll('\r\n ', ''), joinUrl)
})

t.test('another program reads all of that alike', withSecondReader, async t => {
  const { one, other } = readByBoth(written)

  t.strictSame(other, one)
  t.equal(one.length, 6)
})
