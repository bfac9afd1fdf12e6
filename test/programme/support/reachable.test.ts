import t from 'tap'
import { nationalContacts } from '../../../src/programme/support/contact.ts'
import { helplinesOf } from '../../../src/programme/support/page.ts'
import {
  canonicalNumber, isDialable, isMobile, isPostalAddress, isWebAddress, namesMobile
} from '../../../src/programme/support/reachable.ts'

t.test('a whole UK number or a short one reaches someone, and what is shorter or longer does not', async t => {
  const dialable = [
    '999', '101', '111', '112', '105', '116 123', '116 000', '0800 1111', '0808 800 5000', '0800 555 111', '0300 123 6720',
    '0333 240 1727', '01228 526690', '(01228) 526690', '01768 86481', '016977 2345', '0121 496 0000', '0113-496-0000', '020 7946 0000',
    '028 9649 6000', '0845 120 3760', '056 0000 0000'
  ]
  const others = [
    '', '337195', '999 999', '1234', '117 123', '0800', '0800 11111', '0800 111', '01228 5266', '01228 526690 1', '01229 12345',
    '020 7946 000', '021 7946 0000', '0400 123 4567', '0600 123 4567', '+44 1228 526690', '+1 212 555 0100', '07700 900123',
    '09098 790000', 'call us', '01228 52669O', '０８００ 1111', '010 1234 5678'
  ]

  for (const number of dialable) t.ok(isDialable(number), number)
  for (const number of others) t.notOk(isDialable(number), number)
})

t.test('a number that came with the country’s code is kept as it is read out here', async t => {
  const same = ['+44 1228 526690', '+441228 526690', '+44 (0)1228 526690', '0044 1228 526690', ' 01228   526690 ', '+44 01228 526690']

  t.strictSame([...new Set(same.map(canonicalNumber))], ['01228 526690'])
  t.equal(canonicalNumber('0044'), '0', 'and is no number for that')
})

t.test('a mobile number is known for one, alone or in a text', async t => {
  const texts = [
    'Ring Anne on 07700 900123', '07700900123', '+44 7700 900123', '+44 (0)7700 900 123', '0044 7700 900123', '077 0090 0123', '07700-900-123',
    '07700.900.123', '(07700) 900 123', '07700–900‑123', '+44 77 00 90 01 23', '+44-7700-900123'
  ]
  const others = ['9am to 5pm', 'Penrith CA11 7XX', '0300 770 0900', '107700 9001234', 'On 07.12.2026 9.30', '07.12.2026, 18.30', 'Reference 2077009001234']

  for (const text of texts) t.ok(namesMobile(text), text)
  for (const text of others) t.notOk(namesMobile(text), text)
  t.ok(isMobile(canonicalNumber('+44 7700 900123')))
})

t.test('a web address is whole, safe and someone’s, and nothing hides in it', async t => {
  for (const url of ['https://www.childline.org.uk/', 'https://nspcc.org.uk/a?b=c#d']) t.ok(isWebAddress(url), url)
  for (const url of [
    'http://www.childline.org.uk/', 'www.childline.org.uk', 'https://', 'https://localhost/', 'https://192.168.0.1/', 'https://a b.uk/',
    'javascript:alert(1)//.uk', 'https://www.childline.org.uk@evil.example/', 'https://evil.example\\@childline.org.uk:x/', 'data:text/html,x',
    'visit for help', 'https://.uk/'
  ]) t.notOk(isWebAddress(url), url)
})

t.test('a postal address has its postcode', async t => {
  for (const address of ['Civic Centre, Carlisle CA3 8QG', 'South Lakeland House, Kendal, la94dq', '1 Horse Guards, London SW1A 2HQ']) {
    t.ok(isPostalAddress(address), address)
  }
  for (const address of ['Civic Centre, Carlisle', 'CA3 8QG', 'available online at', 'Room CA33 8QGX']) t.notOk(isPostalAddress(address), address)
})

t.test('where a contact is for is said once', async t => {
  const [police] = nationalContacts.slice(1)
  const areaOf = (purpose: string, area: string[]) =>
    helplinesOf(police === undefined ? [] : [{ ...police, purpose, area }])[0]?.area

  t.equal(areaOf('If you are worried about a child in Cumberland', ['Cumberland']), '')
  t.equal(areaOf('If you are worried about a child in Cumberland', ['Cumberland', 'Eden']), 'Cumberland, Eden')
  t.equal(areaOf('To talk', ['Eden']), 'Eden')
  t.equal(areaOf('To talk', []), '')
})
