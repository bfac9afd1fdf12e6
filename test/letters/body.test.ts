import t from 'tap'
import { inPlainText, readBody } from '../../src/letters/body.ts'

const source = `# Your place is booked

Hello Anne,

Two lines of
one paragraph.

| What | A workshop |
| Where | Room 2 | Floor 3 |

## How to join

<https://example.org/?a=1&b=2>

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
    { is: 'link', href: 'https://example.org/?a=1&b=2' },
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

* keep it
* to yourself
`)
})
