import fc from 'fast-check'
import t from 'tap'
import { blocksOf, paragraphsOf } from '../../src/platform/marked-text.ts'

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

t.test('headings, paragraphs and points are told apart, however points were typed or pasted', async t => {
  const text = '# What to do\nStay calm.\nListen.\n\n- Thank them\n  for telling you\n• See https://www.ceop.police.uk/.\n## #notaheading'

  t.strictSame(blocksOf(text), [
    { is: 'heading', text: 'What to do' },
    { is: 'paragraph', segments: [{ text: 'Stay calm.\nListen.' }] },
    {
      is: 'points',
      points: [
        [{ text: 'Thank them for telling you' }],
        [{ text: 'See ' }, { href: 'https://www.ceop.police.uk/', text: 'www.ceop.police.uk/' }, { text: '.' }]
      ]
    },
    { is: 'heading', text: '#notaheading' }
  ])
  t.match(blocksOf('#itsnotokay\n-5 degrees'), [{ is: 'paragraph' }], 'a hashtag and a minus sign are words')
})

t.test('whatever is typed, every word of it is shown once and in order', async t => {
  const piece = fc.constantFrom('# ', '## ', '- ', '* ', '\n', '\n\n', '  ', 'a', 'b', '<b>', 'https://a.example/x', '&')
  const letters = (text: string) => text.replaceAll('https://', '').replaceAll(/[^a-z<>&/.:]/g, '')

  fc.assert(fc.property(fc.array(piece, { maxLength: 30 }), pieces => {
    const text = pieces.join('')
    const shown = blocksOf(text).map(block => block.is === 'heading'
      ? block.text
      : (block.is === 'points' ? block.points.flat() : block.segments).map(({ text }) => text).join(''))
    t.equal(letters(shown.join('')), letters(text))
  }))
})
