import fc from 'fast-check'
import t from 'tap'
import { greetingName, harmlessName } from '../../../src/mail/emails/greeting.ts'

/** Texts that mail programs turn into links by themselves. */
const linked = /[\p{L}\p{N}-]+[.\u3002\uFF0E\uFF61][\p{L}\p{N}]{2,}|\w+:\/\/|\w@\w|www\./u

t.test('a name in an email never becomes a link', async t => {
  for (const name of ['Anne evil.tld', 'Anne https://evil.tld/x', 'www.evil.tld', 'a@evil.tld', 'Anne <https://evil.tld>', '悪。世界']) {
    t.match(name, linked)
    t.notMatch(harmlessName(name), linked)
  }
  fc.assert(fc.property(fc.oneof(fc.webUrl(), fc.emailAddress(), fc.string({ unit: 'grapheme' })), text =>
    !linked.test(harmlessName(text)) && !/[<>\n]/.test(harmlessName(text)) && ['', harmlessName(text)].includes(greetingName(text))))
})

t.test('a message in place of a name greets nobody', async t => {
  for (const text of ['Your account is locked ring 0800 496 0123', 'Call ٠٨٠٠ now', 'Dear customer, your parcel waits for you at the post office near you']) t.equal(greetingName(text), '')
  t.equal(greetingName('Wolfeschlegelsteinhausenbergerdorff Maria Anna Josefa'), 'Wolfeschlegelsteinhausenbergerdorff Maria Anna Josefa')
})

t.test('a name is greeted as it was typed', async t => {
  for (const name of ['Anne Kirkbride', 'Siân O’Neil', 'Zoë-Łucja', '安田 花子', 'عبد الرحمن']) t.equal(greetingName(name), name)
  t.equal(greetingName('Dr. Anne').replaceAll('\u2060', ''), 'Dr. Anne')
})
