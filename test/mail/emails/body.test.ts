import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { inPlainText, quoted, readBody } from '../../../src/mail/emails/body.ts'
import { attempts, oddLine } from '../../support/odd-text.ts'

const source = `# Your place is booked

Hello Anne,

Two lines of
one paragraph.

| What | A workshop |
| Where | Room 2 | Floor 3 |

## How to join

[[Join (now)]](https://example.org/?a=1&b=2)

[More](https://example.org/more)

☎ Call {999} or {0800 1111}.

☎ | Childline | {0800 1111} – day and night |

* keep it
* to yourself
`

t.test('one source is read into what both forms are made of', async t => {
  t.strictSame(readBody(source), [
    { is: 'title', text: 'Your place is booked' },
    { is: 'paragraph', text: 'Hello Anne,' },
    { is: 'paragraph', text: 'Two lines of one paragraph.' },
    { is: 'table', rows: [{ label: 'What', value: 'A workshop' }, { label: 'Where', value: 'Room 2 | Floor 3' }] },
    { is: 'heading', text: 'How to join' },
    { is: 'link', href: 'https://example.org/?a=1&b=2', words: 'Join (now)', isMain: true },
    { is: 'link', href: 'https://example.org/more', words: 'More', isMain: false },
    {
      is: 'paragraph',
      text: 'Call 999 or 0800 1111.',
      pieces: [
        { text: 'Call ' }, { number: '999', href: 'tel:999' }, { text: ' or ' }, { number: '0800 1111', href: 'tel:08001111' },
        { text: '.' }
      ]
    },
    {
      is: 'table',
      rows: [{
        label: 'Childline',
        value: '0800 1111 – day and night',
        pieces: [{ text: '' }, { number: '0800 1111', href: 'tel:08001111' }, { text: ' – day and night' }]
      }]
    },
    { is: 'list', items: ['keep it', 'to yourself'] }
  ])
})

t.test('nothing within a line means anything', async t => {
  const line = 'Hello # <https://evil.tld> * | [x](https://evil.tld) **b** <b>,'

  t.strictSame(readBody(line), [{ is: 'paragraph', text: line }])
})

t.test('as text it reads from the top to the bottom, with links on lines of their own', async t => {
  t.equal(inPlainText(readBody(source)), `Your place is booked
====================

Hello Anne,

Two lines of one paragraph.

What: A workshop
Where: Room 2 | Floor 3


How to join
-----------

https://example.org/?a=1&b=2

https://example.org/more

Call 999 or 0800 1111.

Childline: 0800 1111 – day and night

* keep it
* to yourself
`)
})

t.test('what an organiser wrote is read by the line: nobody has to know of empty lines', t => {
  const written = `Dear all,
the room has changed.
https://example.org/map?a=1&b=2
Please bring:
* a pen
- paper
• glasses
## Parking
<https://example.org/parking>

Kind regards
Jane

Cumbria Police`

  t.strictSame(readBody(quoted(written)), [
    { is: 'lines', lines: ['Dear all,', 'the room has changed.'] },
    { is: 'link', href: 'https://example.org/map?a=1&b=2' },
    { is: 'lines', lines: ['Please bring:'] },
    { is: 'list', items: ['a pen', 'paper', 'glasses'] },
    { is: 'heading', text: 'Parking' },
    { is: 'link', href: 'https://example.org/parking' },
    { is: 'lines', lines: ['Kind regards', 'Jane'] },
    { is: 'lines', lines: ['Cumbria Police'] }
  ])
  t.match(inPlainText(readBody(quoted(written))), '* a pen\n* paper\n* glasses\n')
  t.match(inPlainText(readBody(quoted(written))), '\nKind regards\nJane\n\nCumbria Police\n')
  t.end()
})

t.test('only an address that is whole, safe and alone becomes a link', t => {
  const texts = [
    'http://example.org/', 'see https://example.org/', 'https://', 'https://[', 'www.example.org', '<http://example.org/>',
    '[x](https://example.org/)', 'javascript:alert(1)', '<a href="https://example.org/">x</a>', 'https://a b', 'mailto:a@example.org'
  ]

  for (const text of texts) t.strictSame(readBody(quoted(text)), [{ is: 'lines', lines: [text] }], text)
  t.end()
})

const ours = ['# Ours', '## Your booking', '| What | A workshop |', '<https://example.org/own>']

/** Parses an email of ours around a text, and returns what became of both. */
function around (text: string) {
  const [title, ...rest] = readBody([ours[0], quoted(text), ...ours.slice(1)].join('\n\n'))
  return { after: rest.splice(-3), title, written: rest }
}

t.test('whatever is written between ours, ours stays, and nothing becomes a title or a table', t => {
  const pieces = fc.oneof(
    oddLine(), fc.constantFrom('', ' ', '\t', ...attempts, '# x', '## If you are worried about a child', '| a | b |', '* x', '> x', '>', '---', '===',
      '<!--', '</p></main>', '<style>', '<script>alert(1)</script>', '{{ name }}', '{% include "x" %}', '{#', '<https://x.example>', 'Subject: x', '\\')
  )
  const written = fc.array(pieces, { maxLength: 12 }).chain(lines => fc.constantFrom('\n', '\r\n', '\n\n', '\u2028', '\r')
    .map(end => lines.join(end)))

  fc.assert(fc.property(written, text => {
    const { title, after, written } = around(text)
    assert.deepStrictEqual([title, ...after], readBody(ours.join('\n\n')))
    assert.deepStrictEqual(written.filter(({ is }) => !['heading', 'list', 'link', 'lines'].includes(is)), [])
  }), { numRuns: 1000 })
  t.end()
})

t.test('of what was written nothing is lost but the signs that had a meaning', t => {
  fc.assert(fc.property(fc.array(oddLine(), { minLength: 1, maxLength: 5 }), lines => {
    const shown = inPlainText(around(lines.join('\n')).written)
    const bare = (text: string) => text.replaceAll(/[\s#*•<>-]/gu, '')
    assert.equal(bare(shown), bare(lines.join('')))
  }))
  t.end()
})
