/** Line breaks, control characters, half characters, and marks that change the direction of what follows. */
export const unprintable = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u

const breaking = new RegExp(`${unprintable.source}+`, 'gu')

/**
 * Keeps a name, a title or a place on one line: in a calendar or an email a line break would begin
 * something that its writer has no business to write. Every script stays as it is.
 */
export function oneLine (text: string): string {
  return text.replace(breaking, ' ').trim()
}
