import { people } from '../../identity/staff/confirmation.ts'
import type { Effects } from '../../identity/staff/confirmation.ts'
import { daysInWords } from '../../programme/activities/page.ts'
import { whenInWords } from '../../programme/activities/when.ts'
import { basicsDraft, isOutside } from './basics.ts'
import type { Basics } from './basics.ts'
import { kindsInWords, namesOfBasics, saidAs } from './in-words.ts'
import type { Depending } from './queries.ts'

/** How many activities a page names one by one. */
const mostNamed = 20

/** What follows from another kind, other dates or another name, for readers, for who booked and for activities. */
export function basicsEffects (
  before: Basics, after: Basics, { isPublic, isDiscreet, booked, activities }: Depending
): Effects {
  const changed = basicsDraft.changed(before, after)
  const isSeen = isPublic || booked > 0
  const isMoved = changed.includes('firstDay') || changed.includes('lastDay')
  return {
    sentences: [
      ...isPublic && changed.includes('kind') ? [kindOnPage(before, after)] : [],
      ...isPublic && isMoved ? [datesOnPage(after)] : [],
      ...isMoved ? outside(after, activities) : [],
      ...isSeen && changed.includes('partnership') ? named(before, after, isDiscreet ? booked : 0) : []
    ],
    changes: changed.map(field => ({
      what: namesOfBasics[field], from: saidAs(field, before[field]), to: saidAs(field, after[field])
    }))
  }
}

function kindOnPage (before: Basics, after: Basics): string {
  return `Its page calls it “${kindsInWords[after.kind].onPage}”, not “${kindsInWords[before.kind].onPage}”.`
}

function datesOnPage (after: Basics): string {
  const days = daysInWords(after)
  return days === undefined ? 'Its page names no dates any more.' : `Its page says: ${days}.`
}

function outside (after: Basics, activities: Depending['activities']): string[] {
  const found = activities.filter(activity => isOutside(activity, after))
  if (found.length === 0) return []
  const more = found.length - mostNamed
  return [
    `${found.length === 1 ? '1 activity is' : `${found.length} activities are`} outside the new dates. ` +
      'No activity moves by itself: change each on its own page if you want it moved.',
    ...found.slice(0, mostNamed).map(activity => `Outside the new dates: “${activity.title}”, ${whenInWords(activity)}.`),
    ...more > 0 ? [`Outside the new dates: ${more} more.`] : []
  ]
}

/** `inCalendars`: how many have an entry that shows the name, in a calendar of their own. */
function named ({ partnership: before }: Basics, { partnership: after }: Basics, inCalendars: number): string[] {
  return [
    `Our pages, and emails from now on, say “${after}”. Emails already sent still say “${before}”. Public calendars follow within 6 hours.`,
    ...inCalendars === 0
      ? []
      : [`${people(inCalendars, 'has', 'have')} “${before}” in a calendar of their own. Nobody is emailed about this: ` +
        'it changes there when we next send them an update of their place.']
  ]
}
