import fc from 'fast-check'

/** One-line texts in any script, with every character that has a meaning in a calendar. */
export function oddLine (): fc.Arbitrary<string> {
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('"', '^', "^'", '^n', '\\', '\\n', ';', ',', ':', 'Zażółć gęślą jaźń', '安全なインターネット', 'عبد الرحمن', '👨‍👩‍👧‍👦')
  )
  return fc.array(piece, { minLength: 1, maxLength: 20 }).map(pieces => pieces.join(''))
    .filter(text => !/[\p{C}\p{Zl}\p{Zp}]/u.test(text.replaceAll(/[\u200C\u200D]/g, '')) && text.trim() === text && text !== '')
}

/** The same for a parameter: ical.js takes a backslash there for an escape, which RFC 6868 §3 does not know. */
export function oddName (): fc.Arbitrary<string> {
  return oddLine().filter(text => !text.includes('\\'))
}

/** Texts of someone who tries to inject lines into a calendar. */
export const attempts = [
  'x\r\nATTENDEE:mailto:evil@example.com', 'x\nEND:VEVENT\nBEGIN:VEVENT', 'x\u2028BEGIN:VALARM', '\u0085X:1',
  'x"\r\nMETHOD:CANCEL', 'x\rURL:https://evil.example', 'x\\\r\n ATTACH:https://evil.example'
]

/** Errors in a calendar's line format, by RFC 5545 §3.1: undefined where there are none. */
export function misshapen (calendar: string): string | undefined {
  if (/[^\r]\n|\r(?!\n)/.test(calendar)) return 'a line does not end in CRLF'
  if (!calendar.endsWith('END:VCALENDAR\r\n')) return 'the last line has no end'
  const widest = Math.max(...calendar.split('\r\n').map(line => Buffer.byteLength(line)))
  return widest > 75 ? `a line has ${widest} octets` : undefined
}

/** Every property of a calendar with its component, in order, without their values. */
export function skeleton (calendar: string): string {
  return calendar.replaceAll('\r\n ', '').split('\r\n').map(line => /^(BEGIN|END|METHOD):/.test(line)
    ? line
    : line.replace(/[;:].*/, '')).join(' ')
}
