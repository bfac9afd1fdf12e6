import { sendStandalone } from '../../mail/emails/standalone.ts'
import type { EmailContext } from '../../mail/emails/email-context.ts'
import type { Reader } from '../../platform/database/connect.ts'
import { namedId } from '../../platform/named-id.ts'
import { oneLine } from '../../platform/one-line.ts'
import type { Facts } from '../../platform/outbox.ts'
import { calendarDayInWords } from '../../programme/activities/when.ts'
import { becomes, countsInWords, leftToPeople } from './effects.ts'
import { countsOf, movesOf } from './moves.ts'
import type { Counts } from './moves.ts'
import { findTold } from './notices.ts'
import { findConcerned, listDone, listPlanned, listTextsNaming } from './queries.ts'
import type { Succession } from './succession.ts'

/**
 * Tells admins what will pass on a day that is near, or what has passed, and what is left for people to do, as it is
 * now; returns each one's result, in the order given. Runs at least once: another copy is the same email. Fails where
 * there is to be another try.
 */
export async function tellOfSuccessions (
  context: EmailContext, told: ReadonlyArray<Facts['succession.told']>
): Promise<Array<PromiseSettledResult<void>>> {
  const { db, clock, publicUrl } = context
  return await Promise.allSettled(told.map(async ({ staffMemberId, day, about, announcedAt }) => {
    const admin = await findTold(db, staffMemberId)
    const changes = about === 'near' ? await listNear(db, day) : await listDone(db, { day })
    // Withdrawn meanwhile, or done.
    if (admin === undefined || changes.length === 0) return
    const naming = await listTextsNaming(db, changes.map(({ name }) => name), clock())
    await sendStandalone(context, {
      emailId: namedId(`succession ${about} ${day} ${staffMemberId} ${announcedAt}`),
      to: admin.email,
      template: 'succession',
      model: {
        name: oneLine(admin.name),
        isDone: about === 'done',
        day: calendarDayInWords(day),
        changes: changes.map(one => ({ text: oneLine(becomes(one)), counts: countsInWords(one.moved) })),
        // Each once: both halves of a split leave the same.
        left: [...new Set(changes.flatMap(one => leftToPeople(one, {
          naming: naming.get(one.name) ?? [], moved: one.moved, isSplit: isSplit(changes, one)
        })))].map(oneLine),
        url: `${publicUrl}/staff/successions`
      }
    })
  }))
}

/** What is planned for a day, with how much each would move now. */
async function listNear (db: Reader, day: string): Promise<Array<Succession & { moved: Counts }>> {
  const planned = await listPlanned(db, { on: day })
  const moves = movesOf(await findConcerned(db, planned), planned, day)
  return planned.map(one => ({ ...one, moved: countsOf(moves, one.id) }))
}

/** Whether an agency passes to several. */
function isSplit (successions: readonly Succession[], { agencyId }: Succession): boolean {
  return agencyId !== undefined && successions.filter(other => other.agencyId === agencyId).length > 1
}
