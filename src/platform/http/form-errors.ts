import type { z } from 'zod'
import type { DomainError } from '../errors.ts'

/** The errors of a form, for its error summary and for its fields. */
export interface FormErrors {
  list: Array<{ text: string, href: string }>
  /** By the field's name, which is also its id. */
  of: Record<string, { text: string }>
  /** The status of the answer, where it is none of the usual ones of a form. */
  status?: number
}

/**
 * The first sentence about each of the `fields` that the page shows. An error about none of them links to the form as a
 * whole, which has the id `form`.
 */
export function formErrors ({ issues }: z.core.$ZodError, fields: readonly string[]): FormErrors {
  const sentences = new Map<string, string>()
  for (const { path, message } of issues) {
    const field = fields.find(name => name === path[0]) ?? 'form'
    if (!sentences.has(field)) sentences.set(field, message)
  }
  return errorsOf([...sentences])
}

/** The same errors in the order of the form's `fields`; what is about the form as a whole comes last. */
export function inOrderOf (fields: readonly string[], { list, ...errors }: FormErrors): FormErrors {
  const place = ({ href }: { href: string }) => {
    const at = fields.indexOf(href.slice(1))
    return at < 0 ? fields.length : at
  }
  return { ...errors, list: list.toSorted((one, other) => place(one) - place(other)) }
}

/** A refusal, shown at the field that it is about. */
export function formError (field: string, sentence: string): FormErrors {
  return errorsOf([[field, sentence]])
}

/** For a form's `refused`: these refusals are shown at one of its fields, and any other has a page of its own. */
export function shownAt (field: string, ...kinds: Array<new (...given: never[]) => DomainError>) {
  return (error: unknown): FormErrors | undefined => {
    const kind = kinds.find(kind => error instanceof kind)
    return kind && formError(field, (error as DomainError).message)
  }
}

/** What is wrong first of all, for where there is room for one sentence. */
export function firstSentence ({ list: [first] }: FormErrors): string {
  return first?.text ?? ''
}

function errorsOf (sentences: Array<[field: string, text: string]>): FormErrors {
  return {
    list: sentences.map(([field, text]) => ({ text, href: `#${field}` })),
    of: Object.fromEntries(sentences.map(([field, text]) => [field, { text }]))
  }
}
