import type { DateTime } from 'luxon'
import { canonicalAddress } from '../../booking/bookings/address.ts'
import { people } from '../../identity/staff/confirmation.ts'
import type { Effects } from '../../identity/staff/confirmation.ts'
import { calendarDayInWords } from '../../programme/activities/when.ts'
import { occasionAt } from './moments.ts'
import type { Asking, AskingChoice } from './moments.ts'
import type { AskedActivity } from './queries.ts'
import type { Thanked } from './thanked.ts'

/** How many people a page names one by one. */
const mostNamed = 30

/** Whom asking reaches: at once, later, and not at all. */
export function askingEffects (
  all: readonly AskedActivity[], asking: Asking, before: AskingChoice, now: DateTime<true>
): Effects {
  const open = all.filter(({ activity, outcome }) => activity.status !== 'cancelled' && outcome.tookPlace === undefined)
  const reached = open.filter(({ lead }) => lead?.email !== undefined)
  const due = reached.filter(({ activity, asked }) =>
    activity.endsAt <= now && occasionAt(activity, asking, asked, now) !== undefined)
  const later = reached.filter(({ activity }) => !due.some(one => one.activity.id === activity.id)).length
  const without = open.length - reached.length
  return {
    sentences: [
      ...before === 'off'
        ? ['The person who leads an activity gets an email on the morning after it. By its link they say what it came to.']
        : [],
      asking.reminds
        ? 'People who have not said anything are reminded 3 and 10 days after the activity, and 3 days before numbers are due: three times at most.'
        : 'Nobody is reminded.',
      `Numbers are due on ${calendarDayInWords(asking.dueOn)}.`,
      ...due.length === 0 ? [] : namesOf(due, 'gets an email within minutes, because the activity is over already'),
      ...later === 0 ? [] : [`For ${later === 1 ? '1 activity' : `${later} activities`} the email goes out later.`],
      ...without === 0
        ? []
        : [`For ${without === 1 ? '1 activity' : `${without} activities`} we have no address of the person who leads it: nobody is emailed.`]
    ],
    changes: [],
    basis: idsOf(due)
  }
}

/** Whom asking again reaches. */
export function askingAgainEffects (chosen: readonly AskedActivity[]): Effects {
  return { sentences: namesOf(chosen, 'gets one more email'), changes: [], basis: idsOf(chosen) }
}

/** A sentence for each address, with what it is asked about. */
function namesOf (some: readonly AskedActivity[], what: string): string[] {
  const byAddress = [...Map.groupBy(some, ({ lead }) => canonicalAddress(lead?.email ?? '')).values()]
  const named = byAddress.slice(0, mostNamed).map(of => {
    const titles = of.map(({ activity }) => `“${activity.title}”`)
    return `${of[0]?.lead?.name || of[0]?.lead?.email || ''} ${what}: ${new Intl.ListFormat('en-GB').format(titles)}.`
  })
  const more = byAddress.length - named.length
  return more === 0 ? named : [...named, `${people(more, 'more', 'more')} ${what}.`]
}

/** Who is thanked. */
export function thanksEffects (thanked: readonly Thanked[]): Effects {
  const named = thanked.slice(0, mostNamed).map(({ name, email, activities }) =>
    `${name === '' ? email : name} is thanked for ${activities.length === 1 ? `“${activities[0]?.activity.title}”` : `${activities.length} activities`}.`)
  const more = thanked.length - named.length
  return {
    sentences: [
      `${people(thanked.length, 'gets', 'get')} one email each. It cannot be taken back.`,
      ...named,
      ...more === 0 ? [] : [`${more} more are thanked.`]
    ],
    changes: [],
    basis: thanked.map(({ activities }) => idsOf(activities)).join(' ')
  }
}

/** Which activities: somebody else is somebody else, also where no sentence names them. */
function idsOf (some: readonly AskedActivity[]): string {
  return some.map(({ activity: { id }, lead }) => `${id} ${lead?.email ?? ''}`).join(' ')
}
