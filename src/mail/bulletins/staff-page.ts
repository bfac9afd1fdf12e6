import { momentInWords } from '../../programme/activities/when.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { runningOf } from '../../programme/activities/staff-page.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import type { Message } from '../emails/message.ts'
import { effectsOf, toCallInWords } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import type { Booking } from '../../booking/bookings/booking.ts'
import { chosenOf } from '../../booking/attendees/chosen-staff-page.ts'
import type { ListLeft } from '../../booking/attendees/list-left.ts'
import { audiences, bulletinAfter, bulletinDraft, nothingYet, sendingEffects } from './bulletin.ts'
import type { AudienceCounts, Bulletin, BulletinDraft, Progress } from './bulletin.ts'
import { longestText } from './schema.ts'
import type { bulletinFields } from './schema.ts'

/** Names of the audiences, as organisers choose them and read about them. */
const audiencesInWords: Record<typeof audiences[number], { name: string, to: string, nobody: string }> = {
  confirmed: { name: 'People who have a place', to: 'people who have a place', nobody: 'Nobody has a place at the moment.' },
  waiting: {
    name: 'People who are waiting, or are being offered a place',
    to: 'people who are waiting, or are being offered a place',
    nobody: 'Nobody is waiting at the moment.'
  },
  everyone: {
    name: 'Everyone: people who have a place, and people who are waiting',
    to: 'everyone: people who have a place, and people who are waiting',
    nobody: 'Nobody has a place or is waiting at the moment.'
  }
}

/** Who a message is for, and what is said where nobody would get it. */
export function audienceOf ({ audience, bookingIds = [] }: BulletinDraft): { to: string, nobody: string } {
  if (audience !== 'chosen') return audiencesInWords[audience]
  return {
    to: bookingIds.length === 1 ? '1 person who was chosen' : `${bookingIds.length} people who were chosen`,
    nobody: 'Nobody who was chosen can get it any more.'
  }
}

export const states = {
  draft: { text: 'Not sent', classes: 'govuk-tag--grey' },
  going: { text: 'Going out', classes: 'govuk-tag--yellow' },
  sent: { text: 'Sent', classes: 'govuk-tag--green' },
  stopped: { text: 'Stopped', classes: 'govuk-tag--orange' }
}

/** How many: `1 person`, `27 people`. */
function people (count: number): string {
  return count === 1 ? '1 person' : `${count.toLocaleString('en-GB')} people`
}

export function emails (count: number): string {
  return count === 1 ? '1 email' : `${count.toLocaleString('en-GB')} emails`
}

export function addressOf (activity: KnownActivity, bulletin?: Pick<Bulletin, 'number'>): string {
  const address = `/staff/activities/${activity.slug}/bulletins`
  return bulletin === undefined ? address : `${address}/${bulletin.number}`
}

/** The messages of an activity, with how far each has come. */
export function bulletinsPageOf (
  activity: KnownActivity, bulletins: readonly Bulletin[], progress: ReadonlyMap<number, Progress>
) {
  return {
    ...runningOf(activity),
    writeHref: `${addressOf(activity)}/new`,
    bulletins: bulletins.map(bulletin => {
      const come = progress.get(bulletin.number) ?? nothingYet
      return {
        heading: bulletin.heading,
        href: addressOf(activity, bulletin),
        to: `To ${audienceOf(bulletin).to}`,
        tag: states[stateOf(bulletin, come)],
        by: byWhom(bulletin, activity),
        come: bulletin.sentAt === undefined ? '' : progressInWords(come)
      }
    })
  }
}

export function stateOf ({ sentAt, stoppedAt }: Bulletin, { waiting }: Progress): keyof typeof states {
  if (sentAt === undefined) return 'draft'
  if (stoppedAt !== undefined) return 'stopped'
  return waiting > 0 ? 'going' : 'sent'
}

export function byWhom ({ madeBy, createdAt, sentAt }: Bulletin, { zone }: KnownActivity): string {
  const by = madeBy === undefined ? '' : ` by ${madeBy}`
  return sentAt === undefined
    ? `Begun${by}, ${momentInWords(createdAt, zone)}`
    : `Written${by}, sent on ${momentInWords(sentAt, zone)}`
}

/** How far a bulletin has come, in a sentence or two. */
export function progressInWords ({ sent, waiting, notTaken, withdrawn }: Progress): string {
  const all = sent + waiting + notTaken + withdrawn
  const gone = sent === all && all > 1
    ? `All ${emails(all)} have gone.`
    : `${sent.toLocaleString('en-GB')} of ${emails(all)} ${sent === 1 ? 'has' : 'have'} gone.`
  const refused = notTaken === 0 ? '' : ` ${emails(notTaken)} ${notTaken === 1 ? 'was' : 'were'} not taken.`
  return gone + refused
}

interface WritingPage {
  activity: KnownActivity
  /** Who can be chosen to write to, or those who were chosen from the list of attendees. */
  to: Record<typeof audiences[number], AudienceCounts> | Chosen
  /** The bulletin that is changed; undefined for a new one. */
  bulletin?: Bulletin | undefined
  /** Becomes the id of a new bulletin, so that a double press begins one. */
  submission?: string | undefined
}

/** What was typed, and what is wrong with it. */
interface Tried {
  typed: Partial<Record<typeof bulletinFields[number], string>>
  errors: FormErrors
  /** The version that was read; undefined: the one that the page shows. */
  versionHash?: string | undefined
  /** What was meant, where the message says something else by now. */
  mine?: BulletinDraft | undefined
}

const fieldsInWords = { audience: 'Who gets it', bookingIds: 'Who gets it', heading: 'Heading', body: 'Text' }

/** Where a message differs from what was typed; who was chosen never does. */
function comparisonOf (now: Bulletin, { mine }: Pick<Tried, 'mine'>) {
  return mine === undefined
    ? []
    : bulletinDraft.compared(now, bulletinAfter(now, mine), fieldsInWords, (field, text) =>
      field === 'audience' ? audiencesInWords[text as typeof audiences[number]].name : text)
}

interface Chosen {
  chosen: readonly Booking[]
  /** The list that they were chosen from. */
  list: ListLeft
  counts: AudienceCounts
}

/** The form for a message: empty, with its text, or with what was typed and what is wrong with it. */
export function writingPageOf (
  { activity, to, bulletin, submission }: WritingPage, tried?: Tried
) {
  const values = tried?.typed ?? bulletin ?? { audience: undefined }
  return {
    ...runningOf(activity),
    isNew: bulletin === undefined,
    action: bulletin === undefined ? addressOf(activity) : `${addressOf(activity, bulletin)}/text`,
    backHref: 'chosen' in to && bulletin === undefined ? to.list.href : addressOf(activity, bulletin),
    submission,
    versionHash: bulletin && (tried?.versionHash ?? bulletinDraft.versionHash(bulletin)),
    comparison: bulletin === undefined ? [] : comparisonOf(bulletin, tried ?? {}),
    ...'chosen' in to
      ? {
          chosen: chosenOf(to.chosen),
          list: to.list.query,
          effects: sendingEffects(to.counts).sentences,
          toCall: to.counts.toCall
        }
      : {
          audiences: audiences.map(audience => ({
            value: audience,
            text: audiencesInWords[audience].name,
            hint: { text: [`${people(to[audience].people)}.`, ...toCallInWords(to[audience].toCall)].join(' ') },
            checked: values.audience === audience
          }))
        },
    longestText: longestText.toLocaleString('en-GB'),
    values,
    errors: tried?.errors
  }
}

interface PreviewPage {
  activity: KnownActivity
  bulletin: Bulletin
  /** What sending it does. */
  required: ConfirmationRequired
  email: Message
  /** How many would get it. */
  reached: number
}

/** What a message looks like to its recipients, and the buttons that send it. */
export function previewPageOf ({ activity, bulletin, required, reached, email }: PreviewPage, errors?: FormErrors) {
  const href = addressOf(activity, bulletin)
  const { to, nobody } = audienceOf(bulletin)
  return {
    ...runningOf(activity),
    backHref: addressOf(activity),
    href,
    heading: bulletin.heading,
    to,
    ...effectsOf(required),
    nobody: reached > 0 ? undefined : required.effects.sentences.length > 0 ? 'Nobody gets this email.' : nobody,
    send: reached === 0 ? undefined : `Send to ${people(reached)}`,
    versionHash: bulletinDraft.versionHash(bulletin),
    email: {
      from: `${email.from.name} <${email.from.address}>`,
      subject: email.subject,
      text: email.text,
      href: `${href}/letter`
    },
    errors
  }
}
