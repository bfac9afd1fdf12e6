import fc from 'fast-check'
import t from 'tap'
import { isOneVenue, venueOf } from '../../../src/office/clashes/venue.ts'
import type { Venue } from '../../../src/office/clashes/venue.ts'

const districts = ['Bolton', 'Bury', 'Barrow-in-Furness']

/** A venue as typed, and the district that was chosen for it. */
type Typed = [typed: string, district?: string]

function isOne (one: Typed, other: Typed): boolean {
  const [first, second] = [one, other].map(([typed, district]) => venueOf(typed, district, districts)) as [Venue, Venue]
  t.ok(first !== undefined && second !== undefined, `${one[0]} and ${other[0]} are venues`)
  return isOneVenue(first, second)
}

t.test('one venue written in two ways is one venue', async t => {
  for (const [one, other] of [
    [['Market Place'], ['market  place']],
    [['Market Place'], ['Marketplace.']],
    [['The Market Place'], ['Market-Place']],
    [['St. Mary’s Hall'], ["St Mary's hall"]],
    [['St Mary’s Hall'], ['Saint Marys Hall']],
    [['12 High St.'], ['12, High Street']],
    [['Church Rd Library'], ['Church Road Library']],
    [['Youth Center'], ['Youth Centre']],
    [['Cafe Rene'], ['Café René']],
    [['Bell & Whistle'], ['Bell and Whistle']],
    [['Victoria Square, Bolton', 'Bolton'], ['Victoria Sq', 'Bolton']],
    [['Victoria Square, Bolton'], ['Victoria Square', 'Bolton']],
    [['Town Hall', 'Bolton'], ['Town Hall']],
    [['Town Hall, Barrow-in-Furness'], ['Town Hall', 'Barrow-in-Furness']],
    [['Town Hall, BL1 1RU'], ['Town Hall']],
    [['Town Hall BL1 1RU'], ['Town Hall, bl11ru']]
  ] as Array<[Typed, Typed]>) {
    t.ok(isOne(one, other), `${one.join(' in ')} is ${other.join(' in ')}`)
    t.ok(isOne(other, one), 'whichever is first')
  }
})

t.test('two venues are two, however much alike', async t => {
  for (const [one, other] of [
    [['Town Hall', 'Bolton'], ['Town Hall', 'Bury']],
    [['Town Hall, Bolton'], ['Town Hall, Bury']],
    [['Town Hall, room 1'], ['Town Hall, room 2']],
    [['Town Hall'], ['Town Hall, room 2']],
    [['12 High Street'], ['112 High Street']],
    [['Bolton Road Mill', 'Bury'], ['Bury Road Mill', 'Bury']],
    [['Library, BL1 1RU'], ['Library, BL9 0SN']],
    [['مسجد النور'], ['مسجد السلام']]
  ] as Array<[Typed, Typed]>) t.notOk(isOne(one, other), `${one.join(' in ')} is not ${other.join(' in ')}`)
})

t.test('what names no place is no venue', async t => {
  for (const typed of [
    undefined, '', ' – ', 'TBC', 't.b.a', 'To be confirmed', 'to be agreed with the school', 'Various', 'Various venues',
    'Across Bolton', 'Throughout the district', 'Online', 'Microsoft Teams', 'Bolton', 'Several car parks'
  ]) t.equal(venueOf(typed === 't.b.a' ? 'TBA' : typed, typed === 'Bolton' ? 'Bolton' : undefined, districts), undefined, String(typed))
  t.equal(venueOf('All Saints Church', undefined, districts)?.name, 'allsaintschurch')
})

t.test('capitals, spaces and marks between words never make another venue', async () => {
  const word = fc.stringMatching(/^[a-z]{2,9}$/).filter(word => word !== 'the')
  const between = fc.constantFrom(' ', '  ', ', ', '-', ' – ', '. ')
  fc.assert(fc.property(fc.array(fc.tuple(word, between, fc.boolean()), { minLength: 2, maxLength: 5 }), parts => {
    const plain = parts.map(([word]) => word).join(' ')
    const written = parts.map(([word, after, isUpper]) => `${isUpper ? word.toUpperCase() : word}${after}`).join('')
    const [one, other] = [venueOf(plain, 'Bury', districts), venueOf(written, 'Bury', districts)]
    return one === undefined ? other === undefined : other !== undefined && isOneVenue(one, other)
  }))
})
