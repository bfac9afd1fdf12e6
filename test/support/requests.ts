import { randomUUID } from 'node:crypto'
import { canonicalAddress } from '../../src/booking/bookings/address.ts'
import type { Db } from '../../src/platform/database/connect.ts'
import type { LegalHold, Request } from '../../src/platform/database/generated/client.ts'
import { officeZone } from '../../src/platform/clock.ts'
import { answerBy } from '../../src/office/requests/due.ts'
import type { RequestKind } from '../../src/office/requests/due.ts'
import { acknowledgeRequests, sendAnswers, tellOfExtensions } from '../../src/office/requests/jobs.ts'
import type { RequestContext } from '../../src/office/requests/jobs.ts'
import { sendLastEmails } from '../../src/office/rights/jobs.ts'
import { noon } from './world.ts'
import type { World } from './world.ts'

/** A request made at noon, in the database, open by default; announces nothing. */
export async function aRequestOf (db: Db, given: Partial<Request> = {}): Promise<Request> {
  const { kind = 'copy', email = `${randomUUID()}@example.org` } = given
  return await db.request.create({
    data: {
      kind,
      name: 'Anne Kirkbride',
      email,
      canonicalEmail: canonicalAddress(email),
      receivedAt: noon.toJSDate(),
      dueOn: new Date(answerBy(kind as RequestKind, noon, officeZone)),
      submissionId: randomUUID(),
      ...given
    }
  })
}

/** An active hold, on what is given. */
export async function aLegalHold (db: Db, given: Partial<LegalHold>): Promise<LegalHold> {
  return await db.legalHold.create({
    data: {
      reason: 'Independent inquiry, letter of 2 November',
      owner: 'Data protection officer',
      reviewOn: noon.plus({ months: 3 }).toJSDate(),
      setById: randomUUID(),
      setAt: noon.toJSDate(),
      ...given
    }
  })
}

/** Does each job once that writes to people about their requests or their erasure; returns the errors. */
export async function tellPeople ({ boss }: World, context: RequestContext): Promise<unknown[]> {
  const failures: unknown[] = []
  const jobs = {
    'request.received': acknowledgeRequests,
    'request.extended': tellOfExtensions,
    'request.answered': sendAnswers,
    'erasure.asked': sendLastEmails
  } as const
  for (const [fact, send] of Object.entries(jobs)) {
    for (const { id, data } of await boss.fetch<never>(fact, { batchSize: 100, ignoreStartAfter: true })) {
      const [end] = await send(context, [data])
      if (end?.status === 'rejected') failures.push(end.reason)
      await (end?.status === 'rejected' ? boss.fail(fact, id) : boss.complete(fact, id))
    }
  }
  return failures
}
