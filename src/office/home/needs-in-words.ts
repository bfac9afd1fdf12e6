import type { DateTime } from 'luxon'
import { placesInWords } from '../../programme/activities/in-words.ts'
import { calendarDayInWords, momentInWords, whenInWords } from '../../programme/activities/when.ts'
import type { Finding } from '../invariants/check.ts'
import type { LegalHold } from '../legal-holds/legal-hold.ts'
import { daysUrgent, pressing } from '../requests/due.ts'
import { kindsInWords } from '../requests/in-words.ts'
import type { AskedRequest } from '../requests/request.ts'
import { passes } from '../successions/effects.ts'
import type { SuccessionOfTheseDays } from '../successions/queries.ts'
import type { countOpenRequests } from '../resource-requests/queries.ts'
import { freeOf } from '../../programme/resources/resource.ts'
import type { Resource } from '../../programme/resources/resource.ts'
import { hrefOf as stockHrefOf } from '../../programme/resources/staff-page.ts'
import { checkEveryDays } from '../../programme/support/kept-contact.ts'
import { officeZone } from '../../platform/clock.ts'
import { daysForDraft, hoursForLink, needKinds, needsOf } from './needs.ts'
import type { Concern, NeedKind } from './needs.ts'
import type { Named, Unanswered } from './queries.ts'

/** Everything in the programme that needs attention. */
export interface OpenIssues {
  concerns: ReadonlyArray<Concern & Named>
  questioned: ReadonlyArray<Named & { questions: number }>
  /** Activities that are over, with how many bookings nobody noted. */
  unnoted: ReadonlyArray<Named & { unnoted: number }>
  /** Since when first emails to new addresses wait, if they do. */
  strangersSince: DateTime<true> | undefined
  /** Number of bookings that emails do not reach. */
  unreachable: number
  unanswered: { total: number, first: readonly Unanswered[] }
  /** Requests about personal data, and complaints, that are not answered. */
  requests: readonly AskedRequest[]
  /** Legal holds that are due a review. */
  holdsToReview: readonly LegalHold[]
  /** Changes of who runs what that are near, or were done in the last days. */
  successions: readonly SuccessionOfTheseDays[]
  /** Requests for resources with which something is to be done, by what that is. */
  resourceRequests: Awaited<ReturnType<typeof countOpenRequests>>
  /** Resources of which there is too little left. */
  resourcesLow: readonly Resource[]
  /** Names of support contacts that are due a check. */
  contactsDue: readonly string[]
  /** What the check of the night found broken, for those who can have it mended. */
  broken: readonly Finding[]
}

/** One thing that needs attention, and the page where it is dealt with, if it is dealt with here. */
interface Which { text: string, more: string, href?: string }

/** Maximum number shown of each kind; when they are dealt with, the next ones appear. */
export const maxOfAKind = 5

/** What needs attention today, the most urgent first; for each kind how many and which. */
export function needsInWords (matters: OpenIssues, now: DateTime<true>) {
  const found = foundIn(matters, now)
  return needKinds.flatMap(kind => {
    const { count, which, total = which.length } = found[kind]
    if (count === 0) return []
    const shown = which.slice(0, maxOfAKind)
    const rest = total - shown.length
    return {
      heading: count === 1 ? headings[kind].one : headings[kind].many.replace('#', String(count)),
      isUrgent: urgent.has(kind),
      which: shown,
      rest: rest === 0 ? undefined : `and ${rest} more`
    }
  })
}

const urgent: ReadonlySet<NeedKind> =
  new Set(['invariants', 'no-link', 'strangers', 'meeting-failed', 'questions', 'requests-pressing'])

const headings: Record<NeedKind, { one: string, many: string }> = {
  invariants: {
    one: '1 thing is wrong in the database: please tell the people who run this service',
    many: '# things are wrong in the database: please tell the people who run this service'
  },
  'no-link': {
    one: `1 workshop starts within ${hoursForLink} hours and has no Teams link`,
    many: `# workshops start within ${hoursForLink} hours and have no Teams link`
  },
  strangers: {
    one: 'So many new people ask for emails that some wait', many: 'So many new people ask for emails that some wait'
  },
  'meeting-failed': {
    one: '1 Teams meeting could not be made or changed', many: '# Teams meetings could not be made or changed'
  },
  questions: {
    one: '1 question sent in advance is not dealt with', many: '# questions sent in advance are not dealt with'
  },
  'requests-pressing': {
    one: `1 request or complaint must be answered within ${daysUrgent} days, or is late`,
    many: `# requests or complaints must be answered within ${daysUrgent} days, or are late`
  },
  requests: {
    one: '1 request or complaint is waiting for an answer', many: '# requests or complaints are waiting for an answer'
  },
  successions: {
    one: '1 change of who takes over is near or just done', many: '# changes of who takes over are near or just done'
  },
  'legal-holds': { one: '1 legal hold is due a review', many: '# legal holds are due a review' },
  emails: { one: '1 person does not get our emails', many: '# people do not get our emails' },
  access: {
    one: '1 person told us what would help them take part and has no answer',
    many: '# people told us what would help them take part and have no answer'
  },
  attendance: {
    one: '1 activity is over, and it is not noted of everyone whether they came',
    many: '# activities are over, and it is not noted of everyone whether they came'
  },
  'free-and-waiting': {
    one: '1 activity has free places that you give by hand, and people are waiting',
    many: '# activities have free places that you give by hand, and people are waiting'
  },
  'list-longer-than-session': {
    one: '1 waiting list is longer than the activity has places',
    many: '# waiting lists are longer than their activities have places'
  },
  'another-date': {
    one: '1 activity has people waiting and no other date', many: '# activities have people waiting and no other date'
  },
  resources: { one: '1 request for resources is open', many: '# requests for resources are open' },
  'resources-low': { one: '1 resource is running low', many: '# resources are running low' },
  draft: {
    one: `1 activity starts within ${daysForDraft} days and is still a draft`,
    many: `# activities start within ${daysForDraft} days and are still drafts`
  },
  contacts: {
    one: `1 support contact has not been checked for ${checkEveryDays} days`,
    many: `# support contacts have not been checked for ${checkEveryDays} days`
  }
}

interface Found {
  count: number
  which: Which[]
  /** The full number, where not all of `which` were read. */
  total?: number
}

function foundIn (
  {
    concerns, questioned, unnoted, strangersSince, unreachable, unanswered, contactsDue, requests, holdsToReview,
    successions, resourceRequests, resourcesLow, broken
  }: OpenIssues,
  now: DateTime<true>
): Record<NeedKind, Found> {
  const needs = concerns.flatMap(concern => needsOf(concern, now).map(kind => ({ kind, concern })))
  const of = (kind: NeedKind, page: string, more: (concern: Concern & Named) => string = whenInWords): Found => {
    const which = needs.filter(need => need.kind === kind).map(({ concern }) => ({
      text: concern.title, more: more(concern), href: `${hrefOf(concern)}/${page}`
    }))
    return { count: which.length, which }
  }
  const [pressingOnes, others] = [true, false].map(isPressing =>
    requests.filter(({ dueOn }) => (pressing(dueOn, now, officeZone) !== 'later') === isPressing))
  return {
    invariants: {
      count: broken.length,
      which: broken.map(({ promise, count, ids }) => ({ text: `This does not hold: ${promise}`, more: `${count}: ${ids.join(', ')}` }))
    },
    'requests-pressing': requestsIn(pressingOnes ?? []),
    requests: requestsIn(others ?? []),
    'legal-holds': {
      count: holdsToReview.length,
      which: holdsToReview.map(({ id, of, reviewOn }) => ({
        text: of !== undefined && 'activity' in of ? of.activity.title : 'On a person',
        more: `Review by ${calendarDayInWords(reviewOn)}`,
        href: `/staff/legal-holds/${id}`
      }))
    },
    successions: {
      count: successions.length,
      which: successions.map(one => ({
        text: passes(one), more: one.isDone ? 'Done: see what passed' : 'See what will pass', href: '/staff/successions'
      }))
    },
    'no-link': of('no-link', 'meeting'),
    'meeting-failed': of('meeting-failed', 'meeting'),
    questions: {
      count: questioned.reduce((sum, { questions }) => sum + questions, 0),
      which: questioned.map(activity => ({
        text: activity.title,
        more: `${whenInWords(activity)}: ${activity.questions === 1 ? '1 question' : `${activity.questions} questions`}`,
        href: `${hrefOf(activity)}/evening`
      }))
    },
    strangers: {
      count: strangersSince === undefined ? 0 : 1,
      which: strangersSince === undefined
        ? []
        : [{
            text: 'See who has booked',
            more: `Since ${momentInWords(strangersSince, officeZone)}. All places are kept, and the emails go within hours. ` +
              'If names or addresses look made up, cancel those bookings.',
            href: '/staff/activities'
          }]
    },
    emails: {
      count: unreachable,
      which: [{ text: 'Who they are, and how else to reach them', more: '', href: '/staff/letters' }]
    },
    access: {
      count: unanswered.total,
      total: unanswered.total,
      which: unanswered.first.map(({ bookingId, name, activity }) => ({
        text: name,
        more: `${activity.title}, ${whenInWords(activity)}`,
        href: `${hrefOf(activity)}/bookings/${bookingId}`
      }))
    },
    attendance: {
      count: unnoted.length,
      which: unnoted.map(activity => ({
        text: activity.title,
        more: `${whenInWords(activity)}: ${activity.unnoted === 1 ? '1 booking' : `${activity.unnoted} bookings`} not noted`,
        href: `${hrefOf(activity)}/evening`
      }))
    },
    'free-and-waiting': of('free-and-waiting', 'waiting-list', waitedForInWords),
    'list-longer-than-session': of('list-longer-than-session', 'another-date', waitedForInWords),
    'another-date': of('another-date', 'another-date', waitedForInWords),
    draft: of('draft', 'publish'),
    resources: {
      count: resourceRequests.reduce((sum, { requests }) => sum + requests, 0),
      which: resourceRequests.map(({ status, requests, first }) => ({
        text: `${requests} ${toDo[status]}`,
        more: `${requests === 1 ? 'Needed' : 'The first is needed'} by ${calendarDayInWords(first)}`,
        href: `/staff/resources?status=${status}`
      }))
    },
    'resources-low': {
      count: resourcesLow.length,
      which: resourcesLow.map(resource => ({ text: resource.name, more: `${freeOf(resource)} left`, href: stockHrefOf(resource) }))
    },
    contacts: {
      count: contactsDue.length,
      which: [{ text: 'Check them', more: contactsDue.join(', '), href: '/staff/support' }]
    }
  }
}

const toDo = { asked: 'to approve', approved: 'to pack', packed: 'to hand over' } as const

/** Without names: the home page is open on many screens. */
function requestsIn (requests: readonly AskedRequest[]): Found {
  return {
    count: requests.length,
    which: requests.map(({ id, kind, dueOn }) => ({
      text: kindsInWords[kind].name, more: `Answer by ${calendarDayInWords(dueOn)}`, href: `/staff/requests/${id}`
    }))
  }
}

function waitedForInWords (concern: Concern & Named): string {
  return `${whenInWords(concern)}: ${placesInWords(concern.occupancy.waiting)} waited for`
}

function hrefOf ({ slug }: Named): string {
  return `/staff/activities/${slug}`
}
