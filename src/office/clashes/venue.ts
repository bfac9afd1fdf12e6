/** Where something takes place, as far as it tells one venue from another. */
export interface Venue {
  /** Its name without what people write in different ways; see `venueOf`. */
  name: string
  district: string | undefined
  postcode: string | undefined
}

/** Words that are written in full or short, each with the one form that counts. “St.” is both a saint and a street. */
const shortened: Readonly<Record<string, string>> = {
  saint: 'st',
  street: 'st',
  road: 'rd',
  avenue: 'ave',
  lane: 'ln',
  square: 'sq',
  center: 'centre',
  ctr: 'centre',
  doctor: 'dr',
  drive: 'dr'
}

/** What is written where there is no venue yet, or not one of them: nobody finds that taken. */
const noVenue = new Set(['', 'online', 'teams', 'microsoft teams', 'zoom', 'tba', 'tbc', 'tbd'])
const notOneVenue = /^(?:to be |across |around |throughout |various\b|several |different venues)/

const postcodeIn = /\b([a-z]{1,2}\d[a-z\d]?)\s*(\d[a-z]{2})\b/i

/**
 * The venue that an organiser typed, for an activity in `district` of a campaign with these `districts`; undefined
 * where that names no place. Capitals, accents, spaces, punctuation, “the”, short forms such as “St.” and the district
 * at the end make no other venue. A room does: two rooms of a town hall are used at the same time.
 */
export function venueOf (
  typed: string | undefined, district: string | undefined, districts: readonly string[] = []
): Venue | undefined {
  const [found, ...postcode] = postcodeIn.exec(typed ?? '') ?? []
  const words = wordsOf((typed ?? '').replace(found ?? '', ' '))
  const text = words.join(' ')
  if (noVenue.has(text) || notOneVenue.test(`${text} `)) return undefined
  const ending = (district === undefined ? districts : [district]).find(name => endsIn(words, wordsOf(name)))
  const named = ending === undefined ? words : words.slice(0, -wordsOf(ending).length)
  // The whole of a district is not a venue.
  if (named.length === 0) return undefined
  return {
    name: named.join(''),
    district: (district ?? ending)?.toLowerCase(),
    postcode: found === undefined ? undefined : postcode.join('').toUpperCase()
  }
}

/** True if both are the same venue. A district or postcode that one of them leaves out does not tell them apart. */
export function isOneVenue (one: Venue, other: Venue): boolean {
  return one.name === other.name && agree(one.district, other.district) && agree(one.postcode, other.postcode)
}

function agree (one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined || one === other
}

/** The words of a name in the form in which they count. */
export function wordsOf (text: string): string[] {
  return text.normalize('NFKD').replaceAll(/[\p{M}'’]/gu, '').replaceAll('&', ' and ').toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(word => word !== '' && word !== 'the')
    .map(word => Object.hasOwn(shortened, word) ? shortened[word] ?? word : word)
}

function endsIn (words: readonly string[], ending: readonly string[]): boolean {
  return ending.length > 0 && ending.every((word, n) => word === words[words.length - ending.length + n])
}
