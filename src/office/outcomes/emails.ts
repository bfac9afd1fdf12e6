import type { DateTime } from 'luxon'
import { endingWith } from '../../mail/emails/ending.ts'
import { greetingName } from '../../mail/emails/greeting.ts'
import { oneLine } from '../../platform/one-line.ts'
import { isKnownAt } from '../../programme/activities/public-activities.ts'
import { calendarDayInWords, whenInWords } from '../../programme/activities/when.ts'
import { outcomeNumbers } from '../../programme/activities/outcome-numbers.ts'
import { numbersInWords } from './in-words.ts'
import { askedOfLead } from './queries.ts'
import type { AskedActivity } from './queries.ts'

/** What every email to those who lead activities needs. */
export interface Around {
  publicUrl: string
  contacts: Parameters<typeof endingWith>[1]
  now: DateTime<true>
}

/**
 * What an activity is called outside: by its title where everyone may know it, and else by when it was. Whoever leads
 * it knows; whoever looks over their shoulder, or gets the email passed on, does not.
 */
export function namedOutside ({ activity }: AskedActivity, now: DateTime<true>): { title: string, when: string } {
  return { title: isKnownAt(activity, now) ? oneLine(activity.title) : 'Your activity', when: whenInWords(activity) }
}

/** The email that asks about activities of one person: the words of templates/mail/emails/standalone/outcomes.njk. */
export function askingModel (
  asked: ReadonlyArray<AskedActivity & { url: string }>, dueOn: string, { publicUrl, contacts, now }: Around
) {
  const [first] = asked
  return {
    name: greetingName(first?.lead?.name ?? ''),
    partnership: oneLine(first?.activity.campaign.partnership ?? ''),
    isReminder: asked.every(one => askedOfLead(one).length > 1),
    activities: asked.map(one => ({ ...namedOutside(one, now), url: one.url })),
    dueOn: calendarDayInWords(dueOn),
    ...endingWith(publicUrl, contacts)
  }
}

/** The email that thanks: the words of templates/mail/emails/standalone/thanks.njk. */
export function thanksModel (
  thanked: readonly AskedActivity[], badgeUrl: string | undefined, { publicUrl, contacts, now }: Around
) {
  const [first] = thanked
  const sums = outcomeNumbers.flatMap(number => {
    const said = thanked.flatMap(({ outcome }) => outcome[number] ?? [])
    const count = said.reduce((sum, one) => sum + one, 0)
    // Nobody is thanked for having reached nobody.
    return count === 0 ? [] : [{ what: numbersInWords[number].name, count: count.toLocaleString('en-GB') }]
  })
  return {
    name: greetingName(first?.lead?.name ?? ''),
    partnership: oneLine(first?.activity.campaign.partnership ?? ''),
    activities: thanked.map(one => namedOutside(one, now)),
    sums,
    badgeUrl,
    ...endingWith(publicUrl, contacts)
  }
}
