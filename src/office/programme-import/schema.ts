import { z } from 'zod'
import { answer, optional, unknownField } from '../../platform/http/form-answers.ts'

/** More than any programme that people type; a file of a million rows is larger. */
export const fileLimits = { files: 1, bytesPerFile: 6_291_456 }

export const uploadFields = ['file'] as const

export const uploadForm = z.strictObject({
  file: z.array(z.instanceof(Uint8Array)).min(1, 'Choose the file with your programme')
    .transform(([file]) => file as Uint8Array)
}, { error: unknownField })

export const downloadFields = ['campaign'] as const

/** Of which campaign the file is to be; none: of all. */
export function downloadForm (campaigns: ReadonlyArray<{ slug: string }>) {
  return z.strictObject({
    campaign: optional(answer('Campaign').refine(
      chosen => campaigns.some(({ slug }) => slug === chosen), 'Select a campaign from the list'))
  }, { error: unknownField })
}
