import type { DateTime } from 'luxon'
import { textOf } from '../../platform/draft.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'
import { isTaken } from '../../platform/database/errors.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { record } from '../../identity/staff/audit.ts'
import { ContactChanged, ContactNameTaken, ContactNotFound, LastContact } from './errors.ts'
import { contactDraft, dayOf, draftFields } from './kept-contact.ts'
import type { ContactDraft, KeptContact } from './kept-contact.ts'
import { findContact } from './queries.ts'

/** The contact in the state that the editor has read. */
export interface ReadContact { id: string, versionHash: string }

/** Adds a contact, checked today. The same form again, as after a double press, adds nothing. */
export async function addContact (
  db: Db, { id, ...draft }: ContactDraft & { id: string }, by: StaffMember, now: DateTime<true>
): Promise<void> {
  const isThere = async () => await findContact(db, id) !== undefined
  if (await isThere()) return
  await orNameTaken(db.$transaction(async tx => {
    await tx.supportContact.create({ data: { id, ...columnsOf(draft), lastCheckedOn: new Date(dayOf(now)) } })
    await record(tx, {
      staffMemberId: by.id, action: 'contact.added', subject: draft.name, details: detailsOf(draft)
    }, now)
  }), isThere)
}

/**
 * Changes a contact. Someone who types another number, address or hours has checked them: the contact counts as checked
 * today. Throws `ContactChanged`, `ContactNameTaken`, `ContactNotFound`.
 */
export async function changeContact (
  db: Db, { id, versionHash }: ReadContact, draft: ContactDraft, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await orNameTaken(db.$transaction(async tx => {
    const before = await lockContact(tx, id)
    const changed = contactDraft.differences(before, draft)
    // Includes a second press on the same button, which finds the change already made.
    if (Object.keys(changed).length === 0) return
    if (contactDraft.versionHash(before) !== versionHash) throw new ContactChanged()
    const isChecked = ['number', 'url', 'address', 'hours'].some(field => field in changed)
    await tx.supportContact.update({
      where: { id }, data: { ...columnsOf(draft), ...(isChecked && { lastCheckedOn: new Date(dayOf(now)) }) }
    })
    await record(tx, {
      staffMemberId: by.id, action: 'contact.changed', subject: before.name, details: changed
    }, now)
  }))
}

/** Records that someone has checked a contact today; twice on one day counts once. Throws `ContactChanged`. */
export async function checkContact (
  db: Db, { id, versionHash }: ReadContact, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const contact = await lockContact(tx, id)
    if (contactDraft.versionHash(contact) !== versionHash) throw new ContactChanged()
    const day = dayOf(now)
    if (contact.lastCheckedOn === day) return
    await tx.supportContact.update({ where: { id }, data: { lastCheckedOn: new Date(day) } })
    await record(tx, {
      staffMemberId: by.id,
      action: 'contact.checked',
      subject: contact.name,
      details: { lastCheckedOn: [contact.lastCheckedOn, day] }
    }, now)
  })
}

/**
 * Removes a contact. Throws `ContactNotFound`, `ContactChanged`, and `LastContact`: all rows are locked, so of two
 * people who remove the last two at once the second finds only one.
 */
export async function removeContact (
  db: Db, { id, versionHash }: ReadContact, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const rows = await tx.$queryRaw<unknown[]>`SELECT 1 FROM support_contacts ORDER BY id FOR UPDATE`
    const contact = await findContact(tx, id)
    if (contact === undefined) throw new ContactNotFound()
    if (contactDraft.versionHash(contact) !== versionHash) throw new ContactChanged()
    if (rows.length === 1) throw new LastContact()
    await tx.supportContact.delete({ where: { id } })
    await record(tx, {
      staffMemberId: by.id, action: 'contact.removed', subject: contact.name, details: detailsOf(contact)
    }, now)
  })
}

async function lockContact (tx: Tx, id: string): Promise<KeptContact> {
  await tx.$queryRaw`SELECT 1 FROM support_contacts WHERE id = ${id}::uuid FOR UPDATE`
  const contact = await findContact(tx, id)
  if (contact === undefined) throw new ContactNotFound()
  return contact
}

function columnsOf ({ name, purpose, audience, number, url, address, hours, area, owner, position }: ContactDraft) {
  return {
    name,
    purpose,
    audience,
    number: number ?? null,
    url: url ?? null,
    address: address ?? null,
    hours: hours ?? null,
    area,
    owner,
    position
  } satisfies Prisma.SupportContactUncheckedUpdateInput
}

/** Everything that a contact says, so that one removed by mistake can be typed again. */
function detailsOf (draft: ContactDraft): Record<string, string> {
  return Object.fromEntries(draftFields.map(field => [field, textOf(draft[field])]).filter(([, text]) => text !== ''))
}

/** Names must be unique; if the name is taken by this very contact, because it already `isThere`, all is well. */
async function orNameTaken (work: Promise<void>, isThere = async () => false): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!isTaken(error)) throw error
    if (!await isThere()) throw new ContactNameTaken()
  }
}
