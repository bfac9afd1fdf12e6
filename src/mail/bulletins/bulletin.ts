import type { DateTime } from 'luxon'
import { draft } from '../../platform/draft.ts'
import { people, toCallInWords } from '../../identity/staff/confirmation.ts'
import type { Effects, ToCall } from '../../identity/staff/confirmation.ts'

/** Which people of an activity a bulletin is for: some of them as they are when it goes, or those who were chosen. */
export const audiences = ['confirmed', 'waiting', 'everyone'] as const
export type Audience = typeof audiences[number] | 'chosen'

/** What an organiser writes, and to which people. */
export interface BulletinDraft {
  audience: Audience
  /** The bookings of those who were chosen, where they were. */
  bookingIds?: readonly string[] | undefined
  /** One line. */
  heading: string
  /** A small subset of Markdown, see mail/emails/body.ts. */
  body: string
}

/** One message to many people of one activity, being written or sent. */
export interface Bulletin extends BulletinDraft {
  id: string
  activityId: string
  /** 1, 2, 3 within its activity; the sequence of its emails. */
  number: number
  /** Name of its author, while they are known. */
  madeBy: string | undefined
  createdAt: DateTime<true>
  /** Undefined while it is a draft. */
  sentAt: DateTime<true> | undefined
  stoppedAt: DateTime<true> | undefined
}

/** Who presses “Send” means the text that they have read, and not what a colleague has made of it since. */
export const bulletinDraft = draft(['audience', 'bookingIds', 'heading', 'body'])

/** A message with what was typed: who it is for can be chosen anew only where nobody was chosen from the list. */
export function bulletinAfter (
  before: BulletinDraft, { heading, body, audience = before.audience }: Pick<BulletinDraft, 'heading' | 'body'> & { audience?: Audience | undefined }
): BulletinDraft {
  const { bookingIds } = before
  return before.audience === 'chosen'
    ? { audience: 'chosen', bookingIds, heading, body }
    : { audience, bookingIds, heading, body }
}

/** How many people a message would reach, and how many have to be called instead. */
export interface AudienceCounts {
  people: number
  toCall: ToCall
  /** Of those who were chosen, who does not get it, in sentences. */
  left?: readonly string[]
}

/** What sending a message to so many does. */
export function sendingEffects ({ people, toCall, left = [] }: AudienceCounts): Effects {
  return {
    changes: [],
    sentences: [
      ...people === 0 ? [] : [people === 1 ? '1 person gets this email.' : `${people.toLocaleString('en-GB')} people get this email.`],
      ...toCallInWords(toCall),
      ...left
    ],
    toCall
  }
}

/** What is known of the booking of someone who was chosen, by now. */
export interface ChosenRecipient {
  isHere: boolean
  isLive: boolean
  /** Whether its holder knows of it. */
  knows: boolean
}

/** Whether someone who was chosen may still be written to. */
export function mayStillGetIt ({ isHere, isLive, knows }: ChosenRecipient): boolean {
  return isHere && isLive && knows
}

/** Who was chosen and does not get it, in sentences; `chosen` is how many were. */
export function leftInWords (chosen: number, found: readonly ChosenRecipient[]): string[] {
  const here = found.filter(({ isHere }) => isHere)
  const live = here.filter(({ isLive }) => isLive)
  const say = (count: number, one: string, many: string) =>
    count === 0 ? [] : [`${people(count, `you chose ${one}`, `you chose ${many}`)}.`]
  return [
    ...say(here.length - live.length, 'has cancelled or left the list, and does not get it', 'have cancelled or left the list, and do not get it'),
    ...say(found.length - here.length, 'has moved to another date, and does not get it', 'have moved to another date, and do not get it'),
    ...say(live.filter(({ knows }) => !knows).length, 'waits from another date and has not been asked yet, so does not get it', 'wait from another date and have not been asked yet, so do not get it'),
    ...say(chosen - found.length, 'does not get it, because their details are deleted', 'do not get it, because their details are deleted')
  ]
}

/** How far a bulletin has come, in people. */
export interface Progress {
  /** Number whose email a mail server has taken. */
  sent: number
  /** Number whose email goes as soon as it can. */
  waiting: number
  /** Of those that wait, the number that a mail server did not take yet. */
  retried: number
  /** Number whose email was refused for good, came back, or was tried for a day. */
  notTaken: number
  /** Number who cancelled or got a place, or whose email had not gone when the bulletin was stopped. */
  withdrawn: number
}

export const nothingYet: Progress = { sent: 0, waiting: 0, retried: 0, notTaken: 0, withdrawn: 0 }
