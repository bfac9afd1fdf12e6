#!/usr/bin/env bash
# @myriaddreamin/typst-ts-node-compiler 0.7.0 (Typst 0.14), read by PDFium (@hyzyla/pdfium 2.1.13).
#
# Guess: for PDF/UA-1 a text that no font can draw is an error, whether a letter is missing in a font or the font itself.
# Seen:  a letter that the font does not have is an error. A family that is not there is a warning: without fallback its
#        text is in no page, and the document is made, tagged and valid.
# So:    src/platform/pdf/compiler.ts treats warnings as failures, and the list of fonts has only what is installed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "type": "module" }' > package.json
npm install --no-audit --no-fund --silent @myriaddreamin/typst-ts-node-compiler@0.7.0 @hyzyla/pdfium@2.1.13 \
  @expo-google-fonts/amiri@0.4.1 node@24.21.0
cat > made.js <<'JS'
import { readFileSync } from 'node:fs'
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler'
import { PDFiumLibrary } from '@hyzyla/pdfium'

const font = readFileSync('node_modules/@expo-google-fonts/amiri/400Regular/Amiri_400Regular.ttf')
const compiler = NodeCompiler.create({ workspace: '/nothing', fontArgs: [{ fontBlobs: [font] }] })
const library = await PDFiumLibrary.init()

async function made (family, text) {
  const compiled = compiler.compile({
    mainFileContent: `#set document(title: "Name")\n#set text(font: "${family}", fallback: false)\n${text}`
  })
  const warnings = compiled.takeWarnings()?.shortDiagnostics.map(({ message }) => message) ?? []
  try {
    const document = await library.loadDocument(compiler.pdf(compiled.result, { pdfStandard: 'ua-1' }))
    return { warnings, text: [...document.pages()][0].getText() }
  } catch {
    return { warnings, text: 'an error' }
  }
}

const seen = [await made('Amiri', 'Anne'), await made('Amiri', '王'), await made('Nowhere Sans', 'Anne')]
console.log(seen)
const [there, noLetter, noFamily] = seen
process.exit(there.text === 'Anne' && noLetter.text === 'an error' && noFamily.text === '' &&
  /unknown font family/.test(noFamily.warnings.join()) ? 0 : 1)
JS
node_modules/.bin/node made.js && echo 'as described'
