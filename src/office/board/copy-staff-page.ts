import { DateTime } from 'luxon'
import type { CurrentActivity } from '../../programme/activities/draft.ts'
import { calendarDayInWords, calendarDaysInWords, whenInWords } from '../../programme/activities/when.ts'
import type { KnownCampaign } from '../../programme/activities/known-campaign.ts'
import { shifted, titleFor, yearLater } from './copying.ts'
import type { Copy, Shift } from './copying.ts'

interface CopyPage {
  campaign: KnownCampaign
  /** The day from which the days of the week are counted; undefined: it has none. */
  from: string | undefined
  typed: { first_day?: string, title?: string }
  preview?: { copies: readonly Copy[], shift: Shift } | undefined
  /** Ids that are ticked; undefined: all. */
  chosen?: readonly string[] | undefined
}

/** The form that copies a campaign to other dates, with what would come when. */
export function copyPageOf ({ campaign: { slug, title, lastDay }, from, typed, preview, chosen }: CopyPage) {
  const suggested = from === undefined ? '' : yearLater(from)
  const values = {
    first_day: typed.first_day ?? suggested,
    title: typed.title ?? (from === undefined ? title : titleFor(title, { from, to: suggested }))
  }
  return {
    campaign: { title, boardHref: `/staff/campaigns/${slug}/board`, copyHref: `/staff/campaigns/${slug}/copy` },
    values,
    hint: from === undefined ? 'Like 2026-12-01.' : `It begins on ${calendarDayInWords(from)} now. Like 2026-12-01.`,
    preview: preview && {
      title: values.title,
      dates: datesOf(preview.shift, lastDay),
      otherWeekday: otherWeekdayOf(preview.shift),
      copies: preview.copies.flatMap(copy => 'draft' in copy
        ? [{
            ...wasOf(copy.current),
            id: copy.current.id,
            when: whenInWords(copy.draft),
            isChosen: chosen?.includes(copy.current.id) ?? true
          }]
        : []),
      leftOut: preview.copies.flatMap(copy => 'leftOut' in copy ? [{ ...wasOf(copy.current), because: copy.leftOut }] : [])
    }
  }
}

function wasOf (current: CurrentActivity) {
  return { title: current.title, was: whenInWords(current) }
}

function datesOf (shift: Shift, lastDay: string | undefined): string {
  return lastDay === undefined
    ? `from ${calendarDayInWords(shift.to)}`
    : calendarDaysInWords(shift.to, shifted(lastDay, shift))
}

/** A warning where the copy begins on another day of the week, as most years do by their dates. */
function otherWeekdayOf ({ from, to }: Shift): string | undefined {
  const weekday = (day: string) => DateTime.fromISO(day, { zone: 'utc' }).setLocale('en-GB').toFormat('cccc')
  return weekday(from) === weekday(to)
    ? undefined
    : `This begins on a ${weekday(to)}, and the week that you copy on a ${weekday(from)}. What was on a ${weekday(from)} comes on a ${weekday(to)}.`
}
