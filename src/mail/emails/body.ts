import type { Templates } from '../../platform/templates.ts'
import { phoneLink } from '../../programme/support/contact.ts'

/** A block of an email, in either of its forms. */
export type Block =
  | { is: 'title' | 'heading', text: string }
  | { is: 'paragraph', text: string, pieces?: Piece[] }
  /** A link: in HTML shown by its words, as a button where `isMain`; in text by its whole address. */
  | { is: 'link', href: string, words?: string, isMain?: boolean }
  | { is: 'list', items: string[] }
  /** A paragraph whose author chose where each line ends. */
  | { is: 'lines', lines: string[] }
  | { is: 'table', rows: Row[] }

interface Row { label: string, value: string, pieces?: Piece[] }

/** A part of a line, which may be a number to call. */
type Piece = { text: string } | { number: string, href: string }

/**
 * Renders an email from its template in `templates/mail/emails/`: the first line is the subject, and text and HTML are
 * two forms of what follows.
 */
export function renderEmail (
  templates: Templates, name: string, model: object
): { subject: string, text: string, html: string } {
  const source = templates.text.render(`mail/emails/${name}.njk`, model)
  const [, subject = '', body = ''] = /^Subject: (.*)\n([^]*)$/.exec(source) ?? []
  const blocks = readBody(body)
  return {
    subject,
    text: inPlainText(blocks),
    html: templates.html.render('mail/emails/layout.html.njk', { subject, blocks })
  }
}

/**
 * Parses the one source from which both forms of an email are made, a small subset of Markdown: `# title`, `##
 * heading`, `* item`, `| label | value |`, paragraphs, and links, each on a line of its own: `[words](address)`, or
 * `[[words]](address)` for the main one. There is no markup within a line, so that a name or a title cannot contain
 * any; except that after `☎ ` numbers in braces can be called: `☎ Call {999}.` Text by people who know nothing of this
 * stands behind `> `, see `quoted`.
 */
export function readBody (source: string): Block[] {
  return source.split(/\n\s*\n/).map(block => block.trim()).filter(block => block !== '').flatMap(readBlock)
}

function readBlock (block: string): Block | Block[] {
  const lines = block.split('\n').map(line => line.trim())
  const [, marks = '', heading = ''] = /^(#{1,2}) ([^\n]*)$/.exec(block) ?? []
  if (marks !== '') return { is: marks === '#' ? 'title' : 'heading', text: heading }
  const [, main, words = main, href] = /^\[(?:\[(.+)\]|(.+))\]\((https?:\/\/[^\s<>]+)\)$/.exec(block) ?? []
  if (href !== undefined && words !== undefined) return { is: 'link', href, words, isMain: main !== undefined }
  if (block.startsWith('☎ ')) return readCalling(lines)
  if (block.startsWith('* ')) return { is: 'list', items: lines.map(line => line.replace(/^\* /, '')) }
  if (block.startsWith('| ')) return { is: 'table', rows: lines.map(readRow) }
  if (block.startsWith('>')) return readQuote(lines)
  return { is: 'paragraph', text: lines.join(' ') }
}

/** Lines with numbers to call: rows, or a paragraph. */
function readCalling (lines: readonly string[]): Block {
  const told = lines.map(line => line.replace(/^☎ /, ''))
  if (!told[0]?.startsWith('| ')) return { is: 'paragraph', ...called(told.join(' ')) }
  return {
    is: 'table',
    rows: told.map(readRow).map(({ label, value }) => {
      const { text, pieces } = called(value)
      return { label, value: text, pieces }
    })
  }
}

function called (marked: string): { text: string, pieces: Piece[] } {
  const pieces = marked.split(/\{([\d+ ()-]+)\}/).map((piece, n) =>
    n % 2 === 1 ? { number: piece, href: phoneLink(piece) } : { text: piece })
  return { text: marked.replaceAll(/\{([\d+ ()-]+)\}/g, '$1'), pieces }
}

/**
 * Marks what an organiser wrote as a part of an email's source. Each line is marked, so that no line, whatever it looks
 * like, ends the part or is read as one of ours.
 */
export function quoted (text: string): string {
  return text.split(lineEnd).map(line => `> ${line}`).join('\n')
}

/** All line ends that may occur in what is typed or pasted. */
const lineEnd = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/

/**
 * Parses what `quoted` has marked, by the line rather than by the block: people who write an email once a month leave
 * no empty line before a list. They can make headings, lists and links, and nothing else.
 */
function readQuote (lines: readonly string[]): Block[] {
  const blocks: Block[] = []
  let goesOn = false
  for (const line of lines) {
    const block = readQuotedLine(line.slice(1).trim())
    const before = goesOn ? blocks.at(-1) : undefined
    if (block?.is === 'lines' && before?.is === 'lines') before.lines.push(...block.lines)
    else if (block?.is === 'list' && before?.is === 'list') before.items.push(...block.items)
    else if (block !== undefined) blocks.push(block)
    goesOn = block !== undefined
  }
  return blocks
}

/** Returns undefined for an empty line. */
function readQuotedLine (line: string): Block | undefined {
  if (line === '') return undefined
  const [, heading] = /^#{1,6} (.*)$/.exec(line) ?? []
  if (heading !== undefined) return { is: 'heading', text: heading.trim() }
  const [, item] = /^[*•-] (.*)$/.exec(line) ?? []
  if (item !== undefined) return { is: 'list', items: [item.trim()] }
  const [, href] = /^<?(https:\/\/[^\s<>]+)>?$/i.exec(line) ?? []
  if (href !== undefined && URL.canParse(href)) return { is: 'link', href }
  return { is: 'lines', lines: [line] }
}

function readRow (line: string): Row {
  const [, label = '', value = ''] = /^\| (.+?) \| (.*) \|$/.exec(line) ?? []
  return { label, value }
}

/** The form for people who read mail as text: as complete as the HTML, with every link on a line of its own. */
export function inPlainText (blocks: readonly Block[]): string {
  return `${blocks.map(blockInPlainText).join('\n\n')}\n`
}

function blockInPlainText (block: Block): string {
  switch (block.is) {
    case 'title': return underlined(block.text, '=')
    case 'heading': return `\n${underlined(block.text, '-')}`
    case 'paragraph': return block.text
    case 'link': return block.href
    case 'lines': return block.lines.join('\n')
    case 'list': return block.items.map(item => `* ${item}`).join('\n')
    case 'table': return block.rows.map(({ label, value }) => `${label}: ${value}`).join('\n')
  }
}

function underlined (text: string, line: string): string {
  return `${text}\n${line.repeat(Array.from(text).length)}`
}
