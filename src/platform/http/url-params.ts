import { z } from 'zod'
import { isDay } from '../clock.ts'

/** A day that an address asks for; anything else is left out. */
export const dayAsked = z.string().refine(isDay).optional().catch(undefined)

/** Reads a page number from an address or a form; anything else is the first page. */
export function pageNumber (given: unknown): number {
  return typeof given === 'string' && /^[1-9]\d{0,4}$/.test(given) ? Number(given) : 1
}

/** True if a text can be an id; the database refuses to look for a text that cannot. */
export function isId (text: string): boolean {
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)
}

/**
 * True if a text can be a slug: anything else is not in the database, and some of it the database refuses to look for.
 */
export function isSlug (text: string): boolean {
  return /^[a-z0-9-]{1,200}$/.test(text)
}

/** The sentence that an address asks for about what was just done; undefined if we have no such sentence. */
export function sentenceFor (sentences: Readonly<Record<string, string>>, done: unknown): string | undefined {
  return typeof done === 'string' && Object.hasOwn(sentences, done) ? sentences[done] : undefined
}
