import { contactsFor, phoneLink } from './contact.ts'
import type { SupportContact } from './contact.ts'

/** The contacts on a page: near `districts`, or all if none is given. */
export function helplinesOf (contacts: readonly SupportContact[], districts: readonly string[] = []) {
  return contactsFor(contacts, districts).map(contact => ({
    name: contact.name,
    purpose: contact.purpose,
    hours: contact.hours,
    number: contact.number,
    phoneHref: contact.number === undefined ? undefined : phoneLink(contact.number),
    url: contact.url,
    site: contact.url === undefined ? undefined : new URL(contact.url).hostname.replace(/^www\./, ''),
    address: contact.address,
    isEmail: contact.address?.includes('@') ?? false,
    // What the purpose says already is not said twice.
    area: contact.area.every(area => contact.purpose.includes(area)) ? '' : contact.area.join(', '),
    forYoungPeople: contact.audience === 'young-people'
  }))
}
