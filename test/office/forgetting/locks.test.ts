// Subject: the database.
import { setTimeout as after } from 'node:timers/promises'
import t from 'tap'
import { Prisma } from '../../../src/platform/database/generated/client.ts'
import type { Db, Tx } from '../../../src/platform/database/connect.ts'
import { eraseDueLaterContacts, eraseEvaluationsAgain, eraseLaterContacts } from '../../../src/booking/evaluations/commands.ts'
import { dropOldProposals } from '../../../src/office/approval/decided.ts'
import {
  eraseCoHostInvitations, eraseCoHostInvitationsAgain, forgetCoHostInvitations
} from '../../../src/office/co-hosts/commands.ts'
import { eraseEntries, eraseEntriesAgain, forgetEntrants } from '../../../src/office/entries/keeping.ts'
import { eraseRequests, eraseRequestsAgain, forgetRequests } from '../../../src/office/requests/commands.ts'
import { anEntry } from '../../support/entries.ts'
import { aRequestOf } from '../../support/requests.ts'
import { anInvitation } from '../../support/staff.ts'
import { aCampaign, anActivity, noon, world } from '../../support/world.ts'

const email = 'anne@example.org'
/** The last first, so that the table has them in another order than their ids. */
const ids = ['ffffffff-0000-4000-8000-000000000000', '00000000-0000-4000-8000-000000000000'] as const
const later = noon.plus({ years: 5 })

type Deleting = (db: Db) => Promise<unknown>

/** What deletes several rows of a table, by its name; the function makes two rows of which all of them would go. */
const deleting: Record<string, { make: (db: Db) => Promise<void>, by: Record<string, Deleting> }> = {
  entries: {
    make: async db => {
      const campaign = await aCampaign(db)
      for (const id of ids) await anEntry(db, campaign, { id, email, confirmedAt: null })
    },
    by: {
      'at night': async db => await forgetEntrants(db, later),
      'for one person': inTransaction(async tx => await eraseEntries(tx, email, later.toJSDate(), later)),
      'after a backup': async db => await eraseEntriesAgain(db)
    }
  },
  requests: {
    make: async db => {
      for (const id of ids) await aRequestOf(db, { id, email, answer: 'Here.', toldBy: 'otherwise', closedAt: noon.toJSDate(), closedById: id })
    },
    by: {
      'at night': inTransaction(async tx => await forgetRequests(tx, later)),
      'for one person': inTransaction(async tx => await eraseRequests(tx, email, later.toJSDate(), later)),
      'after a backup': async db => await eraseRequestsAgain(db)
    }
  },
  co_host_invitations: {
    make: async db => {
      for (const id of ids) await anInvitation(db, (await anActivity(db)).id, { id, email })
    },
    by: {
      'at night': async db => await forgetCoHostInvitations(db, later),
      'for one person': inTransaction(async tx => await eraseCoHostInvitations(tx, email, later)),
      'after a backup': async db => await eraseCoHostInvitationsAgain(db)
    }
  },
  later_contacts: {
    make: async db => {
      const { id: activityId } = await anActivity(db)
      for (const id of ids) {
        await db.laterContact.create({
          data: {
            id,
            activityId,
            mark: id,
            email,
            canonicalEmail: email,
            sendOn: noon.toJSDate(),
            eraseOn: noon.plus({ days: 1 }).toJSDate()
          }
        })
      }
    },
    by: {
      'at night': async db => await eraseDueLaterContacts(db, later),
      'for one person': inTransaction(async tx => await eraseLaterContacts(tx, email, later)),
      'after a backup': async db => { await eraseEvaluationsAgain(db) }
    }
  }
}

for (const [table, { make, by }] of Object.entries(deleting)) {
  for (const [when, remove] of Object.entries(by)) {
    t.test(`deleting ${table} ${when} takes them in the order of their ids, and so waits for nobody who waits for it`, async t => {
      const { db } = await world(t)
      await make(db)
      const forgottenAt = noon.toJSDate()
      await db.forgottenBooking.createMany({ data: ids.map(bookingId => ({ bookingId, forgottenAt })) })
      await takingBoth(db, async (tx, id) => {
        await tx.$queryRaw`SELECT 1 FROM ${Prisma.raw(table)} WHERE id = ${id}::uuid FOR UPDATE`
      }, remove)
      const [{ count } = { count: -1 }] = await db.$queryRaw<Array<{ count: number }>>`
        SELECT count(*)::int AS count FROM ${Prisma.raw(table)}`
      t.equal(count, 0)
    })
  }
}

t.test('changes that wait of what is over are dropped under the locks of their activities, in order', async t => {
  const { db } = await world(t)
  for (const id of ids) {
    await anActivity(db, { id })
    await db.proposal.create({
      data: { activityId: id, changes: { title: ['A', 'B'] }, askedById: id, askedAt: noon.toJSDate() }
    })
  }
  await takingBoth(db, async (tx, id) => {
    await tx.$queryRaw`SELECT 1 FROM activities WHERE id = ${id}::uuid FOR UPDATE`
    await tx.$queryRaw`SELECT 1 FROM proposals WHERE activity_id = ${id}::uuid FOR UPDATE`
  }, async db => await dropOldProposals(db, later))
  t.equal(await db.proposal.count(), 0)
})

/** Takes the row with the lower id, and once something waits for it the other: a deadlock, if that one is taken. */
async function takingBoth (
  db: Db, take: (tx: Tx, id: string) => Promise<void>, remove: (db: Db) => Promise<unknown>
): Promise<void> {
  const { ended } = await db.$transaction(async tx => {
    await take(tx, ids[1])
    // Kept from being thrown before it is awaited.
    const ended = Promise.allSettled([remove(db)])
    const over = ended.then(() => true)
    while (!await Promise.race([over, doesSomethingWait(db)])) await after(10)
    await take(tx, ids[0])
    return { ended }
  }, { timeout: 60_000 })
  const [end] = await ended
  if (end.status === 'rejected') throw end.reason
}

/** Outside the transaction, in which what is read of others stays as it was the first time. */
async function doesSomethingWait (db: Db): Promise<boolean> {
  const rows = await db.$queryRaw<unknown[]>`
    SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
  return rows.length > 0
}

function inTransaction (remove: (tx: Tx) => Promise<unknown>) {
  return async (db: Db) => await db.$transaction(remove)
}
