import { z } from 'zod'
import { optional, unknownField } from '../../platform/http/form-answers.ts'
import { purposes } from './purposes.ts'
import type { Purpose } from './purposes.ts'
import type { SheetOptions } from './sign-in-sheet.ts'

export const sheetFields = ['needs', 'print', 'why'] as const

/** Those that the page has for someone. */
export function fieldsFor (mayHaveNeeds: boolean): readonly string[] {
  return mayHaveNeeds ? sheetFields : ['print']
}

/** Why what people need may stand on paper; nobody types it, for it is part of an address. */
export const sheetPurposes = ['door', 'prepare', 'partner'] as const satisfies readonly Purpose[]

const whyMissing = 'Select why what people need has to be on the sheet'

/**
 * How a sheet is to be, behind the question mark of its address. Nobody is asked why they want what they may not have:
 * that is refused (print-sign-in-sheet.ts).
 */
export function sheetOptions ({ mayHaveNeeds }: { mayHaveNeeds: boolean }) {
  return z.strictObject({
    needs: optional(z.literal('yes', 'Select if access needs should be on the sheet')),
    print: optional(z.literal('large', 'Select if the sheet should be in large print')),
    why: optional(z.enum(sheetPurposes, whyMissing))
  }, { error: unknownField }).superRefine(({ needs, why }, context) => {
    if (mayHaveNeeds && needs === 'yes' && why === undefined) {
      context.addIssue({ code: 'custom', path: ['why'], message: whyMissing })
    }
  }).transform(({ needs, print, why }): SheetOptions => ({
    withNeeds: needs === 'yes',
    isLarge: print === 'large',
    why: needs === 'yes' && why !== undefined ? purposes[why] : undefined
  }))
}
