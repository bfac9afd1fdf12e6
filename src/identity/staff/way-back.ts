/** Where somebody was on their way to when they were asked to show again who they are. */
export interface WayBack {
  href: string
  /** A browser stays where it is when it is sent on to a file: a person needs a page with a link. */
  isFile: boolean
}

const slug = '[a-z\\d][a-z\\d-]{0,99}'
const query = '(?:\\?[\\w.~%&=+*-]{0,1000})?'
const id = '[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}'

/** Every page that may ask, and no other: what an address brings along sends nobody anywhere else. */
const ways: ReadonlyArray<[path: RegExp, isFile: boolean]> = [
  [new RegExp(`^/staff/activities/${slug}/(?:attendees\\.csv|attendees\\.xlsx|sign-in-sheet\\.pdf)${query}$`), true],
  [new RegExp(`^/staff/audit${query}$`), false],
  [/^\/staff\/person$/, false],
  [/^\/staff\/account(?:\/second-factor(?:\/new)?)?$/, false],
  [new RegExp(`^/staff/members/${id}(?:/second-factor|/enabling)?$`), false]
]

/** Reads where to go back to; undefined for anything that is not one of our pages that ask. */
export function wayBackTo (given: unknown): WayBack | undefined {
  if (typeof given !== 'string') return undefined
  const way = ways.find(([path]) => path.test(given))
  return way && { href: given, isFile: way[1] }
}
