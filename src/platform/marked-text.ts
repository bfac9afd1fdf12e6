/** A piece of a text: words, or a link that is shown by its own address. */
export type Segment = { text: string } | { href: string, text: string }

/** A heading, a paragraph, or a list of points. */
export type Block =
  | { is: 'heading', text: string }
  | { is: 'paragraph', segments: Segment[] }
  | { is: 'points', points: Segment[][] }

/** Splits a text into paragraphs and turns the https addresses in it into links; everything else stays text. */
export function paragraphsOf (text: string): Segment[][] {
  return text.split(/\n\s*\n/).map(paragraph => paragraph.trim()).filter(paragraph => paragraph !== '').map(segmentsOf)
}

/**
 * The same for a text that has headings, which are lines that begin with `#`, and points, which begin with a hyphen, a
 * star or a bullet, as people type or paste them. That is all: what is no such sign stays text, so no text can become
 * anything that a page must be guarded from.
 */
export function blocksOf (text: string): Block[] {
  const blocks: Block[] = []
  let open: { is: 'paragraph' | 'points', lines: string[] } | undefined
  for (const line of text.split('\n')) {
    const [, heading] = /^#{1,6}\s+(.*\S)\s*$/.exec(line) ?? []
    const [, point] = /^\s*[-*•·–]\s+(.*\S)\s*$/.exec(line) ?? []
    if (heading !== undefined) {
      close()
      blocks.push({ is: 'heading', text: heading })
    } else if (line.trim() === '') {
      close()
    } else if (point !== undefined) {
      if (open?.is !== 'points') close()
      open ??= { is: 'points', lines: [] }
      open.lines.push(point)
    } else if (open?.is === 'points' && /^\s/.test(line)) {
      open.lines.push(`${open.lines.pop() ?? ''} ${line.trim()}`)
    } else {
      if (open?.is !== 'paragraph') close()
      open ??= { is: 'paragraph', lines: [] }
      open.lines.push(line.trim())
    }
  }
  close()
  return blocks

  function close (): void {
    if (open?.is === 'points') blocks.push({ is: 'points', points: open.lines.map(segmentsOf) })
    if (open?.is === 'paragraph') blocks.push({ is: 'paragraph', segments: segmentsOf(open.lines.join('\n')) })
    open = undefined
  }
}

/** Splits a text into words and links. */
export function segmentsOf (text: string): Segment[] {
  return text.split(/(https:\/\/[^\s<>"]*[^\s<>".,;:!?)\]])/).flatMap((piece, n): Segment[] => {
    if (piece === '') return []
    return n % 2 === 1 ? [{ href: piece, text: piece.slice('https://'.length) }] : [{ text: piece }]
  })
}
