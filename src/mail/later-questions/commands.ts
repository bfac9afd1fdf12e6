import type { DateTime } from 'luxon'
import type { Db } from '../../platform/database/connect.ts'
import type { Outbox } from '../../platform/outbox.ts'

/** Maximum number of people in one transaction. */
const batchSize = 1000

/** The hour, in the zone of the activity, from which people are asked. */
export const askingHour = 10

/** What was announced and is still there after so many hours was lost, or is still being tried: announced again. */
const hoursToTry = 12

/**
 * Announces everyone who agreed to be asked once more and whose day has come, from ten in the morning in the zone of
 * the activity, and until the day by which their address is deleted. Runs every minute, in any number of processes: who
 * was announced is passed over, until that is so long ago that it was lost.
 */
export async function announceLaterQuestions (db: Db, outbox: Outbox, now: DateTime<true>): Promise<void> {
  for (let isDone = false; !isDone;) {
    isDone = await db.$transaction(async tx => {
      const due = await tx.$queryRaw<Array<{ contactId: string }>>`
        UPDATE later_contacts SET announced_at = ${now.toJSDate()}
        WHERE id IN (
          SELECT contact.id FROM later_contacts contact JOIN activities a ON a.id = contact.activity_id
          WHERE contact.send_on <= ${now.plus({ days: 1 }).toISODate()}::date
            AND (contact.send_on + make_interval(hours => ${askingHour})) AT TIME ZONE a.zone <= ${now.toJSDate()}
            AND contact.erase_on > (${now.toJSDate()}::timestamptz AT TIME ZONE a.zone)::date
            AND (contact.announced_at IS NULL OR contact.announced_at <= ${now.minus({ hours: hoursToTry }).toJSDate()})
          LIMIT ${batchSize} FOR UPDATE OF contact SKIP LOCKED)
        RETURNING id AS "contactId"`
      await outbox.announce(tx, 'later-question.due', due)
      return due.length < batchSize
    })
  }
}
