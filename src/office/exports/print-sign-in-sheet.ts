import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import type { Db } from '../../platform/database/connect.ts'
import type { PdfPrinter } from '../../platform/pdf/printer.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { record } from '../../identity/staff/audit.ts'
import { signInSheetOf } from './sign-in-sheet.ts'
import type { SheetOptions } from './sign-in-sheet.ts'
import { listSigners } from './sign-in-sheet-queries.ts'

/**
 * Makes the sign-in sheet of an activity, and records who made it of how many people. Nothing may be sent before this
 * has committed; a sheet that could not be made, which throws `PdfNotMade`, is not recorded, because nobody has it.
 */
export async function printSignInSheet (
  db: Db, printer: PdfPrinter, staff: StaffMember, activity: Activity, options: SheetOptions, now: DateTime<true>
): Promise<Buffer> {
  const signers = await listSigners(db, activity.id, options)
  const sheet = signInSheetOf(activity, signers, options, await printer.getCoverage(), now)
  const pdf = await printer.print('office/exports/sign-in-sheet', sheet)
  await db.$transaction(async tx => {
    await record(tx, {
      staffMemberId: staff.id,
      action: 'sign-in-sheet.printed',
      subject: activity.slug,
      details: { rows: signers.length, columns: ['name', 'places', ...(options.withNeeds ? ['access_needs'] : [])] }
    }, now)
  })
  return pdf
}
