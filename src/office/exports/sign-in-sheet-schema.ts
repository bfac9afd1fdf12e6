import { z } from 'zod'
import { optional, unknownField } from '../../platform/http/form-answers.ts'
import type { SheetOptions } from './sign-in-sheet.ts'

export const sheetFields = ['needs', 'print'] as const

/** How a sheet is to be, behind the question mark of its address. */
export const sheetOptions = z.strictObject({
  needs: optional(z.literal('yes', 'Select if access needs should be on the sheet')),
  print: optional(z.literal('large', 'Select if the sheet should be in large print'))
}, { error: unknownField }).transform(({ needs, print }): SheetOptions =>
  ({ withNeeds: needs === 'yes', isLarge: print === 'large' }))
