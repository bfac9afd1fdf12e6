/** Reads a page's number from an address or a form; anything else is the first page. */
export function pageNumber (given: unknown): number {
  return typeof given === 'string' && /^[1-9]\d{0,4}$/.test(given) ? Number(given) : 1
}

/** Whether a text can be the id of anything; the database refuses to look for what cannot. */
export function isId (text: string): boolean {
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)
}

/** The sentence about what was just done that an address asks for; nothing for any that we do not have. */
export function sentenceFor (sentences: Readonly<Record<string, string>>, done: unknown): string | undefined {
  return typeof done === 'string' && Object.hasOwn(sentences, done) ? sentences[done] : undefined
}
