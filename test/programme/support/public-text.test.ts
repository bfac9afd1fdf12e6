import fc from 'fast-check'
import t from 'tap'
import { isPrivateMailbox, notForEveryone } from '../../../src/programme/support/public-text.ts'
import { processorMs } from '../../support/processor-time.ts'

const mobile = /^must not have a mobile number in it/
const mailbox = /^must not have someone’s own email address in it/

t.test('a number or an address that is one person’s own is not for everyone', async t => {
  for (const text of ['Ring Pat on 07700 900123.', 'Text +44 (0)7700 900 123']) t.match(notForEveryone(text), mobile, text)
  for (const text of [
    'Write to pat.smith@gmail.com.', 'Pat Smith <PAT@Hotmail.co.uk>', 'pat@outlook.com,sam@school.example', 'mailto:pat@pm.me', 'pat@yahoo.ie'
  ]) t.match(notForEveryone(text), mailbox, text)
})

t.test('what an office or a team answers is', async t => {
  for (const text of [
    '', 'Ring 01204 337195, 0800 1111, 101 or 116 123.', 'office@st-marys.example', 'exploitation.team@gmp.police.uk',
    'Find us @outlook.community', 'outlook.com', '@gmail', 'info@mygmail.com', 'On 07.12.2026 at 9.30am in room 07'
  ]) t.equal(notForEveryone(text), undefined, text)
  t.notOk(isPrivateMailbox('office@outlook.school.example'))
})

t.test('a mobile number is found however it is spaced, and wherever it stands', async () => {
  const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 9, maxLength: 9 })
  const gaps = fc.array(fc.constantFrom('', ' ', '-', '–', '\u00A0'), { minLength: 9, maxLength: 9 })
  const words = fc.constantFrom('', 'Ring Pat: ', '(', 'before 9, ', '\n')
  fc.assert(fc.property(fc.constantFrom('07', '+447', '0044 7'), digits, gaps, words, (begins, digits, gaps, before) => {
    const number = begins + digits.map((digit, n) => `${gaps[n]}${digit}`).join('')
    return mobile.test(notForEveryone(`${before}${number}. Or come along.`) ?? '')
  }))
})

t.test('a long word takes no time', async t => {
  for (const letter of ['a', '0']) t.ok(processorMs(() => { notForEveryone(letter.repeat(200_000)) }) < 2000)
})
