import type { DateTime } from 'luxon'
import type { Effects } from '../../identity/staff/confirmation.ts'
import { oneLine } from '../../platform/one-line.ts'
import type { Activity } from '../../programme/activities/activity.ts'
import { isKnownAt } from '../../programme/activities/public-activities.ts'
import { calendarDayInWords, calendarDayOf, whenInWords } from '../../programme/activities/when.ts'
import type { Invited } from './invitation.ts'

/** What an invitation says of itself, in its email and on the page that its link leads to. */
export interface Told {
  inviter: string
  leader: string
  /** Undefined where not everyone may know of the activity: an email lies in mailboxes and is forwarded. */
  about: { what: string, when: string } | undefined
  /** The last day on which its link works. */
  until: string
}

/** What an invitation is about. */
interface About {
  activity: Activity
  inviter: string
  leader: string
  expiresAt: DateTime<true>
}

/** What an invitation says: which activity it is only where anyone may know of it. */
export function toldOf ({ activity, inviter, leader, expiresAt }: About, now: DateTime<true>): Told {
  return {
    inviter: oneLine(inviter),
    leader: oneLine(leader),
    about: isKnownAt(activity, now) ? { what: oneLine(activity.title), when: whenInWords(activity) } : undefined,
    until: calendarDayInWords(calendarDayOf(expiresAt, activity.zone))
  }
}

/** What inviting someone does. `isAgain`: they had been invited before, and have not accepted. */
export function invitingEffects ({ name, email, employer }: Invited, told: Told, isAgain: boolean): Effects {
  const { leader, inviter, about, until } = told
  return {
    sentences: [
      `${name} gets an email at ${email}. It says that ${inviter}, for ${leader}, asks them to co-host.`,
      about === undefined
        ? 'The email does not say what the activity is, because not everyone may know of it. They read that when they have accepted and signed in.'
        : `The email says what it is and when: ${about.what}, ${about.when}.`,
      `Its link works once, until ${until}. They sign in with this address and no other.`,
      ...employer.id === undefined ? [`When they accept, ${employer.name} becomes a partner organisation here.`] : [],
      ...isAgain ? ['They have been invited before. The link in that email stops working.'] : []
    ],
    changes: []
  }
}
