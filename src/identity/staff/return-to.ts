/** Where someone was going when they were asked to prove again who they are. */
export interface ReturnTo {
  href: string
  /** Redirected to a file, a browser stays on its page: the person needs a page with a link. */
  isFile: boolean
}

const slug = '[a-z\\d][a-z\\d-]{0,99}'
const query = '(?:\\?[\\w.~%&=+*-]{0,1000})?'
const id = '[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}'

/** Every page that may ask, and no other: a query string cannot redirect people elsewhere. */
const ways: ReadonlyArray<[path: RegExp, isFile: boolean]> = [
  [new RegExp(`^/staff/activities/${slug}/(?:attendees\\.(?:csv|xlsx)|evaluation\\.csv|sign-in-sheet\\.pdf)${query}$`), true],
  [new RegExp(`^/staff/(?:activities/${slug}/list|lists(?:/new)?)${query}$`), false],
  [new RegExp(`^/staff/lists/standing/${id}/runs/${id}$`), false],
  [new RegExp(`^/staff/(?:audit|resources)${query}$`), false],
  [new RegExp(`^/staff/campaigns/${slug}/entries$`), false],
  [new RegExp(`^/staff/person${query}$`), false],
  [/^\/staff\/account(?:\/second-factor(?:\/new)?)?$/, false],
  [new RegExp(`^/staff/members/${id}(?:/second-factor|/enabling)?$`), false]
]

/** Reads where to go back to; undefined for anything other than our own pages that ask. */
export function returnTo (given: unknown): ReturnTo | undefined {
  if (typeof given !== 'string') return undefined
  const way = ways.find(([path]) => path.test(given))
  return way && { href: given, isFile: way[1] }
}
