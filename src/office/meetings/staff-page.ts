import type { DateTime } from 'luxon'
import { isToCome } from '../../programme/activities/booking-window.ts'
import { endedLink } from '../../programme/activities/ended-link.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { runningOf } from '../../programme/activities/staff-page.ts'
import { momentInWords, whenInWords } from '../../programme/activities/when.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import type { RecipientCounts } from '../../booking/bookings/recipients.ts'
import { outwardTitle } from '../../programme/activities/outward-title.ts'
import { confirmationToken, effectsOf, hiddenFieldsOf, nobodyToCall, people, toCallInWords } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import type { MeetingChoices } from '../../programme/teams/meeting.ts'
import { nextStep, oursOf } from './kept-meeting.ts'
import type { KeptMeeting, MeetingActivity } from './kept-meeting.ts'
import { linkMark } from './link-effects.ts'
import { meetingEffects } from './meeting-effects.ts'
import type { linkFields, meetingFields } from './schema.ts'

/** What organisers typed into one of the forms, and what is wrong with it. */
export interface TypedMeeting {
  typed: Partial<Record<typeof meetingFields[number] | typeof linkFields[number], string>>
  errors: FormErrors
}

interface MeetingPage {
  activity: KnownActivity & MeetingActivity
  kept: KeptMeeting | undefined
  /** Whether Microsoft Graph is configured. */
  makesMeetings: boolean
  /** The people who would be told about another link. */
  recipients: Pick<RecipientCounts, 'confirmed' | 'toCallWithPlace'>
  /** When someone last pasted a link for the activity. */
  linkGivenAt: DateTime<true> | undefined
}

/**
 * How people of an activity join the Teams meeting, and what can be changed about it. Never contains the link itself.
 */
export function meetingPageOf (page: MeetingPage, now: DateTime<true>, { typed, errors }: Partial<TypedMeeting> = {}) {
  const { activity, kept, makesMeetings, recipients, linkGivenAt } = page
  const href = `/staff/activities/${activity.slug}/meeting`
  const ours = oursOf(kept, activity)
  const isOurLink = ours?.linkedAt !== undefined && activity.joinUrl !== undefined
  const since = isOurLink ? ours?.linkedAt : linkGivenAt
  const isOpen = isToCome(activity, now)
  return {
    ...runningOf(activity),
    href,
    link: activity.joinUrl === undefined
      ? undefined
      : {
          host: new URL(activity.joinUrl).hostname,
          isPersonalAccount: new URL(activity.joinUrl).hostname === 'teams.live.com',
          isOurs: isOurLink,
          ended: isOurLink
            ? undefined
            : endedLink({ joinUrl: activity.joinUrl, linkedMeetingEndsAt: activity.joinUrlMeetingEndsAt }, activity),
          since: since && momentInWords(since, activity.zone)
        },
    closed: isOpen ? undefined : closedInWords(activity),
    work: isOpen && makesMeetings && ours !== undefined ? progressOf(ours, activity, now) : undefined,
    made: isOurLink && ours !== undefined ? { ...choicesInWords(ours), replaceHref: `${href}/replacement` } : undefined,
    makesMeetings,
    called: outwardTitle(activity),
    when: whenInWords(activity),
    told: toldInWords(activity, recipients),
    toCall: isTold(activity) ? recipients.toCallWithPlace : nobodyToCall,
    // Where a link was sent the other form was not, and shows its stored values.
    choices: choicesOf(typed === undefined || 'join_url' in typed ? formOf(ours) : typed),
    seen: linkMark(activity),
    confirmed: confirmationToken(meetingEffects({ activity, ours, recipients }, now)),
    values: typed ?? {},
    errors
  }
}

/** What we are doing about a meeting at the moment, or cannot do; undefined where it is up to date. */
function progressOf (kept: KeptMeeting, activity: MeetingActivity, now: DateTime<true>) {
  const { status, problem, meetingId, linkedAt } = kept
  if (status !== 'failed' && nextStep(kept, activity, now) === undefined) return undefined
  const [doing, undone] = linkedAt === undefined
    ? ['We are making the Teams meeting.', 'The Teams meeting could not be made.']
    : meetingId === undefined || kept.generation !== kept.madeGeneration
      ? ['We are making a new Teams meeting.', 'The new Teams meeting could not be made.']
      : ['We are telling Teams what has changed.', 'The Teams meeting could not be changed.']
  const [sentence, ...commands] = problem?.split('\n') ?? []
  return {
    isStuck: status === 'failed',
    heading: problem === undefined ? doing : undone,
    problem: sentence,
    commands,
    again: meetingId === undefined && linkedAt !== undefined ? 'Make a new meeting' : 'Try again'
  }
}

function closedInWords ({ status }: MeetingActivity): string {
  return status === 'cancelled'
    ? 'This activity has been cancelled. A meeting that we made for it is removed.'
    : 'This activity has already taken place.'
}

/** Whether people are told of another link. */
function isTold ({ status, joinMode }: MeetingActivity): boolean {
  return status !== 'draft' && joinMode !== 'personal'
}

/** Who is told of another link, and how. */
function toldInWords (
  { status, joinMode }: MeetingActivity, { confirmed, toCallWithPlace }: MeetingPage['recipients']
): string {
  if (status === 'draft') return 'Nobody is emailed, because this activity is a draft.'
  if (joinMode === 'personal') return 'Nobody is emailed: people join by links of their own, which lead to the new meeting from then on.'
  if (confirmed + toCallWithPlace.count === 0) return 'Nobody has a place yet, so nobody is emailed.'
  return [
    ...confirmed === 0 ? [] : [`${people(confirmed, 'gets', 'get')} an updated invitation.`], ...toCallInWords(toCallWithPlace)
  ].join(' ')
}

function choicesInWords ({ lobby, mayUnmute, mayShowCamera }: MeetingChoices) {
  const allowed = (isAllowed: boolean) => isAllowed ? 'People may switch theirs on' : 'Off for everyone but the organiser'
  return {
    lobby: lobby === 'everyone-waits' ? 'Everyone waits until the organiser lets them in' : 'Nobody waits',
    microphones: allowed(mayUnmute),
    cameras: allowed(mayShowCamera)
  }
}

/** The form's stored values: the safest ones before the first choice. */
function formOf (kept: KeptMeeting | undefined): TypedMeeting['typed'] {
  return {
    lobby: kept?.lobby ?? 'everyone-waits',
    ...(kept?.mayUnmute === true && { may_unmute: 'yes' }),
    ...(kept?.mayShowCamera === true && { may_show_camera: 'yes' })
  }
}

function choicesOf ({ lobby = 'everyone-waits', may_unmute: unmute, may_show_camera: camera }: TypedMeeting['typed']) {
  return {
    lobbies: [
      {
        value: 'everyone-waits',
        text: 'Everyone waits until the organiser lets them in',
        hint: { text: 'Nobody comes in before you are ready, or without you seeing who it is.' },
        checked: lobby === 'everyone-waits'
      },
      {
        value: 'nobody-waits',
        text: 'Nobody waits',
        hint: { text: 'Anyone with the link comes straight in, even before you.' },
        checked: lobby === 'nobody-waits'
      }
    ],
    allowed: [
      { id: 'may_unmute', name: 'may_unmute', value: 'yes', text: 'Their microphones', checked: unmute === 'yes' },
      { id: 'may_show_camera', name: 'may_show_camera', value: 'yes', text: 'Their cameras', checked: camera === 'yes' }
    ]
  }
}

/** The question before an existing meeting is replaced. */
export function replacementPageOf (
  { activity, kept, recipients }: Pick<MeetingPage, 'activity' | 'recipients'> & { kept: KeptMeeting }, now: DateTime<true>,
  errors?: FormErrors
) {
  const asked = { ...kept, generation: kept.generation + 1 }
  return {
    ...runningOf(activity),
    href: `/staff/activities/${activity.slug}/meeting`,
    generation: kept.generation,
    confirmed: confirmationToken(meetingEffects({ activity, ours: asked, recipients }, now)),
    told: toldInWords(activity, recipients),
    toCall: isTold(activity) ? recipients.toCallWithPlace : nobodyToCall,
    errors
  }
}

/** What another link or another meeting would do to people; `action` is where it was asked for. */
export function effectsPageOf (
  activity: KnownActivity, action: string, required: ConfirmationRequired, body: unknown
) {
  const running = runningOf(activity)
  return {
    ...running, ...effectsOf(required), action, leaveHref: `${running.activity.href}/meeting`, fields: hiddenFieldsOf(body)
  }
}
