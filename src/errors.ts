/** Every way in which the service says no. A new one does not compile until http/page-errors.ts answers it. */
export type Refusal =
  | 'activity-not-found'
  | 'campaign-not-found'
  | 'campaign-changed'
  | 'districts-in-use'
  | 'contact-not-found'
  | 'contact-changed'
  | 'contact-name-taken'
  | 'last-contact'
  | 'booking-not-found'
  | 'not-bookable'
  | 'booking-not-yet-open'
  | 'booking-closed'
  | 'activity-cancelled'
  | 'activity-over'
  | 'fully-booked'
  | 'too-many-places'
  | 'district-unknown'
  | 'no-places-left'
  | 'already-cancelled'
  | 'code-refused'
  | 'hold-not-found'
  | 'too-few-to-hold'
  | 'people-wait'
  | 'code-taken'
  | 'hold-returned'
  | 'hold-claimed'
  | 'hold-ends-wrongly'
  | 'nothing-offered'
  | 'offer-ended'
  | 'place-taken'
  | 'not-waiting'
  | 'not-by-hand'
  | 'party-does-not-fit'
  | 'list-still-needed'
  | 'priority-group-unknown'
  | 'date-wrong'
  | 'link-changed'
  | 'no-meeting-kept'
  | 'letter-not-found'
  | 'letter-on-its-way'
  | 'letter-sent-again'
  | 'letter-outdated'
  | 'bulletin-not-found'
  | 'bulletin-sent'
  | 'bulletin-changed'
  | 'nobody-to-write-to'
  | 'answers-refused'
  | 'both-changed'
  | 'people-to-tell'
  | 'people-rely-on-it'
  | 'not-ready'
  | 'sign-in-link-used'
  | 'sign-in-code-wrong'
  | 'session-not-found'
  | 'work-account-taken'
  | 'work-account-unknown'

/**
 * A rule said no: the world is not as the person asking believed. Its message is one sentence for that
 * person, without ids; it knows no HTTP.
 */
export abstract class DomainError extends Error {
  abstract readonly refusal: Refusal
}

/** What someone at a terminal did wrong, in one sentence; the command prints it and exits 1. */
export class CommandError extends Error {}
