import t from 'tap'
import { paragraphsOf } from '../../../src/programme/activities/page.ts'

t.test('https addresses in a text become links and nothing else does', async t => {
  t.strictSame(paragraphsOf('Read https://example.org/a?b=c#d, or (https://example.org/e).\n\nhttp://example.org javascript:alert(1)'), [
    [
      { text: 'Read ' }, { href: 'https://example.org/a?b=c#d', text: 'example.org/a?b=c#d' }, { text: ', or (' },
      { href: 'https://example.org/e', text: 'example.org/e' }, { text: ').' }
    ],
    [{ text: 'http://example.org javascript:alert(1)' }]
  ])
})

t.test('an address ends before what would leave its attribute', async t => {
  t.strictSame(paragraphsOf('https://example.org/"><script>'), [
    [{ href: 'https://example.org/', text: 'example.org/' }, { text: '"><script>' }]
  ])
})

t.test('a text of nothing is no paragraph', async t => {
  t.strictSame(paragraphsOf(' \n\n '), [])
})
