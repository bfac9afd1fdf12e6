import t from 'tap'
import fc from 'fast-check'
import { PdfNotMade } from '../../../src/platform/pdf/errors.ts'
import type { PdfPrinter } from '../../../src/platform/pdf/printer.ts'
import { excerptOf } from '../../../src/programme/sharing/excerpt.ts'
import { keepDocuments } from '../../../src/programme/sharing/kept-documents.ts'
import { scriptJson } from '../../../src/programme/sharing/script-json.ts'
import { shareLinksOf } from '../../../src/programme/sharing/share-links.ts'

t.test('JSON in a script is the same data, in ASCII, and never ends the script', async t => {
  fc.assert(fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), data => {
    const written = scriptJson(data)
    return /^[\x20-\x7E]*$/.test(written) && !/[<>&]/.test(written) &&
      JSON.stringify(JSON.parse(written)) === JSON.stringify(data)
  }))
  t.equal(scriptJson({ a: '</script>😀' }), '{"a":"\\u003c/script\\u003e\\ud83d\\ude00"}')
})

t.test('an excerpt is never longer than it may be, and is never cut inside a word', async t => {
  fc.assert(fc.property(fc.array(fc.stringMatching(/^[a-zé]{1,12}$/), { minLength: 1 }), fc.integer({ min: 15, max: 80 }), (words, most) => {
    const excerpt = excerptOf(words.join(' '), most)
    const kept = excerpt.replace(/…$/, '').split(' ')
    return excerpt.length <= most && kept.every((word, n) => word === words[n])
  }))
  t.equal(excerptOf('One paragraph.\n\nAnother.', 100), 'One paragraph.')
  t.ok(excerptOf('ส'.repeat(300), 50).length <= 50)
})

t.test('links to share are always valid https or email addresses', async t => {
  const areValid = (title: string) => shareLinksOf({ title, words: title, url: 'https://a.example/b?c=d&e' })
    .every(({ href }) => /^(https:\/\/|mailto:\?)[\x21-\x7E]*$/.test(href) && URL.canParse(href))
  t.doesNotThrow(() => { fc.assert(fc.property(fc.string({ unit: 'grapheme' }), areValid)) })
})

/** A printer that makes documents of so many bytes when it is told to. */
function aPrinter (bytes: number) {
  const made: string[] = []
  const print = async (_: string, data: object) => { made.push(JSON.stringify(data)); return Buffer.alloc(bytes) }
  return { made, printer: { print, draw: print } as unknown as PdfPrinter }
}

t.test('a document is made once for all who ask, and again only when it has changed', async t => {
  const { made, printer } = aPrinter(10)
  const documents = keepDocuments(printer, 'one', 100)
  await Promise.all(Array.from({ length: 20 }, async () => await documents('poster', { a: 1 }, 'pdf').read()))
  await documents('poster', { a: 1 }, 'pdf').read()
  t.equal(made.length, 1)
  await documents('poster', { a: 2 }, 'pdf').read()
  t.equal(made.length, 2)
  t.not(documents('poster', { a: 1 }, 'pdf').etag, keepDocuments(printer, 'two', 100)('poster', { a: 1 }, 'pdf').etag,
    'a new template is a new document')
})

t.test('no more is kept than there is room for; what was asked for longest ago goes', async t => {
  const { made, printer } = aPrinter(40)
  const documents = keepDocuments(printer, 'one', 100)
  const read = async (n: number) => await documents('poster', { n }, 'pdf').read()
  for (const n of [1, 2, 1, 3, 1, 3]) await read(n)
  t.equal(made.length, 3)
  await read(2)
  t.equal(made.length, 4)
})

t.test('a document that was not made is tried again by whoever asks next', async t => {
  let fails = true
  const print = async () => { if (fails) throw new PdfNotMade(); return Buffer.from('made') }
  const documents = keepDocuments({ print, draw: print } as unknown as PdfPrinter, 'one', 100)
  await t.rejects(documents('poster', {}, 'pdf').read(), new PdfNotMade())
  fails = false
  t.equal((await documents('poster', {}, 'pdf').read()).toString(), 'made')
})
