import type { Facts } from '../../platform/outbox.ts'
import { deadlineInWords } from '../../programme/activities/when.ts'
import { instant } from '../../platform/clock.ts'
import { emergencyMarked, helplines } from '../../mail/invitations/wording.ts'
import { sendAlone } from '../../mail/emails/alone.ts'
import { greetingName } from '../../mail/emails/greeting.ts'
import type { LetterRoom } from '../../mail/emails/letter-room.ts'
import { letterIdOf } from '../requests/letter-id.ts'
import { regulator } from '../requests/regulator.ts'
import { listSupportContacts } from '../../programme/support/queries.ts'
import { lastLetter, noteLastLetter } from './commands.ts'

const zone = 'Europe/London'

/**
 * Sends people their last email, which says that everything we hold about them is being deleted; returns each one's
 * result, in the order given. Runs at least once: another copy is the same email. Refused for good, it counts as sent.
 */
export async function sendLastLetters (
  room: LetterRoom, asked: ReadonlyArray<Facts['erasure.asked']>
): Promise<Array<PromiseSettledResult<void>>> {
  return await Promise.allSettled(asked.map(async ({ erasureId }) => {
    const erasure = await room.db.erasure.findUnique({ where: { id: erasureId } })
    if (erasure === null || erasure.toldAt !== null) return
    await sendAlone(room, {
      letterId: letterIdOf(erasureId, lastLetter),
      to: erasure.email,
      template: lastLetter,
      model: {
        name: greetingName(erasure.name),
        doneBy: deadlineInWords(instant(erasure.doneBy), zone),
        complaintsUrl: `${room.publicUrl}/complaints`,
        helpUrl: `${room.publicUrl}/help`,
        emergency: emergencyMarked,
        helplines: helplines(await listSupportContacts(room.db)),
        regulator
      }
    })
    await noteLastLetter(room.db, erasureId, room.clock())
  }))
}
