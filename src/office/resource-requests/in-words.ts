import type { Getting, OrganisationKind, RequestedItem, RequestStatus } from './request.ts'

/** A status as staff read it. */
export const statusTags: Record<RequestStatus, { text: string, classes: string }> = {
  asked: { text: 'Waits for an answer', classes: 'govuk-tag--orange' },
  approved: { text: 'To pack', classes: 'govuk-tag--blue' },
  packed: { text: 'Packed', classes: 'govuk-tag--purple' },
  'handed-over': { text: 'Given out', classes: 'govuk-tag--green' },
  refused: { text: 'Refused', classes: 'govuk-tag--grey' },
  cancelled: { text: 'Cancelled', classes: 'govuk-tag--grey' }
}

/** Where a request stands, for the person who asked. */
export function statusInWords (status: RequestStatus, getting: Getting): string {
  switch (status) {
    case 'asked': return 'We have your request. Someone looks at it and emails you.'
    case 'approved': return getting === 'collect'
      ? 'Your request is approved. We email you when you can collect it.'
      : 'Your request is approved. We email you when we send it.'
    case 'packed': return getting === 'collect' ? 'It is ready for you to collect.' : 'It is packed. We email you when we send it.'
    case 'handed-over': return getting === 'collect' ? 'You have collected it.' : 'We have sent it to you.'
    case 'refused': return 'We cannot give you what you asked for.'
    case 'cancelled': return 'You have cancelled this request.'
  }
}

/** A kind of organisation as people choose it, and as totals name it. */
export const organisationKindsInWords: Record<OrganisationKind, string> = {
  school: 'School or college',
  'early-years': 'Nursery or childminder',
  health: 'Health service',
  council: 'Council',
  police: 'Police',
  charity: 'Charity or community group',
  youth: 'Youth or sports club',
  faith: 'Faith group',
  business: 'Business, like a hotel, taxi firm or takeaway',
  other: 'Something else'
}

export const gettingInWords: Record<Getting, string> = { collect: 'They collect it', deliver: 'Sent to their work address' }

/** How many of something: `30 of 50` where they get less than they asked for. */
export function quantityInWords ({ asked, granted }: Pick<RequestedItem, 'asked' | 'granted'>): string {
  return granted === undefined || granted === asked ? asked.toLocaleString('en-GB') : `${granted} of ${asked}`
}
