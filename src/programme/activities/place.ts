import { may } from '../../identity/staff/roles.ts'
import type { Led, RoleHolder } from '../../identity/staff/roles.ts'

/** Where an activity is, as far as its reader is told. */
export interface Place {
  /** Undefined too where it is not told; then `untold` is set. */
  venue: string | undefined
  /** Where it is, if only people who have a place are told: shown by `placeShownTo` alone. */
  secretVenue: string | undefined
  /** Why this reader is not told where it is; undefined: they are. */
  untold: Untold | undefined
}

/** What has to happen before someone is told where it is; `not-theirs`: nothing that they would do here. */
export type Untold = 'book' | 'have-a-place' | 'accept' | 'not-theirs'

/** Who reads where it is: the holder of a booking, or someone who works here. */
export type PlaceReader = { booking: { status: string } } | { staff: RoleHolder }

/** Where an activity is as everyone reads it: whoever reads more says who they are, to `placeShownTo`. */
export function placeOf (
  { venue, hasSecretPlace }: { venue: string | null, hasSecretPlace: boolean }
): Place {
  return hasSecretPlace
    ? { venue: undefined, secretVenue: venue ?? undefined, untold: 'book' }
    : { venue: venue ?? undefined, secretVenue: undefined, untold: undefined }
}

/**
 * An activity as someone may read it. A place that is secret, as that of a service for victims, is told to those who
 * have a place while they have it, and to staff who see who comes. What was read for one is read anew for another: a
 * place that staff were told is not told to those who wait, because a page made both of it.
 */
export function placeShownTo<A extends Place & Partial<Led>> (reader: PlaceReader, activity: A): A {
  if (activity.untold === undefined && activity.secretVenue === undefined) return activity
  const untold = 'booking' in reader ? untoldTo(reader.booking) : untoldToStaff(reader.staff, activity)
  return { ...activity, venue: untold === undefined ? activity.secretVenue : undefined, untold }
}

function untoldTo ({ status }: { status: string }): Untold | undefined {
  switch (status) {
    case 'confirmed': return undefined
    case 'offered': return 'accept'
    case 'waiting': return 'have-a-place'
    default: return 'not-theirs'
  }
}

function untoldToStaff (staff: RoleHolder, { id, leadAgencyId, hostIds = [] }: Partial<Led>): Untold | undefined {
  return may(staff, 'see people on the day', { id, leadAgencyId, hostIds }) ? undefined : 'not-theirs'
}

/**
 * Whether a text names a venue: all of it, what it is called before the first comma, or a part with a number, such as a
 * house in its street. However it is spelt: in capitals, without an apostrophe, over two lines. The district is told to
 * everyone, and is no name of a venue.
 */
export function namesVenue (
  { venue, district }: { venue: string, district: string | undefined }, text: string
): boolean {
  const [whole, ofDistrict, read] = [venue, district ?? '', text].map(inPlainWords)
  const parts = venue.split(',').map(inPlainWords)
    .filter((part, n) => part.length >= 4 && (n === 0 || (/\d/.test(part) && /\p{L}/u.test(part))))
  return [whole, ...parts].some(name => name !== '' && name !== ofDistrict && ` ${read}`.includes(` ${name}`))
}

/** Whether a text names a place of which not everyone is told. */
export function namesSecretPlace (
  { secretVenue, district }: Pick<Place, 'secretVenue'> & { district: string | undefined }, text: string
): boolean {
  return secretVenue !== undefined && namesVenue({ venue: secretVenue, district }, text)
}

/** A text without what one may spell in two ways: capitals, accents, apostrophes, and what stands between its words. */
export function inPlainWords (text = ''): string {
  return text.normalize('NFKD').replaceAll(/[\p{M}'’]/gu, '').toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim()
}
