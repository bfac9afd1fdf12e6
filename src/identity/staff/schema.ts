import { z } from 'zod'
import { answer } from '../../platform/http/form-answers.ts'
import { unspaced } from '../../platform/typed.ts'

/** Six digits, which people type and paste as they like. */
export function sixDigits (missing: string) {
  return answer('Code', missing).transform(text => unspaced(text.normalize('NFKC')))
    .pipe(z.string().min(1, { error: missing, abort: true }).regex(/^\d{6}$/, 'The code is 6 digits, like 123 456'))
}
