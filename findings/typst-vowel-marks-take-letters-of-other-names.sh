#!/usr/bin/env bash
# @myriaddreamin/typst-ts-node-compiler 0.7.0 (Typst 0.14), Amiri (@expo-google-fonts 0.4.1) and Scheherazade New
# (0.4.3), read by PDFium (@hyzyla/pdfium 2.1.13).
#
# Guess: how a name is read depends on that name alone.
# Seen:  after مُحَمَّد, which is written with its vowel marks, the name محمد علي on the next line is read مد علي: two letters
#        are gone. A sign has one text for the whole document, and it was first used with its mark. Wherever it stands
#        without, the document says so by ActualText, and PDFium passes over some of those. Once the name with marks is
#        set in another font, the other names are whole. Of مصطفیٰ the mark is read before its letter all the same: PDFium
#        and poppler turn around what stands for one letter from right to left.
# So:    templates/parts/document.typ sets words with vowel marks in a font of their own.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "type": "module" }' > package.json
npm install --no-audit --no-fund --silent @myriaddreamin/typst-ts-node-compiler@0.7.0 @hyzyla/pdfium@2.1.13 \
  @expo-google-fonts/amiri@0.4.1 @expo-google-fonts/scheherazade-new@0.4.3 node@24.21.0
cat > read.js <<'JS'
import { readFileSync } from 'node:fs'
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler'
import { PDFiumLibrary } from '@hyzyla/pdfium'

const file = name => readFileSync(`node_modules/@expo-google-fonts/${name}_400Regular.ttf`)
const fontBlobs = [file('amiri/400Regular/Amiri'), file('scheherazade-new/400Regular/ScheherazadeNew')]
const compiler = NodeCompiler.create({ workspace: '/nothing', fontArgs: [{ fontBlobs }] })
const library = await PDFiumLibrary.init()

async function read (first, font) {
  const source = `#set document(title: "Names")
#set text(font: "Amiri", fallback: false, features: (mark: 0, mkmk: 0), kerning: false)
#text(font: "${font}", "${first}")

محمد علي`
  const document = await library.loadDocument(compiler.pdf({ mainFileContent: source }, { pdfStandard: 'ua-1' }))
  const text = [...document.pages()][0].getText()
  document.destroy()
  return text
}

const marked = 'مُحَمَّد'
const seen = {
  alone: (await read('أحمد', 'Amiri')).includes('محمد علي'),
  afterMarks: (await read(marked, 'Amiri')).includes('محمد علي'),
  afterMarksInAnotherFont: (await read(marked, 'Scheherazade New')).includes('محمد علي'),
  markAfterItsLetter: (await read('مصطفیٰ', 'Scheherazade New')).includes('مصطفیٰ')
}
console.log(seen)
const { alone, afterMarks, afterMarksInAnotherFont, markAfterItsLetter } = seen
process.exit(alone && !afterMarks && afterMarksInAnotherFont && !markAfterItsLetter ? 0 : 1)
JS
node_modules/.bin/node read.js && echo 'as described'
