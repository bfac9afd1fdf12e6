import type { Db } from '../../platform/database/connect.ts'
import { listSupportContacts } from '../../programme/support/queries.ts'
import type { SupportContact } from '../../programme/support/contact.ts'
import { emergencyMarked, helplines } from '../invitations/wording.ts'

/** How every email ends: whom to call, and where there is help. */
export function endingWith (publicUrl: string, contacts: readonly SupportContact[]) {
  return { helpUrl: `${publicUrl}/help`, emergency: emergencyMarked, helplines: helplines(contacts) }
}

/** The same, with the contacts of now. */
export async function ending ({ db, publicUrl }: { db: Db, publicUrl: string }) {
  return endingWith(publicUrl, await listSupportContacts(db))
}
