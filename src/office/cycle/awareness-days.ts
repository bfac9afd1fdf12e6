/** A day that others keep and that a campaign may be about. */
export interface AwarenessDay {
  name: string
  day: string
  /** Whether its organisers have announced it; if not, it is what is expected. */
  isAnnounced: boolean
  /** Who keeps it, and where they say when it is. */
  source: { name: string, url: string }
  /** When somebody last looked there. */
  checkedOn: string
}

const saferInternet = { name: 'UK Safer Internet Centre', url: 'https://saferinternet.org.uk/safer-internet-day' }
const exploitation = { name: 'NWG Network', url: 'https://www.nwgnetwork.org/' }

/**
 * Looked up, never computed: Safer Internet Day was the first Tuesday of February in 2017, 2018, 2023 and 2024, and the
 * second in 2025 and 2026.
 */
export const awarenessDays: readonly AwarenessDay[] = [
  {
    name: 'Safer Internet Day 2026', day: '2026-02-10', isAnnounced: true, source: saferInternet, checkedOn: '2026-07-25'
  },
  {
    name: 'National Child Exploitation Awareness Day 2026',
    day: '2026-03-18',
    isAnnounced: true,
    source: exploitation,
    checkedOn: '2026-12-01'
  },
  {
    name: 'Safer Internet Day 2027', day: '2027-02-09', isAnnounced: false, source: saferInternet, checkedOn: '2026-07-25'
  },
  {
    name: 'National Child Exploitation Awareness Day 2027',
    day: '2027-03-18',
    isAnnounced: true,
    source: exploitation,
    checkedOn: '2026-12-01'
  }
]

/** Days for which the order of a year is suggested: those that are still to come. */
export function awarenessDaysFrom (today: string): AwarenessDay[] {
  return awarenessDays.filter(({ day }) => day >= today)
}
