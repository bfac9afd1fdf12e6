import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { read, readByBoth, withSecondReader } from '../../support/icalendar.ts'

const program = join(import.meta.dirname, '../../support/zones.ts')

const [inUtc = '', ...elsewhere] = ['UTC', 'Europe/London', 'America/New_York'].map(TZ =>
  execFileSync(process.execPath, [program], { env: { ...process.env, TZ }, encoding: 'utf8' }))
const calendars = JSON.parse(inUtc) as string[]

t.test('on the days on which the clocks change, everything is when people in London expect it', async t => {
  const spans = calendars.map(text => read(text).events.map(({ start, end }) => `${start} ${end}`).join())
  const twice = (span: string) => [span, span]

  t.strictSame(spans, [
    ...twice('2027-03-28T00:30:00Z 2027-03-28T01:30:00Z'),
    ...twice('2027-03-28T01:30:00Z 2027-03-28T02:30:00Z'),
    ...twice('2027-03-28 2027-03-29'),
    ...twice('2026-10-24T23:30:00Z 2026-10-25T00:30:00Z'),
    // 1:30 comes twice; the first is meant.
    ...twice('2026-10-25T00:30:00Z 2026-10-25T01:30:00Z'),
    ...twice('2026-10-25T02:30:00Z 2026-10-25T03:30:00Z'),
    ...twice('2026-10-25 2026-10-26')
  ])
})

t.test('the zone that the process runs in changes nothing', async t => {
  for (const other of elsewhere) t.equal(other, inUtc)
})

t.test('another program reads these days alike', withSecondReader, async t => {
  const { one, other } = readByBoth(calendars)

  t.strictSame(other, one)
})
