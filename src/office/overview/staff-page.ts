import type { DateTime } from 'luxon'
import { isToCome } from '../../programme/activities/booking-window.ts'
import { bookingsWait } from '../../programme/activities/in-words.ts'
import type { KnownActivity, OtherDate } from '../../programme/activities/known-activities.ts'
import { isKnownAt } from '../../programme/activities/public-activities.ts'
import { runningOf, staffCardOf } from '../../programme/activities/staff-page.ts'
import { calendarDayInWords, dayInWords, whenInWords } from '../../programme/activities/when.ts'
import { liveStatuses, statuses } from '../../booking/bookings/booking.ts'
import type { BookingStatus } from '../../booking/bookings/booking.ts'
import { statusTags } from '../../booking/bookings/status-tag.ts'
import { may } from '../../identity/staff/roles.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { stageTags } from '../board/in-words.ts'
import { stageOf } from '../board/plan.ts'
import type { CoHost } from '../co-hosts/queries.ts'
import type { NamedPlan } from '../board/queries.ts'
import { ownerInWords } from '../board/staff-page.ts'
import type { Clash } from '../clashes/clash.ts'
import { whenBothInWords, whyInWords } from '../clashes/in-words.ts'
import type { PlannedActivity } from '../clashes/planned-activity.ts'
import { hoursForLink, needsOf, ofCoHosts } from '../home/needs.ts'
import type { Concern, NeedKind } from '../home/needs.ts'
import { mainActionOf } from './main-action.ts'
import type { MainAction } from './main-action.ts'
import type { Open } from './queries.ts'

interface People {
  counts: ReadonlyArray<{ status: BookingStatus, people: number, places: number }>
  open: Open
  /** How many, of those who come or wait and know it, emails do not reach. */
  unreached: number
}

interface Overview {
  staff: StaffMember
  activity: KnownActivity
  dates: readonly OtherDate[]
  /** Names of its hosts. */
  hosts: readonly string[]
  coHosts: readonly CoHost[]
  plan: NamedPlan
  /** What it is at the same time as, at the same venue or with the same people. */
  clashes: ReadonlyArray<Clash<PlannedActivity>>
  /** Undefined: the page says how many come, but no more of them. */
  people: People | undefined
  /** Undefined for those who cannot change it. */
  concern: Concern | undefined
  /** How many more places could be offered to those who wait, as a sentence. */
  advice: string | undefined
}

/** The first page of an activity: what it is, how full, what it needs, and the button of the moment. */
export function overviewOf (
  { staff, activity, dates, hosts, coHosts, plan, clashes, people, concern, advice }: Overview, now: DateTime<true>
) {
  const href = `/staff/activities/${activity.slug}`
  const runs = may(staff, 'run activities', activity)
  const takesBookings = activity.booking === 'places'
  const action = actionOf(staff, activity, people, now)
  return {
    ...runningOf(activity),
    ...staffCardOf(activity),
    isPlaceSecret: activity.secretVenue !== undefined && activity.untold === undefined,
    runBy: activity.runBy,
    publicHref: isKnownAt(activity, now) ? `/activities/${activity.slug}` : undefined,
    hosts: hosts.join(', '),
    hostsHref: runs ? `${href}/hosts` : undefined,
    coHosts: coHosts.map(({ name, agency, since }) => ({ name, agency, since: dayInWords(since, activity.zone) })),
    coHostsHref: runs ? `${href}/co-hosts` : undefined,
    isCoHosted: !runs && may(staff, 'edit activities', activity),
    plan: {
      stage: stageTags[stageOf(activity, plan, now)],
      owner: ownerInWords(plan),
      href: runs ? `${href}/plan` : undefined,
      boardHref: `/staff/campaigns/${activity.campaign.slug}/board`
    },
    dates: dates.map(date => ({
      isFirst: date.isFirst, when: whenInWords(date), href: `/staff/activities/${date.slug}`
    })),
    unrecorded: action === 'say-who-came' ? unrecordedInWords(people) : undefined,
    action: action && { ...actions[action], href: `${href}/${actions[action].at}` },
    isOver: activity.endsAt <= now,
    toDo: [
      ...clashes.map(clash => ofClash(clash, activity)),
      ...concern === undefined
        ? []
        : needsOf(concern, now).filter(kind => runs || ofCoHosts.includes(kind))
          .flatMap(kind => ofNeed(kind, activity, href)),
      ...people === undefined ? [] : ofPeople(people, activity, href, now),
      ...advice === undefined
        ? []
        : [{ text: `People wait, and not everyone who books comes. ${advice}`, link: 'Change places', href: `${href}/places` }]
    ],
    people: people && takesBookings ? countsOf(people, href) : undefined,
    isForgotten: activity.forgotten !== undefined,
    ways: takesBookings && runs ? waysOf(activity, action, href, now) : [],
    whoKnows: takesBookings && people === undefined && !may(staff, 'see people on the day', activity)
      ? activity.leadAgency ?? 'the partnership'
      : undefined
  }
}

/** Who runs or leads it from a day on, instead of who does so at present. */
export function nextRunnerInWords ({ day, from, to }: { day: string, from: string, to: string }): string {
  return `From ${calendarDayInWords(day)} this activity is run by “${to}”, not “${from}”. Its links, bookings and calendar entries stay as they are.`
}

/** A warning, and not more: two who know of each other may share a hall. */
function ofClash (clash: Clash<PlannedActivity>, { id, campaign: own }: KnownActivity) {
  const { title, slug, campaign } = clash.one.id === id ? clash.other : clash.one
  return {
    text: `It clashes with “${title}”${campaign.id === own.id ? '' : ` of “${campaign.title}”`} on ${whenBothInWords(clash)}. ${whyInWords(clash)}.`,
    link: 'Look at the other one',
    href: `/staff/activities/${slug}`
  }
}

const actions: Record<MainAction, { text: string, at: string }> = {
  publish: { text: 'Publish', at: 'publish' },
  'open-day': { text: 'Open the page for the day', at: 'evening' },
  'say-who-came': { text: 'Say who came', at: 'evening' },
  book: { text: 'Book someone in by phone', at: 'bookings/new' }
}

function actionOf (
  staff: StaffMember, activity: KnownActivity, people: People | undefined, now: DateTime<true>
): MainAction | undefined {
  return mainActionOf({ ...activity, coming: confirmedIn(people), noted: people?.open.noted ?? 0 }, {
    runs: may(staff, 'run activities', activity),
    seesTheDay: may(staff, 'see people on the day', activity),
    notesLater: people !== undefined && may(staff, 'record attendance', activity)
  }, now)
}

/** How many people had a place of whom it is not noted if they came. */
function unrecordedInWords (people: People | undefined): string {
  const unrecorded = confirmedIn(people) - (people?.open.noted ?? 0)
  return `This is over. For ${unrecorded === 1 ? '1 person' : `${unrecorded} people`} it is not recorded if they came.`
}

/** Number of bookings with a place. */
function confirmedIn (people: People | undefined): number {
  return people?.counts.find(({ status }) => status === 'confirmed')?.people ?? 0
}

/** What organisers do about an activity's people from here, besides what its button does. */
function waysOf (activity: KnownActivity, action: MainAction | undefined, href: string, now: DateTime<true>) {
  const toCome = isToCome(activity, now)
  return [
    toCome && action !== 'book' && { text: actions.book.text, href: `${href}/${actions.book.at}` },
    toCome && { text: 'Change places', href: `${href}/places` },
    { text: 'Write to people', href: `${href}/bulletins` },
    activity.endsAt <= now && activity.status !== 'cancelled' && { text: 'What people thought', href: `${href}/evaluation` }
  ].filter(way => way !== false)
}

interface ToDo { text: string, more?: string, link: string, href: string }

/** What the state of an activity asks of those who run it; that a draft is to be published, its button says. */
function ofNeed (kind: NeedKind, activity: KnownActivity, href: string): ToDo[] {
  const waiting = bookingsWait(activity.occupancy.waitingBookings)
  const another = { link: 'Make another date', more: 'and ask them to come then.', href: `${href}/another-date` }
  switch (kind) {
    case 'no-link': return [{
      text: `It starts within ${hoursForLink} hours and has no Teams link, so nobody can join.`,
      link: 'Give it a link',
      href: `${href}/meeting`
    }]
    case 'meeting-failed': return [{
      text: 'The Teams meeting could not be made or changed.', link: 'See why', href: `${href}/meeting`
    }]
    case 'free-and-waiting': return [{
      text: `Places are free, and ${waiting}. You give them by hand.`, link: 'Choose who gets them', href: `${href}/waiting-list`
    }]
    case 'list-longer-than-session': return [{ text: `${waiting}, for more places than there are in all.`, ...another }]
    case 'another-date': return [{ text: `${waiting}.`, ...another }]
    default: return []
  }
}

/** The part of an address that leads to those who come or wait. */
const live = liveStatuses.map(status => `status=${status}`).join('&')

/** What people of an activity wait for, until it is over. */
function ofPeople (
  { open: { questions, unanswered }, unreached }: People, activity: KnownActivity, href: string, now: DateTime<true>
): ToDo[] {
  if (!isToCome(activity, now)) return []
  return [
    ...questions === 0
      ? []
      : [{
          text: questions === 1 ? '1 question is not dealt with.' : `${questions} questions are not dealt with.`,
          link: questions === 1 ? 'Read it' : 'Read them',
          href: `${href}/evening#questions`
        }],
    ...unanswered === 0
      ? []
      : [{
          text: `${unanswered === 1 ? '1 person' : `${unanswered} people`} told us what would help them take part and ` +
            `${unanswered === 1 ? 'has' : 'have'} no answer.`,
          link: unanswered === 1 ? 'See who' : 'See who they are',
          href: `${href}/attendees?need=open&${live}`
        }],
    ...unreached === 0
      ? []
      : [{
          text: `Emails do not reach ${unreached === 1 ? '1 person' : `${unreached} people`}.`,
          link: unreached === 1 ? 'See who' : 'See who they are',
          href: `${href}/attendees?reached=no&${live}`
        }]
  ]
}

/** How many people there are in each status, with the way to them. */
function countsOf ({ counts }: People, href: string) {
  return {
    total: counts.reduce((sum, { people }) => sum + people, 0),
    counts: statuses.flatMap(status => counts.filter(count => count.status === status))
      .map(({ status, people, places }) => ({
        ...statusTags[status], people, places, href: `${href}/attendees?status=${status}`
      }))
  }
}
