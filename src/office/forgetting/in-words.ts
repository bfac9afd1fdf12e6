import type { Tally } from './jobs.ts'

/** What was forgotten, or would be, in sentences with numbers and without names. */
export function tallyInWords (
  {
    bookings, activities, again, held, links, sessions, requests, resourceRequests, entrants, laterContacts, texts,
    entries, invitations, accounts, uploads, proposals, counts, handovers, emails
  }: Tally
): string[] {
  const others = [
    ...links === 0 ? [] : [counted(links, 'sign-in link')],
    ...sessions === 0 ? [] : [counted(sessions, 'session')],
    ...requests === 0 ? [] : [counted(requests, 'answered request or complaint', 'answered requests and complaints')],
    ...resourceRequests === 0 ? [] : [counted(resourceRequests, 'request for resources', 'requests for resources')],
    ...entrants === 0 ? [] : [counted(entrants, 'person who had entered an activity', 'people who had entered activities')],
    ...laterContacts === 0 ? [] : [counted(laterContacts, 'address for a last question', 'addresses for a last question')],
    ...texts === 0 ? [] : [counted(texts, 'answer in someone’s own words', 'answers in people’s own words')],
    ...entries === 0 ? [] : [counted(entries, 'entry of the audit trail', 'entries of the audit trail')],
    ...invitations === 0 ? [] : [counted(invitations, 'invitation to co-host', 'invitations to co-host')],
    ...accounts === 0 ? [] : [counted(accounts, 'account made for co-hosting', 'accounts made for co-hosting')],
    ...uploads === 0 ? [] : [counted(uploads, 'uploaded programme file')],
    ...proposals === 0 ? [] : [counted(proposals, 'change that was never approved', 'changes that were never approved')],
    ...counts === 0 ? [] : [counted(counts, 'count of how often someone asked', 'counts of how often someone asked')],
    ...handovers === 0 ? [] : [counted(handovers, 'note that an email went', 'notes that emails went')],
    ...emails === 0 ? [] : [counted(emails, 'kept email')]
  ]
  return [
    bookings === 0
      ? 'No booking was due to be deleted.'
      : `Deleted ${counted(bookings, 'booking')} of ${counted(activities, 'activity', 'activities')}.`,
    ...again === 0 ? [] : [`Deleted again ${counted(again, 'booking')} that a restored backup had brought back.`],
    ...heldInWords(held),
    ...others.length === 0 ? [] : [`Deleted what had ended: ${others.join(', ')}.`]
  ]
}

/** The same, before it is done. */
export function dueInWords ({ bookings, activities, held }: Pick<Tally, 'bookings' | 'activities' | 'held'>): string[] {
  return [
    bookings === 0
      ? 'No booking is due to be deleted.'
      : `Would delete ${counted(bookings, 'booking')} of ${counted(activities, 'activity', 'activities')}.`,
    ...heldInWords(held)
  ]
}

function heldInWords (held: number): string[] {
  return held === 0 ? [] : [`Kept by a legal hold: ${counted(held, 'booking')}.`]
}

function counted (number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}
