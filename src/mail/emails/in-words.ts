import type { EmailKind } from './kinds.ts'

/** The groups in which kinds of email are shown, in the order of a booking's life. */
export const families = {
  booking: 'Booking',
  'waiting-list': 'Waiting list',
  changes: 'Changes and cancellations',
  reminders: 'Reminders',
  afterwards: 'Afterwards',
  bulletins: 'Messages from organisers'
} as const
export type Family = keyof typeof families

/** The words for a kind of email, for staff. */
export interface KindInWords {
  name: string
  family: Family
  /** When it is sent and who gets it, in one sentence. */
  isSent: string
}

/** Every kind of email as staff read of it; a new kind does not compile until it has words. */
export const kindsInWords: Record<EmailKind, KindInWords> = {
  'place-confirmed': {
    name: 'Place confirmed', family: 'booking', isSent: 'When someone books and there is a place for them.'
  },
  'already-booked': {
    name: 'Already booked',
    family: 'booking',
    isSent: 'When someone books with an address that has a booking already: only that address is told, and who asked.'
  },
  'booking-link': {
    name: 'Link to the booking', family: 'booking', isSent: 'When someone asks for it on “Find my booking”.'
  },
  'access-arranged': {
    name: 'What is arranged',
    family: 'booking',
    isSent: 'When an organiser says what is arranged for someone who said what would help them take part.'
  },
  'waiting-list-joined': {
    name: 'On the waiting list', family: 'waiting-list', isSent: 'When someone joins the waiting list.'
  },
  'place-found': {
    name: 'Place found', family: 'waiting-list', isSent: 'When someone who was waiting gets a place.'
  },
  'place-offered': {
    name: 'Place offered',
    family: 'waiting-list',
    isSent: 'When a place becomes free and is kept for the next in line until they answer.'
  },
  'place-called': {
    name: 'Places open to the first',
    family: 'waiting-list',
    isSent: 'When a place becomes free so late that everyone who is waiting and fits may take it.'
  },
  'offer-lapsed': {
    name: 'Offer ended', family: 'waiting-list', isSent: 'When someone has not answered an offer in time.'
  },
  'offer-refused': {
    name: 'Offer refused', family: 'waiting-list', isSent: 'When someone says no to an offer.'
  },
  'waiting-list-closed': {
    name: 'Waiting list closed', family: 'waiting-list', isSent: 'When booking closes, to everyone still waiting.'
  },
  'booking-changed': {
    name: 'Booking changed',
    family: 'changes',
    isSent: 'When the time, the place, the title or the link changes, or how many places they have: it says what was and ' +
      'what is. Several changes within a minute make one email. If all is changed back by then, there is none.'
  },
  cancelled: {
    name: 'Cancelled by themselves', family: 'changes', isSent: 'When someone cancels their booking, or stops waiting.'
  },
  'cancelled-by-us': {
    name: 'Cancelled by an organiser', family: 'changes', isSent: 'When an organiser cancels one booking.'
  },
  'activity-cancelled': {
    name: 'Activity cancelled', family: 'changes', isSent: 'When the activity is cancelled, to everyone who had a place or was waiting.'
  },
  'reminder-week': {
    name: 'Reminder, the week before',
    family: 'reminders',
    isSent: '7 days before the start, at the same time of day, to those who had a place 10 days before it.'
  },
  'reminder-day': {
    name: 'Reminder, the day before',
    family: 'reminders',
    isSent: 'The day before the start, at the same time of day, to those with a place.'
  },
  'reminder-hour': {
    name: 'Reminder, the hour before', family: 'reminders', isSent: '1 hour before the start, to those with a place.'
  },
  'thank-you': {
    name: 'Thank you', family: 'afterwards', isSent: 'The morning after, to those who came.'
  },
  'sorry-we-missed-you': {
    name: 'Sorry we missed you', family: 'afterwards', isSent: 'The morning after, to those with a place who did not come.'
  },
  'after-the-day': {
    name: 'After the day',
    family: 'afterwards',
    isSent: 'The morning after, to everyone with a place, if nobody has noted who came.'
  },
  bulletin: {
    name: 'Message', family: 'bulletins', isSent: 'When an organiser writes to people of one activity.'
  }
}

export type EmailStatus = 'queued' | 'sent' | 'failed' | 'withdrawn' | 'bounced'

/** The state of an email, as a tag. Of an email that was sent we only know that a mail server accepted it. */
export const statusTags: Record<EmailStatus, { text: string, classes: string }> = {
  queued: { text: 'Waiting to go', classes: 'govuk-tag--blue' },
  sent: { text: 'Sent', classes: 'govuk-tag--green' },
  failed: { text: 'Given up', classes: 'govuk-tag--red' },
  withdrawn: { text: 'Not sent any more', classes: 'govuk-tag--grey' },
  bounced: { text: 'Came back', classes: 'govuk-tag--red' }
}
