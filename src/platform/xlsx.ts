import { visibleText } from './typed.ts'
import { zipOf } from './zip.ts'

/** How a column's cells are stored, whatever program opens them: nothing is guessed. */
export type CellKind = 'text' | 'long text' | 'number' | 'moment'

export interface SheetColumn {
  heading: string
  kind: CellKind
  /** In characters. */
  width: number
}

export interface Workbook {
  /** Printed at the top of every page. */
  title: string
  /** Name of the first sheet. */
  name: string
  columns: readonly SheetColumn[]
  /** How many rows there will be. */
  count: number
  /** Cells as text, empty where there is nothing: numbers in digits, moments as `2026-12-01 18:00` or `2026-12-01`. */
  portions: AsyncIterable<ReadonlyArray<readonly string[]>>
  /** The second sheet, which says what the first one is: its name, and lines of what and which. */
  about: { name: string, lines: ReadonlyArray<readonly [what: string, which: string]> }
}

/** Rows that a sheet can have, below the row of headings. */
export const mostRows = 1_048_575

/** Characters that a cell can have, counted as JavaScript does; programs refuse the file for one more. */
const mostCharacters = 32_767
const cutMark = ' […] (cut: too long for a cell)'

/** Numbers of the formats in `styles`. */
const style = { heading: 1, text: 2, 'long text': 3, number: 4, moment: 5, day: 6 } as const

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const relationships = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

/**
 * A workbook (ECMA-376, Office Open XML) with one long table, made while it is read.
 *
 * Written here because no library that is looked after writes a table with filters without holding all of it: hucre's
 * stream has neither tables nor headings in bold, and its other writer needs the whole list in memory.
 *
 * Cells of text say that they are text, also in the format that a program keeps while someone edits them: `=1+1` stays
 * a text, `07700` keeps its 0.
 */
export function workbookOf (workbook: Workbook): AsyncGenerator<Buffer, void> {
  const { columns, count, about } = workbook
  const texts = new SharedTexts()
  const list = sheetBefore(workbook, texts)
  const aboutSheet = aboutSheetOf(about.lines, texts)
  return zipOf([
    { path: '[Content_Types].xml', content: [contentTypes] },
    { path: '_rels/.rels', content: [rels({ officeDocument: 'xl/workbook.xml' })] },
    { path: 'xl/workbook.xml', content: [workbookPart(workbook)] },
    { path: 'xl/_rels/workbook.xml.rels', content: [rels(partsOfWorkbook)] },
    { path: 'xl/styles.xml', content: [styles] },
    { path: 'xl/sharedStrings.xml', content: [texts.part()] },
    { path: 'xl/tables/table1.xml', content: [tablePart(columns, count)] },
    { path: 'xl/worksheets/_rels/sheet1.xml.rels', content: [rels({ table: '../tables/table1.xml' })] },
    { path: 'xl/worksheets/sheet2.xml', content: [aboutSheet] },
    { path: 'xl/worksheets/sheet1.xml', content: sheetOf(workbook, list) }
  ])
}

/** The texts of a workbook that are not its rows: a table's headings are looked for among these. */
class SharedTexts {
  readonly #texts: string[] = []

  /** A cell with a text of ours. */
  cell (at: string, text: string, format: number): string {
    this.#texts.push(text)
    return `<c r="${at}" s="${format}" t="s"><v>${this.#texts.length - 1}</v></c>`
  }

  part (): string {
    const items = this.#texts.map(text => `<si><t xml:space="preserve">${cellText(text)}</t></si>`)
    return `${declaration}<sst xmlns="${main}" count="${items.length}" uniqueCount="${items.length}">${items.join('')}</sst>`
  }
}

async function * sheetOf ({ columns, portions, title }: Workbook, before: string): AsyncGenerator<string, void> {
  yield before
  const letters = columns.map((_, n) => lettersOf(n))
  const kinds = columns.map(({ kind }) => kind)
  let number = 1
  for await (const rows of portions) {
    let text = ''
    for (const row of rows) {
      number++
      text += `<row r="${number}">`
      for (let n = 0; n < kinds.length; n++) {
        const value = row[n] ?? ''
        if (value !== '') text += cellOf(`${letters[n] ?? ''}${number}`, kinds[n] ?? 'text', value)
      }
      text += '</row>'
    }
    yield text
  }
  yield '</sheetData><pageMargins left="0.4" right="0.4" top="0.8" bottom="0.6" header="0.3" footer="0.3"/>' +
    '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>' +
    `<headerFooter><oddHeader>&amp;L${inHeader(title)}&amp;RPage &amp;P of &amp;N</oddHeader></headerFooter>` +
    '<tableParts count="1"><tablePart r:id="rId1"/></tableParts></worksheet>'
}

/** A sheet as far as its first row of values. */
function sheetBefore ({ columns }: Workbook, texts: SharedTexts): string {
  const widths = columns.map(({ width }, n) => `<col min="${n + 1}" max="${n + 1}" width="${width}" customWidth="1"/>`)
  const headings = columns.map(({ heading }, n) => texts.cell(`${lettersOf(n)}1`, heading, style.heading))
  return `${declaration}<worksheet xmlns="${main}" xmlns:r="${relationships}">` +
    '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>' +
    '<sheetViews><sheetView tabSelected="1" workbookViewId="0">' +
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft"/>' +
    '</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>' +
    `<cols>${widths.join('')}</cols><sheetData><row r="1">${headings.join('')}</row>`
}

function cellOf (at: string, kind: CellKind, value: string): string {
  if (kind === 'number' && /^-?\d{1,15}$/.test(value)) return `<c r="${at}" s="${style.number}"><v>${value}</v></c>`
  if (kind === 'moment') {
    const days = daysSince1900(value)
    if (days !== undefined) {
      return `<c r="${at}" s="${value.length === 10 ? style.day : style.moment}"><v>${days}</v></c>`
    }
  }
  const format = kind === 'long text' ? style['long text'] : style.text
  return `<c r="${at}" s="${format}" t="inlineStr"><is><t xml:space="preserve">${cellText(value)}</t></is></c>`
}

/** Texts that XML holds as they are, and that are not too long. */
const harmless = /^[A-Za-z\d\u00C0-\u024F][ !#-%'-;=?-^`-~\u00A1-\u00AC\u00AE-\u024F\u2019]{0,1000}$/

/**
 * A text as a cell holds it: seen as in every other list, without what XML cannot hold, cut where programs would refuse
 * it. `_x0041_` would be read as an A (ECMA-376 part 1, §22.9.2.19), so that the low line of it is written so.
 */
function cellText (text: string): string {
  if (harmless.test(text)) return text
  const shown = visibleText(text)
  const cut = shown.length <= mostCharacters
    ? shown
    : shown.slice(0, mostCharacters - cutMark.length).replace(/[\uD800-\uDBFF]$/, '') + cutMark
  return xmlText(cut.replaceAll(/_(?=x[\dA-Fa-f]{4}_)/g, '_x005F_'))
}

function xmlText (text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** In the header of a printed page `&` begins a command; 255 characters are all that fits. */
function inHeader (title: string): string {
  return xmlText(Array.from(visibleText(title)).slice(0, 100).join('').replaceAll('\n', ' ').replaceAll('&', '&&'))
}

/**
 * A wall clock's `2026-12-01 18:00` as spreadsheets store it: days since the end of 1899, without a zone. Whoever opens
 * the list, wherever, reads what the clock showed. A tenth of a millisecond is added to what is no whole day: most
 * minutes are no finite fraction, and programs that cut off the rest would show the minute before.
 */
function daysSince1900 (value: string): number | undefined {
  const [, day, time = '00:00'] = /^(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d))?$/.exec(value) ?? []
  const milliseconds = day === undefined ? Number.NaN : Date.parse(`${day}T${time}Z`)
  if (Number.isNaN(milliseconds)) return undefined
  const days = milliseconds / 86_400_000 + 25_569
  return Number.isInteger(days) ? days : Math.ceil(days * 1e9 + 0.5) / 1e9
}

/** `A`, `B`, … `Z`, `AA`. */
function lettersOf (column: number): string {
  const last = String.fromCharCode(65 + column % 26)
  return column < 26 ? last : lettersOf(Math.floor(column / 26) - 1) + last
}

function aboutSheetOf (lines: Workbook['about']['lines'], texts: SharedTexts): string {
  const rows = lines.map(([what, which], n) => `<row r="${n + 1}">` +
    `${texts.cell(`A${n + 1}`, what, style.heading)}${texts.cell(`B${n + 1}`, which, style['long text'])}</row>`)
  return `${declaration}<worksheet xmlns="${main}">` +
    '<sheetViews><sheetView workbookViewId="0"/></sheetViews><sheetFormatPr defaultRowHeight="15"/>' +
    '<cols><col min="1" max="1" width="22" customWidth="1"/><col min="2" max="2" width="90" customWidth="1"/></cols>' +
    `<sheetData>${rows.join('')}</sheetData></worksheet>`
}

/** A table has at least one row of values, if need be an empty one. */
function tablePart (columns: readonly SheetColumn[], count: number): string {
  const range = `A1:${lettersOf(columns.length - 1)}${Math.max(count, 1) + 1}`
  const named = columns.map(({ heading }, n) => `<tableColumn id="${n + 1}" name="${xmlText(heading)}"/>`)
  return `${declaration}<table xmlns="${main}" id="1" name="List" displayName="List" ref="${range}" totalsRowShown="0">` +
    `<autoFilter ref="${range}"/><tableColumns count="${columns.length}">${named.join('')}</tableColumns>` +
    '<tableStyleInfo name="TableStyleLight1" showFirstColumn="0" showLastColumn="0" showRowStripes="1" showColumnStripes="0"/></table>'
}

/** The row of headings is printed on every page. */
function workbookPart ({ name, about }: Workbook): string {
  const [first, second] = [xmlText(name), xmlText(about.name)]
  return `${declaration}<workbook xmlns="${main}" xmlns:r="${relationships}"><sheets>` +
    `<sheet name="${first}" sheetId="1" r:id="rId1"/><sheet name="${second}" sheetId="2" r:id="rId2"/></sheets>` +
    `<definedNames><definedName name="_xlnm.Print_Titles" localSheetId="0">'${first}'!$1:$1</definedName></definedNames></workbook>`
}

/** Relationships, numbered as they stand here; the kind of each is its name without a number. */
function rels (targets: Record<string, string>): string {
  const all = Object.entries(targets).map(([kind, target], n) =>
    `<Relationship Id="rId${n + 1}" Type="${relationships}/${kind.replace(/\d+$/, '')}" Target="${target}"/>`)
  return `${declaration}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${all.join('')}</Relationships>`
}

const partsOfWorkbook = {
  worksheet: 'worksheets/sheet1.xml',
  worksheet2: 'worksheets/sheet2.xml',
  styles: 'styles.xml',
  sharedStrings: 'sharedStrings.xml'
}

const kindsOfParts = Object.entries({
  'workbook.xml': 'sheet.main',
  'worksheets/sheet1.xml': 'worksheet',
  'worksheets/sheet2.xml': 'worksheet',
  'styles.xml': 'styles',
  'sharedStrings.xml': 'sharedStrings',
  'tables/table1.xml': 'table'
}).map(([part, kind]) => `<Override PartName="/xl/${part}" ` +
  `ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.${kind}+xml"/>`)

const contentTypes = `${declaration}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
  '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
  `<Default Extension="xml" ContentType="application/xml"/>${kindsOfParts.join('')}</Types>`

const onTheLeft = '<alignment horizontal="left"/>'
const wrapped = '<alignment vertical="top" wrapText="1"/>'

/** In the order of `style`: 49 is “Text” and 1 is “0” in every program, 164 and 165 are ours. */
const formats = [
  [0, 0, ''], [49, 1, ''], [49, 0, ''], [49, 0, wrapped], [1, 0, ''], [164, 0, onTheLeft], [165, 0, onTheLeft]
].map(([format, font, alignment]) => `<xf numFmtId="${format}" fontId="${font}" fillId="0" borderId="0" xfId="0" ` +
  `applyNumberFormat="1" applyFont="1" applyAlignment="1">${alignment}</xf>`)

const styles = `${declaration}<styleSheet xmlns="${main}"><numFmts count="2">` +
  '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd"/></numFmts>' +
  '<fonts count="2"><font><sz val="11"/><name val="Arial"/></font><font><b/><sz val="11"/><name val="Arial"/></font></fonts>' +
  '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>' +
  '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>' +
  '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>' +
  `<cellXfs count="${formats.length}">${formats.join('')}</cellXfs>` +
  '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
