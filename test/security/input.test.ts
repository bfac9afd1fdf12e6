import t from 'tap'
import { maxBytes } from '../../src/mail/bounces/report.ts'
import { reportLimits } from '../../src/office/attendance-reports/schema.ts'
import { fileLimits } from '../../src/office/programme-import/schema.ts'
import { downloadLimits } from '../../src/programme/resources/download.ts'
import { storyLimits } from '../../src/programme/scenarios/schema.ts'
import { filesWith, sources, tableIn, textOf } from './documents.ts'

const document = await textOf('docs/security/input.md')

t.test('every schema of every form is in the document', async t => {
  const isSchema = /^export (?:const|function) (\w+(?:Form|Filter|Address|Query|Options|Choice|View|Row|Answers))\b/gm
  const inCode = sources.filter(([file]) => file.endsWith('schema.ts'))
    .map(([file, text]) => `${file}: ${[...new Set([...text.matchAll(isSchema)].map(([, name = '']) => name))].sort().join(' ')}`)

  t.ok(inCode.length > 40)
  t.strictSame(tableIn(document, 'Where each form’s rules are').map(([file = '', schemas = '']) => `${file}: ${schemas}`), inCode.sort())
})

t.test('what is said of wrong answers is what the forms say', async t => {
  for (const [kind = '', , sentence = ''] of tableIn(document, 'Kinds of answers')) {
    const [, text = sentence] = /`([^`]+)`/.exec(sentence) ?? []
    t.ok(sources.some(([, source]) => source.includes(text)), `${kind}: ${text}`)
  }
})

t.test('files are as many and as large as it is written', async t => {
  const written = Object.fromEntries(tableIn(document, 'Files').map(([what = '', , files, bytes = '']) =>
    [what, { files: Number(files), bytesPerFile: Number(bytes.replaceAll(',', '')) }]))
  const limitsOf = ({ files, bytesPerFile }: { files: number, bytesPerFile: number }) => ({ files, bytesPerFile })

  t.strictSame(written, {
    'attendance report': limitsOf(reportLimits),
    programme: limitsOf(fileLimits),
    story: limitsOf(storyLimits),
    'file to download': limitsOf(downloadLimits),
    'email that came back': { files: 1, bytesPerFile: maxBytes }
  })
  t.equal(filesWith(/\buploading\(/).filter(file => !file.startsWith('src/platform/')).length, 4, 'these four take files')
})
