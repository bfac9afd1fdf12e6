/** A piece of a letter, in either of its forms. */
export type Block =
  | { is: 'title' | 'heading' | 'paragraph', text: string }
  | { is: 'link', href: string }
  | { is: 'list', items: string[] }
  | { is: 'table', rows: Array<{ label: string, value: string }> }

/**
 * Reads the one source from which both forms of a letter are made, a little of Markdown: `# title`,
 * `## heading`, `* item`, `| label | value |`, a link in angle brackets on a line of its own, and
 * paragraphs. Nothing within a line means anything, so that a name or a title cannot.
 */
export function readBody (source: string): Block[] {
  return source.split(/\n\s*\n/).map(block => block.trim()).filter(block => block !== '').map(readBlock)
}

function readBlock (block: string): Block {
  const lines = block.split('\n').map(line => line.trim())
  const [, marks = '', heading = ''] = /^(#{1,2}) ([^\n]*)$/.exec(block) ?? []
  if (marks !== '') return { is: marks === '#' ? 'title' : 'heading', text: heading }
  const [, href] = /^<(https?:\/\/[^\s<>]+)>$/.exec(block) ?? []
  if (href !== undefined) return { is: 'link', href }
  if (block.startsWith('* ')) return { is: 'list', items: lines.map(line => line.replace(/^\* /, '')) }
  if (block.startsWith('| ')) return { is: 'table', rows: lines.map(readRow) }
  return { is: 'paragraph', text: lines.join(' ') }
}

function readRow (line: string): { label: string, value: string } {
  const [, label = '', value = ''] = /^\| (.+?) \| (.*) \|$/.exec(line) ?? []
  return { label, value }
}

/** The form for those who read mail as text: as whole as the other, with every link on a line of its own. */
export function inPlainText (blocks: readonly Block[]): string {
  return `${blocks.map(blockInPlainText).join('\n\n')}\n`
}

function blockInPlainText (block: Block): string {
  switch (block.is) {
    case 'title': return underlined(block.text, '=')
    case 'heading': return `\n${underlined(block.text, '-')}`
    case 'paragraph': return block.text
    case 'link': return block.href
    case 'list': return block.items.map(item => `* ${item}`).join('\n')
    case 'table': return block.rows.map(({ label, value }) => `${label}: ${value}`).join('\n')
  }
}

function underlined (text: string, line: string): string {
  return `${text}\n${line.repeat(Array.from(text).length)}`
}
