import type { DateTime } from 'luxon'
import { isEditable, isToCome } from '../../programme/activities/booking-window.ts'
import { placesInWords } from '../../programme/activities/in-words.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { runningOf, waitingListModesInWords } from '../../programme/activities/staff-page.ts'
import { isPoliceWork } from '../../programme/activities/activity.ts'
import { bookable } from '../../programme/activities/supply.ts'
import { may, mayEver } from '../../identity/staff/roles.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { CoHost } from '../co-hosts/queries.ts'
import type { Answers, Surroundings } from '../editor/answers.ts'
import { joinModesInWords, remindersInWords } from '../editor/arrangements-staff-page.ts'
import { coHostUnits, units } from '../editor/both-changed.ts'
import type { Unit } from '../editor/both-changed.ts'
import { inWords, unitInWords } from '../editor/in-words.ts'
import type { Questionnaire } from '../../programme/evaluations/queries.ts'
import type { SetBeside } from './queries.ts'

interface Settings {
  staff: StaffMember
  activity: KnownActivity
  /** What the form about it asks, as answered. */
  answers: Answers
  around: Surroundings
  /** Names of its hosts. */
  hosts: readonly string[]
  coHosts: readonly CoHost[]
  /** Names of those who may know of it although it is hidden. */
  named: readonly string[]
  beside: SetBeside
}

/** A thing that is set; without `href` it cannot be changed any more. */
interface Row { what: string, as: string, href: string | undefined }

/** Everything that is set for an activity, each with the way to change it, and what else can be made of it. */
export function settingsPageOf (
  { staff, activity, answers, around, hosts, coHosts, named, beside }: Settings, now: DateTime<true>
) {
  const { slug, status, booking } = activity
  const href = `/staff/activities/${slug}`
  const [mayEdit, toCome] = [isEditable(activity, now), isToCome(activity, now)]
  const runs = may(staff, 'run activities', activity)
  // The form leaves out what someone of an agency or a co-host does not choose, and partners where there are none.
  const isAsked = (unit: Unit) => (runs || coHostUnits.includes(unit)) &&
    !(unit === 'lead_agency' && around.boundTo !== undefined) && !(unit === 'partners' && around.agencies.length === 0)
  const asked = (unit: Unit): Row => ({
    what: unitInWords[unit],
    as: inWords(answers, unit, around),
    href: mayEdit && isAsked(unit) ? `${href}/edit#${unit === 'when' ? 'starts_day' : units[unit][0]}` : undefined
  })
  const forOrganisers = (to: string) => runs ? to : undefined
  return {
    ...runningOf(activity),
    fixed: fixedInWords(activity, { mayEdit, toCome }),
    groups: [
      {
        heading: 'The activity',
        rows: [
          { what: 'Campaign', as: activity.campaign.title, href: undefined },
          ...(['title', 'summary', 'kind', 'when', 'venue', 'district', 'audiences', 'visibility'] as const)
            .map(asked),
          ...activity.visibility === 'public' ? [asked('embargo')] : [],
          ...(['lead_agency', 'partners'] as const)
            .map(asked),
          { what: 'Hosts', as: hosts.join(', ') || 'None are named', href: forOrganisers(`${href}/hosts`) },
          { what: 'Co-hosts', as: coHosts.map(({ name }) => name).join(', ') || 'None', href: forOrganisers(`${href}/co-hosts`) },
          ...activity.visibility === 'operational'
            ? [{ what: 'Who may know of it', as: named.join(', ') || 'Only admins', href: forOrganisers(`${href}/people`) }]
            : [],
          ...isPoliceWork(activity)
            ? [{
                what: 'Shown to everyone',
                as: activity.visibility === 'public' ? 'Yes' : 'No: only when it is over, and two people agree',
                href: forOrganisers(`${href}/release`)
              }]
            : [],
          { what: 'State', as: statesInWords[status], href: mayEdit ? forOrganisers(`${href}/publish`) : undefined, change: changeOf(activity) }
        ]
      },
      {
        heading: 'Booking',
        rows: [
          asked('booking'),
          ...booking === 'places'
            ? [asked('places_per_booking'), asked('opens'), asked('closes'), ...supplyOf(activity, beside, href, toCome && runs)]
            : []
        ]
      },
      ...booking === 'places' ? [{ heading: 'Joining and emails', rows: arrangementsOf(activity, beside, href, { toCome, runs }) }] : []
    ],
    ways: runs ? waysOf(activity, href, toCome) : [],
    // Those who keep what the law asks for may know of every activity.
    legalHold: mayEver(staff, 'answer for personal data')
      ? { href: `${href}/legal-hold`, isSet: beside.isLegallyHeld }
      : undefined
  }
}

const statesInWords: Record<KnownActivity['status'], string> = {
  draft: 'A draft, which only staff see', published: 'Published', cancelled: 'Cancelled'
}

function changeOf ({ status }: KnownActivity): string {
  return status === 'draft' ? 'Publish' : 'Take down'
}

/** Says why some things cannot be changed any more. */
function fixedInWords ({ status }: KnownActivity, { mayEdit, toCome }: { mayEdit: boolean, toCome: boolean }) {
  if (status === 'cancelled') return 'This activity is cancelled. It stays as people were told.'
  if (!mayEdit) return 'This activity is over. What people booked stays as it was.'
  return toCome ? undefined : 'This activity is over. Some of this cannot be changed any more.'
}

/** How many places there are, for whom they are kept, and who gets them next. */
function supplyOf (activity: KnownActivity, { holds, groups }: SetBeside, href: string, toCome: boolean): Row[] {
  const { capacity = 0, overBookingPercent, waitingList, offerHours, anotherDateAt } = activity
  const places = (field: string) => toCome ? `${href}/places#${field}` : undefined
  const mode = waitingListModesInWords[waitingList]
  return [
    {
      what: 'Places',
      as: overBookingPercent === 0 ? String(capacity) : `${capacity}, and ${overBookingPercent}% more may be booked: ${bookable(activity)}`,
      href: places('capacity')
    },
    { what: 'Waiting list', as: mode.name, href: places('waiting_list') },
    ...waitingList === 'offers' ? [{ what: 'Hours to answer an offer', as: String(offerHours), href: places('offer_hours') }] : [],
    {
      what: 'Tell me when',
      as: anotherDateAt === undefined ? 'No number of waiting bookings is set' : `${anotherDateAt} bookings are waiting`,
      href: places('another_date_at')
    },
    {
      what: 'Groups that go first',
      as: groups === 0 ? 'None' : groups === 1 ? '1 group' : `${groups} groups`,
      href: toCome ? `${href}/waiting-list#groups` : undefined
    },
    {
      what: 'Holds',
      as: holds.count === 0
        ? 'No places are kept for agencies'
        : `${holds.count === 1 ? '1 hold' : `${holds.count} holds`}, with ${placesInWords(holds.left)} left`,
      href: toCome ? `${href}/holds` : undefined
    }
  ]
}

/** How people get in, and the emails that they get by themselves. */
function arrangementsOf (
  activity: KnownActivity, { meeting, questionnaire }: SetBeside, href: string,
  { toCome, runs }: { toCome: boolean, runs: boolean }
): Row[] {
  const { isOnline, joinMode, joinUrlSealed, reminders, followUp, status } = activity
  const arrangements = status === 'cancelled' || !runs ? undefined : `${href}/arrangements`
  return [
    ...isOnline
      ? [
          {
            what: 'Teams meeting',
            as: joinUrlSealed !== undefined ? 'It has a link' : meeting === 'asked' ? 'We are making it' : 'There is no link yet',
            href: toCome ? `${href}/meeting` : undefined
          },
          { what: 'How people join', as: joinModesInWords[joinMode].name, href: arrangements }
        ]
      : [],
    {
      what: 'Reminders',
      as: reminders.length === 0 ? 'None' : reminders.map(reminder => remindersInWords[reminder].name).join(', '),
      href: arrangements
    },
    { what: 'Email after the end', as: followUp ? 'Yes' : 'No', href: arrangements },
    { what: 'Questions afterwards', as: questionsInWords(questionnaire), href: runs ? `${href}/questions-afterwards` : undefined }
  ]
}

function questionsInWords ({ questions, source }: Questionnaire): string {
  if (questions.length === 0) return 'None'
  const asked = questions.length === 1 ? '1 question' : `${questions.length} questions`
  return source === 'campaign' ? `${asked}, as in the campaign` : asked
}

/** What else can be made of an activity, or done with it for good. */
function waysOf (activity: KnownActivity, href: string, toCome: boolean) {
  const { slug, status, booking } = activity
  return [
    { text: 'Copy', href: `/staff/activities/new?from=${slug}`, does: 'A new draft that begins with what is set here.' },
    { text: 'Repeat', href: `${href}/repeat`, does: 'Drafts for the weeks to come.' },
    booking === 'places' && status !== 'cancelled' && {
      text: 'Make another date', href: `${href}/another-date`, does: 'People who wait for this one are asked to come then.'
    },
    status === 'draft' && { text: 'Delete this draft', href: `${href}/deletion`, does: undefined },
    toCome && { text: 'Cancel this activity', href: `${href}/cancellation`, does: undefined }
  ].filter(way => way !== false)
}
