/** Someone to call, shown on every page and in every email. */
export interface SupportContact {
  name: string
  /** When to call it, in a few words. */
  purpose: string
  audience: 'everyone' | 'adults' | 'young-people'
  /** As people read it out: `0808 800 5000`. */
  number: string | undefined
  url: string | undefined
  address: string | undefined
  hours: string | undefined
  /** Districts it serves; empty: everywhere. */
  area: string[]
}

/**
 * The contacts shown if the service's own list cannot be read or is empty. National services only, and no hours: they
 * change, and a wrong hour sends a worried parent away.
 */
export const nationalContacts: readonly SupportContact[] = [
  national('Emergency', 'If a child is in immediate danger', '999'),
  national('Police', 'To report a concern that is not an emergency', '101'),
  { ...national('Childline', 'For anyone under 19 to talk to someone', '0800 1111'), audience: 'young-people' },
  { ...national('NSPCC Helpline', 'For adults who are worried about a child', '0808 800 5000'), audience: 'adults' },
  {
    ...national('CEOP Safety Centre', 'To report someone’s behaviour towards a child online', undefined),
    url: 'https://www.ceop.police.uk/Safety-Centre/'
  }
]

function national (name: string, purpose: string, number: string | undefined): SupportContact {
  return { name, purpose, audience: 'everyone', number, url: undefined, address: undefined, hours: undefined, area: [] }
}

/**
 * Contacts that serve at least one of `districts`, and those that serve everywhere; all contacts if `districts` is
 * empty.
 */
export function contactsFor (contacts: readonly SupportContact[], districts: readonly string[]): SupportContact[] {
  return contacts.filter(({ area }) =>
    districts.length === 0 || area.length === 0 || area.some(district => districts.includes(district)))
}

/** A number to call, as a link; undefined if there is none. */
export function callOf (phone: string | null | undefined): { number: string, href: string } | undefined {
  return phone === null || phone === undefined ? undefined : { number: phone, href: phoneLink(phone) }
}

/** The link that a phone dials: `tel:08088005000`. */
export function phoneLink (number: string): string {
  return `tel:${number.replace(/[^\d+]/g, '')}`
}
