import fc from 'fast-check'
import t from 'tap'
import { commonDomains, likelyAddress, meantAddress } from '../../../src/booking/bookings/likely-address.ts'

t.test('a slip in the name of a mail provider is noticed', async t => {
  for (const [typed, meant] of [
    ['jo@gmial.com', 'jo@gmail.com'], ['jo@gmai.com', 'jo@gmail.com'], ['jo@gmail.con', 'jo@gmail.com'],
    ['jo@gmail.co', 'jo@gmail.com'], ['jo@gmail.co.uk', 'jo@gmail.com'], ['jo@hotmial.co.uk', 'jo@hotmail.co.uk'],
    ['Jo.Smith+x@Gnail.com', 'Jo.Smith+x@gmail.com'], ['jo@outlok.com', 'jo@outlook.com'], ['jo@yaho.co.uk', 'jo@yahoo.co.uk'],
    ['jo@iclould.com', 'jo@icloud.com'], ['jo@btinternt.com', 'jo@btinternet.com']
  ] as const) t.equal(likelyAddress(typed), meant, typed)
})

t.test('what may well be right is not asked about', async t => {
  for (const typed of [
    'jo@gmail.com', 'JO@GMAIL.COM', 'jo@mail.com', 'jo@gmx.com', 'jo@ymail.com', 'jo@aon.com', 'jo@sky.net', 'jo@me.co',
    'jo@cumbria.police.uk', 'jo@cumberland.gov.uk', 'jo@example.org', 'jo@nhs.net', 'jo@hotmail.fr', 'jo@mx.de', '', '@', 'jo', '@gmial.com', 'jo@__proto__', 'jo@constructor'
  ]) t.equal(likelyAddress(typed), undefined, typed)
})

const local = fc.stringMatching(/^[a-z0-9.+'-]{1,20}$/)
const anything = fc.oneof(fc.domain(), fc.constantFrom(...commonDomains), fc.string())

t.test('the suggestion keeps what stands before the @, and is not asked about in its turn', async () => {
  fc.assert(fc.property(local, anything, (name, domain) => {
    const suggested = likelyAddress(`${name}@${domain}`)
    return suggested === undefined ||
      (suggested.startsWith(`${name}@`) && commonDomains.includes(suggested.slice(name.length + 1)) && likelyAddress(suggested) === undefined)
  }), { numRuns: 2000 })
})

t.test('one letter too many, too few, or two that changed places, in a long name: it is asked about', async () => {
  const long = commonDomains.filter(domain => domain.indexOf('.') > 4)
  fc.assert(fc.property(fc.constantFrom(...long), fc.nat(), fc.constantFrom('swap', 'drop', 'double'), (domain, at, slip) => {
    const n = 1 + at % (domain.indexOf('.') - 2)
    const mistyped = {
      swap: domain.slice(0, n) + domain.charAt(n + 1) + domain.charAt(n) + domain.slice(n + 2),
      drop: domain.slice(0, n) + domain.slice(n + 1),
      double: domain.slice(0, n) + domain.charAt(n) + domain.slice(n)
    }[slip]
    return commonDomains.includes(mistyped) || commonDomains.includes((likelyAddress(`jo@${mistyped}`) ?? '').slice(3))
  }), { numRuns: 1000 })
})

t.test('of an address people are asked once, and what they answer holds', async t => {
  t.strictSame(meantAddress('jo@gmial.com', {}), { suggested: 'jo@gmail.com' })
  t.strictSame(meantAddress('jo@gmial.com', { email_asked: 'jo@gmial.com', email_is: 'typed' }), { email: 'jo@gmial.com' })
  t.strictSame(meantAddress('jo@gmial.com', { email_asked: 'jo@gmial.com', email_is: 'suggested' }), { email: 'jo@gmail.com' })
  t.strictSame(meantAddress('jo@gmial.com', { email_asked: 'jo@gmial.com' }), { email: 'jo@gmial.com' }, 'never refused')
  t.strictSame(meantAddress('jo@gmai.com', { email_asked: 'jo@gmial.com', email_is: 'typed' }), { suggested: 'jo@gmail.com' }, 'another address')
  t.strictSame(meantAddress('jo@gmail.com', { email_asked: ['x'], email_is: {} }), { email: 'jo@gmail.com' })
})
