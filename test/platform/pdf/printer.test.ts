import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { coverageOf } from '../../../src/platform/pdf/coverage.ts'
import { PdfNotMade } from '../../../src/platform/pdf/errors.ts'
import { findFonts } from '../../../src/platform/pdf/fonts.ts'
import { openPrinter } from '../../../src/platform/pdf/printer.ts'
import type { PdfPrinter, PrinterSettings } from '../../../src/platform/pdf/printer.ts'
import { innardsOf, linesOf, popplerLinesOf } from '../../support/pdf.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

/** How a printer says that it made nothing. */
const notMade = new PdfNotMade()

const style = await readFile(join(import.meta.dirname, '../../../templates/parts/document.typ'), 'utf8')

const templates = {
  'names.typ': `
#import "/parts/document.typ": data, paper, typed
#show: paper.with(title: "Names", of: "Example partnership")
= Names
#for name in data.names { block(typed(name)) }`,
  'picture.typ': `
#import "/parts/document.typ": data, lettering
#set document(title: "Picture")
#set page(width: 300pt, height: 100pt)
#show: lettering
#data.words`,
  'machine.typ': '#set document(title: "Machine")\n#set text(fallback: false)\n#read("/etc/hostname")',
  'unknown-font.typ': '#set document(title: "Unknown")\n#set text(font: "No Such Font", fallback: false)\nAnne',
  'endless.typ': '#set document(title: "Endless")\n#let n = 0\n#for i in range(100000) { for j in range(1000) { n += j } }\n#n',
  'hungry.typ': '#set document(title: "Hungry")\n#let held = ()\n#for i in range(10000000) { held.push(str(i) * 40) }\n#held.len()'
}

/** A printer of these templates, and what it wrote into the log. */
function aPrinter (t: Test, settings: Partial<PrinterSettings> = {}): { printer: PdfPrinter, log: string[] } {
  const log: string[] = []
  const folder = temporaryFolder(t, { ...templates, parts: { 'document.typ': style } })
  const printer = openPrinter({
    error: (about, message) => { log.push(`${message} ${JSON.stringify(about)}`) }
  }, { folder, ...settings })
  t.teardown(() => { printer.close() })
  return { printer, log }
}

/** Names in the scripts of the languages that the censuses of the UK list most. */
const names = [
  'Łucja Żółć', 'Siân Ŵyn ap Rhŷs', 'Zoë O’Neill-Smith', 'Ștefan Țîrlea', 'Ömer Şahin', 'Nguyễn Thị Hằng', 'Fiona Affleck-Offord', 'Ọbáfẹ́mi Awólọ́wọ̀',
  'Иван Петров', 'Ґалаґан Їжак', 'Αλέξανδρος Παπαδόπουλος',
  'محمد علي', 'فاطمة الزهراء', 'عبد الله', 'شمس الدين بن لؤي', 'إبراهيم', 'مؤيد رؤوف', 'لينا حياة', 'بلال الحاج',
  'ثریا چوہدری', 'ہمایوں گل', 'عائشہ بی بی', 'زینب بھٹی', 'گھوٹکی', 'غلام رسول قریشی', 'ڈاکٹر فرزانہ', 'زرینہ ڑیا', 'تنزیل وزیر', 'سیدہ نرگس فاطمہ',
  'ژاله پرویز', 'کوردستان ڕێبین', 'پښتون ځلمی',
  'মোহাম্মদ রহিম', 'আয়েশা সিদ্দিকা', 'রবীন্দ্রনাথ ঠাকুর', 'কৃষ্ণা চৌধুরী', 'মর্জিনা খাতুন', 'দুর্গা পূজা', 'হৃদয় খান', 'বঙ্কিমচন্দ্র চট্টোপাধ্যায়', 'চাঁদ সুলতানা', 'ব্রজেশ',
  'रमेश शर्मा', 'कृष्णा श्रेष्ठ', 'धर्मेन्द्र सिंह', 'चाँदनी थापा', 'ज़ाकिर हुसैन',
  'નરેન્દ્ર પટેલ', 'ક્રિષ્ના શાહ', 'ધર્મેન્દ્ર સિંહ', 'ਹਰਪ੍ਰੀਤ ਸਿੰਘ', 'ਗੁਰਮੁਖ ਸਿੰਘ ਢਿੱਲੋਂ', 'ਨਵਤੇਜ਼ ਖ਼ਾਨ',
  'முருகன் செல்வம்', 'ஸ்ரீ லட்சுமி', 'சுப்பிரமணியம்', 'శ్రీనివాస్ రెడ్డి', 'కృష్ణ మూర్తి', 'ശ്രീജിത്ത് മേനോൻ', 'കൃഷ്ണൻ നായർ', 'රුවන් ශ්‍රී ජයසූරිය', 'ධර්මසේන',
  'דוד כהן', 'ירושלים', 'สมชาย ใจดี', 'ปิ่นเกล้า', 'น้ำ กุ้ง', 'ሰላም ተስፋዬ', 'ዮሃንስ ገብረመድህን'
]
const inChinese = ['王小明', '欧阳锋', '諸葛亮', '陳美玲', '李 Wang']

/** What is written alike is alike. */
const alike = (text: string) => text.normalize('NFC')
/** Without spaces: beside wide letters each reader has an opinion of its own where a word and a line end. */
const letters = (text: string) => alike(text).replaceAll(/\s/g, '')
/** Without what stands on each page. */
const withoutFurniture = (lines: readonly string[]) =>
  lines.map(line => line.replace(/^Example partnership|^Names$|^Page \d+ of \d+$/, '')).filter(line => line !== '')

t.test('a document is PDF/UA: tagged, with its title and its language', async t => {
  const { printer } = aPrinter(t)

  const innards = innardsOf(await printer.print('names', { names: ['Anne Kirkbride'] }))

  t.match(innards, '<pdfuaid:part>1</pdfuaid:part>')
  t.match(innards, /\/StructTreeRoot \d+ 0 R/)
  t.match(innards, /\/MarkInfo <<\s*\/Marked true/)
  t.match(innards, '/Lang (en-GB)')
  t.match(innards, /<dc:title>.*>Names<.*<\/dc:title>/)
  t.match(innards, '/S /H1')
})

t.test('a picture has a pixel for each point of its page, and letters that need no font', async t => {
  const { printer } = aPrinter(t)

  const png = await printer.draw('picture', { words: 'Anne سلام' }, 'png')
  const svg = (await printer.draw('picture', { words: 'Anne <script>' }, 'svg')).toString()

  t.strictSame([png.subarray(1, 4).toString(), png.readUInt32BE(16), png.readUInt32BE(20)], ['PNG', 300, 100])
  t.match(svg, 'viewBox="0 0 300 100"')
  t.notMatch(svg, /<text|<script|font-family/)
})

t.test('names of every language come out letter by letter as they went in', async t => {
  const { printer } = aPrinter(t)
  const coverage = await printer.getCoverage()
  const all = [...names, ...inChinese.filter(name => coverage.has(name))]
  t.strictSame(all.filter(name => !coverage.has(name)), [], 'each can be set')
  // Poppler puts what ends a line first where most of a page is written from right to left, as no list here is.
  const leftwards = /[\p{Script=Arabic}\p{Script=Hebrew}]/u

  for (const [written, list] of [
    ['from left to right', all.filter(name => !leftwards.test(name))], ['from right to left', all.filter(name => leftwards.test(name))]
  ] as const) {
    const pdf = await printer.print('names', { names: list })

    t.equal(withoutFurniture(await linesOf(pdf)).map(letters).join(''), list.map(letters).join(''), `${written}, as Chrome reads it`)
    const byPoppler = await popplerLinesOf(pdf)
    if (byPoppler === undefined) t.comment('pdftotext (Debian: poppler-utils) is not installed: the text is not taken out with it')
    else t.strictSame(withoutFurniture(byPoppler).map(alike), list.map(alike), `${written}, as poppler reads it`)
  }
})

t.test('a name with vowel marks keeps all its letters, and takes none of the others’', async t => {
  const { printer } = aPrinter(t)
  const marked = ['مُحَمَّد', 'مصطفیٰ', 'یحییٰ خان', 'شیخ عبداللّٰہ']
  const others = ['محمد علي', 'ارشد محمود', 'مصطفى']

  const lines = (await linesOf(await printer.print('names', { names: [...marked, ...others] }))).join('\n')

  for (const name of others) t.ok(lines.includes(name), name)
  const sorted = (text: string) => [...text].sort().join('')
  t.equal(sorted(letters(lines)).replaceAll(/[\n\p{ASCII}]/gu, ''), sorted(letters([...marked, ...others].join(''))))
})

t.test('nothing of what people type is run', async t => {
  const { printer } = aPrinter(t)
  const typed = [
    '#text("x")', '#read("/etc/hostname")', '#import "@preview/cetz:0.3.4"', '$x^2$', '*bold* _em_', '`raw` ``` ```', '"quoted" and ’single’', 'back\\slash \\u{41} \\n',
    '<label> @ref', '// comment', '/* comment */', '= heading', '- list', '+ list', '/ term: it', '1. one', '~ -- --- ...', 'https://example.org/a?b=c#d', ')] } ]', '%d {{ x }}'
  ]

  const lines = await linesOf(await printer.print('names', { names: typed }))

  t.strictSame(withoutFurniture(lines), typed)
})

t.test('a name of a hundred letters without a space stays in its line', async t => {
  const { printer } = aPrinter(t)
  const long = 'Abcdefghij'.repeat(20)

  const pdf = await printer.print('names', { names: [long] })

  t.match((await linesOf(pdf)).join(''), long)
  const byPoppler = await popplerLinesOf(pdf)
  if (byPoppler === undefined) t.comment('pdftotext is not installed')
  else t.match(byPoppler.join(''), long, 'nothing of it lies beyond the page')
})

t.test('a word that is too wide breaks at its hyphen first', async t => {
  const { printer } = aPrinter(t)
  const [first, second] = ['Featherstonehaugh'.repeat(4), 'Cholmondeley'.repeat(4)]

  const pdf = await printer.print('names', { names: [`${first}-${second}`] })

  // What Chrome has for a hyphen at the end of a line.
  t.match((await linesOf(pdf)).join('\n'), `${first}\uFFFE${second}`)
})

t.test('only our own fonts are used, whichever the machine has', async t => {
  const { printer } = aPrinter(t)

  const innards = innardsOf(await printer.print('names', { names }))

  const used = new Set([...innards.matchAll(/\/BaseFont \/[A-Z]{6}\+([A-Za-z]+)/g)].map(([, name]) => name))
  t.strictSame([...used].sort(), [
    'Amiri', 'HindGuntur', 'HindSiliguri', 'NotoSans', 'NotoSansEthiopic', 'NotoSansGujarati', 'NotoSansGurmukhi', 'NotoSansHebrew', 'NotoSansMalayalam',
    'NotoSansSinhala', 'NotoSansTamil', 'NotoSansThai'
  ])
})

t.test('a letter that no font has is known before, and never printed as a gap', async t => {
  const { printer, log } = aPrinter(t)
  const coverage = await printer.getCoverage()

  t.notOk(coverage.has('Anne 🌸'))
  t.notOk(coverage.has('ᚠᚢᚦ'))
  t.ok(coverage.has('می\u200Cخواهم'), 'what only shapes other letters needs none')
  t.equal(coverage.drawable('Online 🌸 safety 🎉'), 'Online safety')
  await t.rejects(printer.print('names', { names: ['Anne 🌸'] }), notMade)
  t.match(log, [/could not be displayed/])
  t.notMatch(log.join(), /🌸/, 'the log has nothing of a name')
})

t.test('without the Chinese font, which not every installation has, Chinese names are among those that cannot be set', async t => {
  const installed = findFonts().files.filter(file => !file.includes('@embedpdf'))

  const coverage = await coverageOf(installed)

  t.strictSame(['Anne', 'محمد', 'রহিম', '王小明'].filter(name => !coverage.has(name)), ['王小明'])
})

t.test('a template finds nothing of the machine and no font but ours, and the log says what it missed', async t => {
  const { printer, log } = aPrinter(t)

  for (const template of ['machine', 'unknown-font', 'no-such-template']) {
    await t.rejects(printer.print(template, {}), notMade, template)
  }

  t.match(log, [/file not found/, /unknown font family/, /file not found/])
})

t.test('what takes too long is ended', async t => {
  const { printer, log } = aPrinter(t, { maxMs: 1_000 })

  await t.rejects(printer.print('endless', {}), notMade)

  t.match(log, ['It took more than 1000 ms.'])
})

t.test('what takes too much memory is ended, and the next document is made', async t => {
  const { printer, log } = aPrinter(t, { maxBytes: 300 * 1024 ** 2, atOnce: 1 })

  await t.rejects(printer.print('hungry', {}), notMade)

  t.match(log, ['It took more than 314572800 bytes.'])
  t.match((await printer.print('names', { names: [] })).toString('latin1'), /^%PDF/)
})

t.test('so many documents are made at once, some wait, and whoever comes then is told to come again', async t => {
  const { printer } = aPrinter(t, { atOnce: 1, waiting: 1 })
  const print = () => printer.print('names', { names: [] })

  const [first, second, third] = await Promise.allSettled([print(), print(), print()])

  t.match([first.status, second.status], ['fulfilled', 'fulfilled'])
  t.ok(third.status === 'rejected' && third.reason instanceof PdfNotMade)
  t.match((await print()).toString('latin1'), /^%PDF/, 'and can')
})

t.test('a printer that is closed ends what is being made', async t => {
  const { printer, log } = aPrinter(t, { atOnce: 1 })
  const asked = [printer.print('endless', {}), printer.print('names', { names: [] })]

  printer.close()

  for (const one of asked) await t.rejects(one, notMade)
  t.match(log, [/"signal":"SIGKILL","said":""/], 'at once, and not because it took too long')
  await t.rejects(printer.print('names', { names: [] }), notMade)
})
