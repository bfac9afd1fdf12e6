import fc from 'fast-check'
import t from 'tap'
import { greetingName } from '../../../src/mail/emails/greeting.ts'

/** Texts that mail programs turn into links by themselves. */
const linked = /[\p{L}\p{N}-]+[.\u3002\uFF0E\uFF61][\p{L}\p{N}]{2,}|\w+:\/\/|\w@\w|www\./u

t.test('a name in an email never becomes a link', async t => {
  for (const name of ['Anne evil.tld', 'Anne https://evil.tld/x', 'www.evil.tld', 'a@evil.tld', 'Anne <https://evil.tld>', '悪。世界']) {
    t.match(name, linked)
    t.notMatch(greetingName(name), linked)
  }
  fc.assert(fc.property(fc.oneof(fc.webUrl(), fc.emailAddress(), fc.string({ unit: 'grapheme' })), text =>
    !linked.test(greetingName(text)) && !/[<>\n]/.test(greetingName(text))))
})

t.test('a name is greeted as it was typed', async t => {
  for (const name of ['Anne Kirkbride', 'Siân O’Neil', 'Zoë-Łucja', '安田 花子', 'عبد الرحمن']) t.equal(greetingName(name), name)
  t.equal(greetingName('Dr. Anne').replaceAll('\u2060', ''), 'Dr. Anne')
})
