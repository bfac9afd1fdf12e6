import { oneLine } from '../../platform/one-line.ts'

/** The first paragraph of a text, or as many of its words as `most` characters hold. */
export function excerptOf (text: string, most: number): string {
  const [first = ''] = text.trim().split(/\n\s*\n/)
  const line = oneLine(first)
  if (line.length <= most) return line
  const cut = line.slice(0, most - 1)
  const lastSpace = cut.lastIndexOf(' ')
  // A text without spaces, as in Thai, ends between two characters.
  return `${(lastSpace > 0 ? cut.slice(0, lastSpace) : [...cut].slice(0, -1).join('')).replace(/[\s,;:.–-]+$/u, '')}…`
}
