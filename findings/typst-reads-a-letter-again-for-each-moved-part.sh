#!/usr/bin/env bash
# @myriaddreamin/typst-ts-node-compiler 0.7.0 (Typst 0.14), Noto Sans Bengali (@expo-google-fonts 0.4.4) beside Hind
# Siliguri (0.4.1), read by PDFium (@hyzyla/pdfium 2.1.13).
#
# Guess: a tagged PDF/UA-1 says of each letter which text it is, once, whichever good font it is set in.
# Seen:  আয়েশা in Noto Sans Bengali is read as আয়েয়েশা. Typst begins a new piece of text wherever a part of a letter is
#        raised or lowered, and writes the whole letter for each piece; krilla writes ActualText for one of them only.
#        Hind Siliguri has the letter in one piece, and with its marks where the font draws them (features mark, abvm,
#        blwm off) no piece is moved: খাতুন is read once too. Left moved, it is read খাতুতুন.
# So:    src/platform/pdf/fonts.ts chooses fonts by what is read, and templates/parts/document.typ leaves marks unmoved.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "type": "module" }' > package.json
npm install --no-audit --no-fund --silent @myriaddreamin/typst-ts-node-compiler@0.7.0 @hyzyla/pdfium@2.1.13 \
  @expo-google-fonts/noto-sans-bengali@0.4.4 @expo-google-fonts/hind-siliguri@0.4.1 node@24.21.0
cat > read.js <<'JS'
import { readFileSync } from 'node:fs'
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler'
import { PDFiumLibrary } from '@hyzyla/pdfium'

const file = name => readFileSync(`node_modules/@expo-google-fonts/${name}_400Regular.ttf`)
const fontBlobs = [file('noto-sans-bengali/400Regular/NotoSansBengali'), file('hind-siliguri/400Regular/HindSiliguri')]
const compiler = NodeCompiler.create({ workspace: '/nothing', fontArgs: [{ fontBlobs }] })
const library = await PDFiumLibrary.init()

async function read (font, name, features = '') {
  const source = `#set document(title: "Name")\n#set text(font: "${font}", fallback: false, ${features})\n${name}`
  const pdf = compiler.pdf({ mainFileContent: source }, { pdfStandard: 'ua-1' })
  const document = await library.loadDocument(pdf)
  const text = [...document.pages()][0].getText().normalize('NFC').replaceAll(/\s/g, '')
  document.destroy()
  return text
}

const unmoved = 'features: (mark: 0, abvm: 0, blwm: 0), kerning: false'
const seen = [
  await read('Noto Sans Bengali', 'আয়েশা'), await read('Hind Siliguri', 'আয়েশা', unmoved),
  await read('Hind Siliguri', 'খাতুন'), await read('Hind Siliguri', 'খাতুন', unmoved)
]
const expected = ['আয়েয়েশা', 'আয়েশা', 'খাতুতুন', 'খাতুন'].map(text => text.normalize('NFC'))
console.log(seen)
process.exit(JSON.stringify(seen) === JSON.stringify(expected) ? 0 : 1)
JS
node_modules/.bin/node read.js && echo 'as described'
