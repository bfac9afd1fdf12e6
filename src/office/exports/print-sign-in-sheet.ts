import type { DateTime } from 'luxon'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import type { Db } from '../../platform/database/connect.ts'
import type { PdfPrinter } from '../../platform/pdf/printer.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { record } from '../../identity/staff/audit.ts'
import { may } from '../../identity/staff/roles.ts'
import { NeedsNotForSheet, NobodyToSignIn } from './errors.ts'
import { signInSheetOf } from './sign-in-sheet.ts'
import type { SheetOptions } from './sign-in-sheet.ts'
import { listSigners } from './sign-in-sheet-queries.ts'

/** Whether someone may have what people need on a sheet: like a list, paper is taken away. */
export function mayHaveNeeds (staff: StaffMember, activity: KnownActivity): boolean {
  return may(staff, 'export needs and phones', activity)
}

/**
 * Makes the sign-in sheet of an activity, and records who made it of how many people. Nothing may be sent before this
 * has committed; a sheet that could not be made, which throws `PdfNotMade`, is not recorded, because nobody has it.
 */
export async function printSignInSheet (
  db: Db, printer: PdfPrinter, staff: StaffMember, activity: KnownActivity, options: SheetOptions, now: DateTime<true>
): Promise<Buffer> {
  const { withNeeds, why } = options
  if (withNeeds && !mayHaveNeeds(staff, activity)) throw new NeedsNotForSheet()
  const signers = await listSigners(db, activity.id, options)
  const isCancelled = activity.status === 'cancelled'
  if (isCancelled || signers.length === 0) throw new NobodyToSignIn({ isCancelled })
  const sheet = signInSheetOf(activity, signers, options, await printer.getCoverage(), now)
  const pdf = await printer.print('office/exports/sign-in-sheet', sheet)
  await db.$transaction(async tx => {
    await record(tx, {
      staffMemberId: staff.id,
      action: 'sign-in-sheet.printed',
      subject: activity.slug,
      details: {
        rows: signers.length,
        columns: ['name', 'places', ...(withNeeds ? ['access_needs'] : [])],
        ...why !== undefined && { why }
      }
    }, now)
  })
  return pdf
}
