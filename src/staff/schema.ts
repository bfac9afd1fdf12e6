import { z } from 'zod'
import { answer } from '../http/form-answers.ts'

/** Six digits, which people type and paste as they like. */
export function sixDigits (missing: string) {
  return answer('Code', missing).transform(text => text.replace(/[\s\p{Pd}]/gu, ''))
    .pipe(z.string().min(1, { error: missing, abort: true }).regex(/^\d{6}$/, 'The code is 6 digits, like 123 456'))
}
