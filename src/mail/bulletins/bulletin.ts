import type { DateTime } from 'luxon'
import { draft } from '../../platform/draft.ts'
import { toCallInWords } from '../../identity/staff/confirmation.ts'
import type { Effects, ToCall } from '../../identity/staff/confirmation.ts'

/** Which people of an activity a bulletin is for. */
export const audiences = ['confirmed', 'waiting', 'everyone'] as const
export type Audience = typeof audiences[number]

/** What an organiser writes, and to which people. */
export interface BulletinDraft {
  audience: Audience
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
export const bulletinDraft = draft(['audience', 'heading', 'body'])

/** How many people a message would reach, and how many have to be called instead. */
export interface AudienceCounts {
  people: number
  toCall: ToCall
}

/** What sending a message to so many does. */
export function sendingEffects ({ people, toCall }: AudienceCounts): Effects {
  return {
    changes: [],
    sentences: [
      ...people === 0 ? [] : [people === 1 ? '1 person gets this email.' : `${people.toLocaleString('en-GB')} people get this email.`],
      ...toCallInWords(toCall)
    ],
    toCall
  }
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
  /** Number who cancelled, or whose email had not gone when the bulletin was stopped. */
  withdrawn: number
}

export const nothingYet: Progress = { sent: 0, waiting: 0, retried: 0, notTaken: 0, withdrawn: 0 }
