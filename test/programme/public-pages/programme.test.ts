import fc from 'fast-check'
import t from 'tap'
import type { OfferedActivity } from '../../../src/programme/activities/queries.ts'
import { listingOf } from '../../../src/programme/public-pages/listing.ts'
import { drawnOverview, overviewOf } from '../../../src/programme/public-pages/overview.ts'
import { isOn, placed } from '../../../src/programme/public-pages/placed.ts'
import type { PlacedActivity } from '../../../src/programme/public-pages/placed.ts'
import {
  askedIn, choicesOf, countMatching, countOf, everything, filterFields, matches, searchOf, ways
} from '../../../src/programme/public-pages/programme-filter.ts'
import { timetablesOf } from '../../../src/programme/public-pages/timetable.ts'
import { anEntry } from '../../support/calendar-entry.ts'
import { noon } from '../../support/world.ts'
import { perPage } from '../../../src/platform/http/pagination.ts'

const base = anEntry({}).booking.activity
const districts = ['Bolton', 'Bury', 'Westmorland & Furness']

/** Activities of a week and the day after it, in all the ways that matter here. */
const anActivity = fc.record({
  hours: fc.integer({ min: 0, max: 24 * 8 }),
  lasts: fc.constantFrom(1, 8, 24, 72, 168),
  isOnline: fc.boolean(),
  district: fc.constantFrom(undefined, ...districts),
  audiences: fc.constantFrom([], ['parents'], ['parents', 'carers'], ['everyone'], ['young-people']),
  booking: fc.constantFrom('none', 'drop-in', 'places', 'invitation' as const),
  status: fc.constantFrom('published', 'published', 'cancelled' as const)
}).map(({ hours, lasts, ...given }) => {
  const startsAt = noon.plus({ hours })
  const times = { allDay: lasts > 8, startsAt, endsAt: startsAt.plus({ hours: lasts }) }
  return placed({ ...base, ...given, ...times } as unknown as OfferedActivity)
})
const startOf = ({ activity }: PlacedActivity) => activity.startsAt.toMillis()
const aProgramme = fc.array(anActivity, { maxLength: 30 })
  .map(programme => programme.toSorted((one, other) => startOf(one) - startOf(other)))

function choicesFor (programme: PlacedActivity[]) {
  return choicesOf(programme, { districts })
}

/** Something that the choices allow. */
function anyAsked (programme: PlacedActivity[]) {
  const choices = choicesFor(programme)
  const of = <T>(values: T[]) => fc.constantFrom(undefined, ...values)
  return fc.record({
    day: of(choices.day),
    district: of(choices.district),
    audience: of(choices.audience),
    how: of(choices.how),
    view: fc.constantFrom(...choices.view),
    page: fc.integer({ min: 1, max: choices.pages })
  })
}

const asking = aProgramme.chain(programme => anyAsked(programme).map(asked => ({ programme, asked })))

t.test('an address asks for what it was made of', async () => {
  fc.assert(fc.property(asking, ({ programme, asked }) => {
    const query = Object.fromEntries(new URLSearchParams(searchOf(asked)))
    const read = askedIn(query, choicesFor(programme))
    return read.isUnderstood && searchOf(read.asked) === searchOf(asked)
  }))
})

t.test('whatever an address asks, only what can be chosen is shown, and what else was asked is said', async t => {
  const odd = fc.oneof(
    fc.string(), fc.constantFrom('bolton', '2026-13-45', '__proto__', 'toString'), fc.array(fc.string()), fc.object())
  const aQuery = fc.dictionary(fc.constantFrom(...filterFields, 'view', 'page', 'utm_source'), odd)
  fc.assert(fc.property(aProgramme, aQuery, (programme, query) => {
    const choices = choicesFor(programme)
    const { asked, isUnderstood } = askedIn(query, choices)
    const isKnown = filterFields.every(field =>
      asked[field] === undefined || (choices[field] as string[]).includes(asked[field]))
    const isLost = filterFields.some(field => ![undefined, asked[field], ''].includes(query[field] as string))
    return isKnown && (!isLost || !isUnderstood)
  }))
  t.strictSame(askedIn({ district: '', page: '0', utm_source: 'a' }, choicesFor([])), { asked: everything, isUnderstood: true })
})

t.test('a choice leads to as many activities as it says', async () => {
  fc.assert(fc.property(asking, ({ programme, asked }) => filterFields.every(field =>
    choicesFor(programme)[field].every(choice => {
      const shown = programme.filter(one => matches(one, { ...asked, [field]: choice }))
      const toCome = shown.filter(({ activity }) => activity.status !== 'cancelled')
      return countOf(programme, asked, field, choice) === toCome.length
    }))))
})

t.test('every activity can be found by each of the four choices', async () => {
  fc.assert(fc.property(aProgramme, programme => {
    const choices = choicesFor(programme)
    return programme.every(one => choices.district.includes(one.district) &&
      ways.some(how => choices.how.includes(how) && matches(one, { ...everything, how })) &&
      (one.isLong || choices.day.includes(one.firstDay)))
  }))
})

t.test('what is for everyone is found by everyone, and what is for others is not', async t => {
  const of = (audiences: string[]) => placed({ ...base, audiences } as unknown as OfferedActivity)
  const forParents = (audiences: string[]) => matches(of(audiences), { ...everything, audience: 'parents' })

  t.strictSame([['parents'], ['everyone'], [], ['young-people']].map(forParents), [true, true, true, false])
  t.strictSame(choicesFor([of(['everyone', 'parents'])]).audience, ['parents'])
})

t.test('a list has everything once: long ones first, past ones last', async () => {
  fc.assert(fc.property(aProgramme, fc.integer({ min: 0, max: 240 }), (programme, hours) => {
    const now = noon.plus({ hours })
    const { sections } = listingOf(programme, 1, now)
    const listed = sections.flatMap(({ activities }) => activities)
    const ranks = sections.flatMap(({ isPast, activities }) =>
      activities.map(({ isLong }) => isPast ? 2 : isLong ? 0 : 1))
    return new Set(listed).size === programme.length && listed.length === programme.length &&
      ranks.every((rank, n) => n === 0 || (ranks[n - 1] ?? 0) <= rank)
  }))
})

t.test('a long list comes in pages that have everything once between them', async t => {
  const programme = Array.from({ length: 2 * perPage + 5 }, () => placed(base as OfferedActivity))
  const sizes = [1, 2, 3, 99].map(page => {
    const { sections, page: shown, pages } = listingOf(programme, page, noon)
    return [shown, pages, sections.flatMap(({ activities }) => activities).length]
  })

  t.strictSame(sizes, [[1, 3, perPage], [2, 3, perPage], [3, 3, 5], [3, 3, 5]])
})

t.test('timetables have everything that begins on a day once, in the column of its day and the row of its hour', async () => {
  fc.assert(fc.property(aProgramme, programme => {
    const tables = timetablesOf(programme)
    const cells = tables.flatMap(({ days, rows }) => rows.flatMap(({ hour, cells }) =>
      cells.flatMap((inIt, n) => inIt.map(one => ({ one, day: days[n], hour })))))
    return cells.length === programme.filter(({ isLong }) => !isLong).length &&
      cells.every(({ one, day, hour }) => one.firstDay === day &&
        hour === (one.activity.allDay ? undefined : one.activity.startsAt.setZone(one.activity.zone).hour)) &&
      tables.every(({ days }) => days.length <= 7 && days.length > 0)
  }))
})

t.test('hours are those of the clock where the activity is, in summer and winter', async t => {
  const hoursIn = (month: number) => {
    const startsAt = noon.set({ month, day: 6, hour: 17 })
    const one = placed({ ...base, startsAt, endsAt: startsAt.plus({ hours: 1 }) } as OfferedActivity)
    return timetablesOf([one]).flatMap(({ rows }) => rows.map(({ hour }) => hour))
  }

  t.strictSame([hoursIn(7), hoursIn(12)], [[18], [17]])
})

t.test('each cell of an overview has the number of the list that it leads to', async () => {
  fc.assert(fc.property(asking, ({ programme, asked }) => {
    const overview = overviewOf(programme, choicesFor(programme), asked)
    return overview.rows.every(({ district, counts }) => counts.every((count, n) => {
      const day = overview.days[n] ?? ''
      return count === countMatching(programme, { ...asked, district, day }) &&
        count <= programme.filter(one => one.district === district && isOn(one, day)).length
    }))
  }))
})

t.test('the picture of an overview stays inside its frame, and no cells lie on each other', async () => {
  fc.assert(fc.property(aProgramme, programme => {
    const { width, height, rows } = drawnOverview(overviewOf(programme, choicesFor(programme), everything))
    const cells = rows.flatMap(({ cells }) => cells)
    const isInside = cells.every(cell =>
      cell.x >= 0 && cell.y >= 0 && cell.width > 20 && cell.x + cell.width <= width && cell.y + cell.height <= height)
    return isInside && cells.every((one, n) => cells.slice(n + 1).every(other =>
      other.y >= one.y + one.height || other.x >= one.x + one.width))
  }))
})
