import fc from 'fast-check'
import t from 'tap'
import { visibleText, plainAddress, plainDay, plainNumber, unspaced } from '../../src/platform/typed.ts'
import { processorMs } from '../support/processor-time.ts'

t.test('characters that nobody sees are removed, and those that shape letters stay', async t => {
  const cases: Array<[typed: string, seen: string]> = [
    ['\u202D07700 900982\u202C', '07700 900982'],
    ['anne@example.org\u200B', 'anne@example.org'],
    ['\uFEFFAnne\u00AD Kirk\u2060bride\u200E', 'Anne Kirkbride'],
    ['Anne\u00A0Kirkbride\u2009\u202FJr\tII', 'Anne Kirkbride  Jr II'],
    ['a\u0000b\u0007c\u0085d', 'abc\nd'],
    ['one\r\ntwo\rthree\u2028four\u000Bfive', 'one\ntwo\nthree\nfour\nfive'],
    ['\u3164', ''],
    ['\u200D \u200C', ' '],
    ['علی\u200Cرضا', 'علی\u200Cرضا'],
    ['क्\u200Dष', 'क्\u200Dष'],
    ['👩\u200D👩\u200D👧 ❤\uFE0F', '👩\u200D👩\u200D👧 ❤\uFE0F'],
    ['🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}', '🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}'],
    ['葛\u{E0100}城', '葛\u{E0100}城'],
    ['安田　花子', '安田　花子'],
    ['Anne\uFFFEKirk\uD800bride\u{1FFFF}', 'Anne\uFFFDKirk\uFFFDbride\uFFFD']
  ]
  t.strictSame(cases.map(([typed]) => visibleText(typed)), cases.map(([, seen]) => seen))
})

t.test('a text that was read as it is seen is read so again, and XML can hold it', async () => {
  const text = fc.string({ unit: fc.oneof(fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), fc.constantFrom('\u200D', '\u202E', '\uFFFE', '\u0000', ' ', '\n', 'x')) })
  const held = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u

  fc.assert(fc.property(text, typed => visibleText(visibleText(typed)) === visibleText(typed)))
  fc.assert(fc.property(text, typed => held.test(visibleText(typed))))
})

t.test('marks pile up no higher than languages pile them, and no language loses any', async t => {
  const tall = /(?:(?!\p{DI})[\p{Mn}\p{Me}]\p{DI}*){5}/u
  const piled = fc.string({
    unit: fc.constantFrom('a', '\u0301', '\u0301', '\u0323', '\u20DD', '\u200D', '\uFE0F', '\u200B', '\u{E0067}', '\uD800'), minLength: 20, maxLength: 60
  })

  fc.assert(fc.property(piled, typed => !tall.test(visibleText(typed))))
  fc.assert(fc.property(piled, typed => visibleText(visibleText(typed)) === visibleText(typed)))
  t.equal(visibleText(`a${'\u0301'.repeat(60)}nne`), `a${'\u0301'.repeat(4)}nne`)
  for (const name of ['Nguye\u0302\u0303n', 'เพื่อนที่นั่น', 'ကျွှော့်', 'שָּׁ֑לוֹם', 'بِسْمِ ٱللّٰهِ', 'བརྒྱུད', 'श्री', 'Ẹ̀kọ́', '1\uFE0F\u20E3', '🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}']) {
    t.equal(visibleText(name), name, name)
  }
})

t.test('any dash and any space separates the digits of a number', async t => {
  for (const typed of [
    '\u202D07700-900982\u202C', '07700\u2013900982', '07700\u2011900982', ' 07700\u2212900982', '０７７００－９００９８２', '07700-\u200D900982'
  ]) t.equal(plainNumber(typed), '07700-900982', JSON.stringify(typed))
  t.equal(plainNumber('+44\u00A0(0)7700\u2009900 982'), '+44 (0)7700 900 982')
  t.equal(unspaced('7F3KQ–92\u2009QDM'), '7F3KQ92QDM')
})

t.test('an address has the apostrophe that its mail system knows', async t => {
  for (const typed of ['o’brien@example.org', 'o‘brien@example.org\u200B', 'oʼbrien@example.org', "o'brien@example.org\u00A0", 'o\u200Dʼbrien@example.org']) {
    t.equal(plainAddress(typed), "o'brien@example.org", JSON.stringify(typed))
  }
})

t.test('a day is the same with any dash, and as Britain writes it', async t => {
  for (const typed of ['2026-12-09', '2026–12–09', '\u200E2026-12-09', '09/12/2026', '9/12/2026', '9.12.2026', '9-12-2026', '09\u201312\u20132026', '9/12/26', '2026/12/09', '2026/12/9']) {
    t.equal(plainDay(typed), '2026-12-09', JSON.stringify(typed))
  }
  for (const typed of ['', '9-12-26', '26-12-09', '9/12-2026', '9/12/126', 'tomorrow', '2026/12']) t.equal(plainDay(typed), typed)
  t.equal(plainDay('12/31/2026'), '2026-31-12', 'which is no day, and is told')
})

t.test('a long run of joiners takes no longer than other characters', async t => {
  const ms = processorMs(() => {
    t.equal(visibleText(`a${'\u200C'.repeat(50_000)}b`).length, 50_002)
    t.equal(visibleText(`a${'\u200C'.repeat(50_000)} b`), 'a b')
  })

  t.ok(ms < 1_000)
})
