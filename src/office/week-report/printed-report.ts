import type { DateTime } from 'luxon'
import { asSet } from '../../platform/pdf/coverage.ts'
import type { Coverage } from '../../platform/pdf/coverage.ts'
import { momentInWords } from '../../programme/activities/when.ts'
import type { weekReportInWords } from './staff-page.ts'

/** What its template reads (templates/office/week-report/week-report.typ): the words of the page. */
export function printedWeekReportOf (
  report: ReturnType<typeof weekReportInWords>, zone: string, coverage: Coverage, now: DateTime<true>
) {
  const set = (text: string) => coverage.drawable(asSet(text))
  const { title, days, of, soFar, notice, before, headline, columns, divisions, bookings, handedOver, learnt } = report
  return {
    title: set(title),
    of: set(of),
    foot: `Made ${momentInWords(now, zone)}`,
    days: days ?? '',
    before: before === undefined ? '' : set([before.title, before.days ?? ''].filter(text => text !== '').join(', ')),
    soFar,
    notice,
    headline: headline.map(one => ({ ...one, before: one.before ?? '' })),
    columns,
    divisions: divisions.map(({ heading, column, about, rows }) => ({
      heading,
      column,
      about,
      rows: rows.map(({ name, cells, tally: { activities, ends } }) =>
        ({ name: set(name), cells, bar: [ends.done, activities - ends.done].map(count => count / longestOf(rows)) }))
    })),
    bookings: {
      notice: bookings?.notice ?? '',
      rows: (bookings?.rows ?? []).map(({ name, said, before }) => ({ name, said, before: before ?? '' }))
    },
    handedOver: handedOver.map(({ name, given, before }) => ({ name: set(name), said: given, before: before ?? '' })),
    learnt: learnt.map(set)
  }
}

function longestOf (rows: ReadonlyArray<{ tally: { activities: number } }>): number {
  return Math.max(1, ...rows.map(({ tally: { activities } }) => activities))
}
