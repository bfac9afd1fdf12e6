import type { DateTime } from 'luxon'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import type { Effects } from '../../identity/staff/confirmation.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { dateOf } from '../../platform/clock.ts'
import type { Db, Reader, Tx } from '../../platform/database/connect.ts'
import { isSameName } from '../../platform/typed.ts'
import { takeTurns, writeReplyAddress } from '../../programme/campaigns/commands.ts'
import { listAgencies, listReplyAddresses } from '../../programme/campaigns/queries.ts'
import { successionEffects } from './effects.ts'
import {
  AlreadyPasses, PassesOn, PredecessorGone, RepliesGoElsewhere, SuccessionDone, SuccessionNotPlanned, SuccessorIsSame
} from './errors.ts'
import { movesOf } from './moves.ts'
import { countBooked, findConcerned, listChoices, listPlanned, listTextsNaming } from './queries.ts'
import { repliesElsewhere, repliesFrom, wrongWith } from './succession.ts'
import type { Predecessor, Succession, SuccessorPress } from './succession.ts'

/** A succession to be planned, from a form; `confirmed` is the token of the effects that were read. */
export interface NewSuccession extends Predecessor {
  /** Made from the form and its answers: sent twice, it is one. */
  id: string
  day: string
  district: string
  successor: string
  replyTo: string
  press: SuccessorPress | undefined
  confirmed?: string | undefined
}

/**
 * Plans that a partnership or an agency passes to another on a day to come. Nothing changes before that day. The same
 * form sent twice plans one. Throws `ConfirmationRequired` with everything that will move, and where it cannot stand
 * beside what is planned `SuccessorIsSame`, `AlreadyPasses`, `PassesOn`, `RepliesGoElsewhere` or `PredecessorGone`.
 */
export async function planSuccession (
  db: Db, { confirmed, ...planned }: NewSuccession, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    await takeTurns(tx)
    if (await tx.succession.count({ where: { id: planned.id } }) > 0) return
    const one = { ...planned, name: await nameOf(tx, planned) }
    const others = await listPlanned(tx, { on: one.day })
    refuseWrong(others, one)
    const effectsOf = await readEffects(tx, [...others, one], now)
    requireConfirmation(effectsOf(one), confirmed)
    const { name, day, press, ...row } = one
    await tx.succession.create({
      data: {
        ...row,
        ...press,
        agencyId: row.agencyId ?? null,
        day: dateOf(day),
        plannedById: by.id,
        plannedAt: now.toJSDate()
      }
    })
    await record(tx, { staffMemberId: by.id, action: 'succession.planned', subject: name, details: detailsOf(one) }, now)
  })
}

/** Takes back what was planned. Throws `SuccessionNotPlanned`, and `SuccessionDone` from its day on. */
export async function withdrawSuccession (
  db: Db, id: string, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    await takeTurns(tx)
    const row = await tx.succession.findUnique({ where: { id }, select: { doneAt: true } })
    if (row !== null && row.doneAt !== null) throw new SuccessionDone()
    const one = (await listPlanned(tx)).find(succession => succession.id === id)
    if (one === undefined) throw new SuccessionNotPlanned()
    await tx.succession.delete({ where: { id } })
    await record(tx, { staffMemberId: by.id, action: 'succession.withdrawn', subject: one.name, details: detailsOf(one) }, now)
  })
}

/**
 * Has replies to the emails of a partnership go to an address, or with an empty one to the address that sends them.
 * Throws `PredecessorGone` where nobody of that name runs anything, and replies to nobody of that name go anywhere.
 */
export async function changeReplyAddress (
  db: Db, { partnership, address }: { partnership: string, address: string }, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    await takeTurns(tx)
    const known = await listReplyAddresses(tx)
    const isThere = known.has(partnership) || (await listChoices(tx)).partnerships.includes(partnership)
    if (!isThere) throw new PredecessorGone()
    const before = known.get(partnership) ?? ''
    if (before === address) return
    await writeReplyAddress(tx, partnership, address)
    const details = { address: [before, address] }
    await record(tx, { staffMemberId: by.id, action: 'reply-address.changed', subject: partnership, details }, now)
  })
}

/**
 * Reads what planned successions need, and returns what each of them does on its day, beside the others of that day.
 * One query after another, because in a transaction they have one connection; as many for many successions as for one.
 */
export async function readEffects (
  db: Reader, planned: readonly Succession[], now: DateTime<true>
): Promise<(one: Succession) => Effects> {
  const concerned = await findConcerned(db, planned)
  const booked = await countBooked(db, concerned.activities.map(({ id }) => id))
  const naming = await listTextsNaming(db, planned.map(({ name }) => name), now)
  const agencies = await listAgencies(db)
  const replyAddresses = await listReplyAddresses(db)
  return one => {
    const thatDay = planned.filter(({ day }) => day === one.day)
    const moves = movesOf(concerned, thatDay, one.day)
    const passing = new Set([...moves.run, ...moves.led].filter(({ by }) => by.id === one.id).map(({ id }) => id))
    return successionEffects(one, moves, {
      booked: [...passing].reduce((sum, id) => sum + (booked.get(id) ?? 0), 0),
      naming: naming.get(one.name) ?? [],
      replyTo: repliesFrom(thatDay, replyAddresses).get(one.successor),
      isThere: agencies.some(({ name }) => isSameName(name, one.successor))
    })
  }
}

/** What the trail says of it. */
export function detailsOf (
  { day, district, successor, replyTo, press }: Omit<Succession, 'id' | 'name' | keyof Predecessor>
) {
  const given = Object.entries({ replyTo, ...press }).filter(([, said]) => said !== '')
  return { day, successor, ...district !== '' && { district }, ...Object.fromEntries(given) }
}

async function nameOf (tx: Tx, { partnership, agencyId }: Predecessor): Promise<string> {
  if (agencyId === undefined) {
    const { partnerships } = await listChoices(tx)
    if (!partnerships.includes(partnership)) throw new PredecessorGone()
    return partnership
  }
  const agency = await tx.agency.findUnique({ where: { id: agencyId }, select: { name: true } })
  if (agency === null) throw new PredecessorGone()
  return agency.name
}

function refuseWrong (planned: readonly Succession[], one: Succession): void {
  switch (wrongWith(planned, one)) {
    case 'itself': throw new SuccessorIsSame()
    case 'twice': throw new AlreadyPasses(one.name, one.district === '' ? 'everywhere else' : `in ${one.district}`)
    case 'on': throw new PassesOn(planned.some(({ name }) => name === one.successor) ? one.successor : one.name)
    case 'replies': throw new RepliesGoElsewhere(one.successor, repliesElsewhere(planned, one) ?? '')
    case undefined:
  }
}
