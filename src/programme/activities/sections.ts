import { may } from '../../identity/staff/roles.ts'
import type { Led, Permission, RoleHolder } from '../../identity/staff/roles.ts'
import type { KnownActivity } from './known-activities.ts'

/** A section of an activity, as its sub-navigation names it. */
interface Section {
  text: string
  /** Where its own page is, beneath the address of the activity. */
  at: string
  /** With which parts the addresses of its other pages begin there. */
  more: readonly string[]
  permission: Permission
  /** Whether it exists only where places are booked. */
  forBookings: boolean
}

const overview: Section = {
  text: 'Overview', at: '', more: ['evaluation', 'evaluation.csv', 'plan', 'outcome'], permission: 'see activities', forBookings: false
}

/**
 * The sections of an activity for staff. A page belongs to the one that its address names, so none can forget to say
 * where it is; a test knows the addresses of all pages.
 */
const sections: readonly Section[] = [
  overview,
  {
    text: 'Attendees',
    at: 'attendees',
    more: ['bookings', 'list', 'sign-in-sheet', 'sign-in-sheet.pdf'],
    permission: 'know attendees',
    forBookings: true
  },
  { text: 'Waiting list', at: 'waiting-list', more: [], permission: 'admit people', forBookings: true },
  { text: 'Emails', at: 'letters', more: ['bulletins'], permission: 'know attendees', forBookings: true },
  {
    text: 'On the day',
    at: 'evening',
    more: ['attendance-report'],
    permission: 'see people on the day',
    forBookings: false
  },
  {
    text: 'Settings',
    at: 'settings',
    more: [
      'edit', 'publish', 'approval', 'proposal', 'release', 'take-down', 'hosts', 'co-hosts', 'people', 'places', 'holds', 'arrangements', 'meeting', 'repeat', 'another-date',
      'questions-afterwards', 'legal-hold', 'deletion', 'cancellation', 'withdrawal'
    ],
    permission: 'edit activities',
    forBookings: false
  }
]

/** The address of an activity's first page, as routes have it. */
const own = '/staff/activities/:slug'

/** Where the page of a route is: the sections that there are for this person, the current one, and the way back. */
export function placeAmongSections (
  activity: Pick<KnownActivity, 'slug' | 'booking'> & Led, staff: RoleHolder, route: string
) {
  const current = sectionOf(route)
  const shown = sections.filter(({ permission, forBookings }) =>
    may(staff, permission, activity) && (!forBookings || activity.booking === 'places'))
  const hrefOf = (section: Section) => addressOf(section).replace(':slug', activity.slug)
  return {
    sections: shown.map(section => ({
      text: section.text,
      href: hrefOf(section),
      // A page within a section is not the one that its link leads to.
      current: section !== current ? undefined : route === addressOf(section) ? 'page' : 'true'
    })),
    back: wayBack()
  }

  function wayBack (): { text: string, href: string } {
    if (route === own) return { text: 'Activities', href: '/staff/activities' }
    if (current === undefined || route === addressOf(current) || !shown.includes(current)) {
      return { text: 'Back to the activity', href: hrefOf(overview) }
    }
    return { text: `Back to ${current.text.charAt(0).toLowerCase()}${current.text.slice(1)}`, href: hrefOf(current) }
  }
}

function addressOf ({ at }: Section): string {
  return at === '' ? own : `${own}/${at}`
}

/** The section that an address names; undefined if none does. */
function sectionOf (route: string): Section | undefined {
  if (route === own) return overview
  const [first] = route.slice(own.length + 1).split('/')
  return sections.find(({ at, more }) => first !== undefined && (first === at || more.includes(first)))
}
