import t from 'tap'
import { placekeeper } from '../support/command.ts'
import { aLegalHold } from '../support/requests.ts'
import { aBooking, anActivity, announced, world } from '../support/world.ts'

t.test('at a terminal everything about an address is shown as JSON, and erased once its holder was told', async t => {
  const { db, url: DATABASE_URL } = await world(t)
  const run = async (...words: string[]) => await placekeeper({ DATABASE_URL, SMTP_URL: 'smtp://127.0.0.1:9' }, 'person', ...words)
  const soon = { startsAt: new Date(Date.now() + 86_400_000), endsAt: new Date(Date.now() + 90_000_000) }
  const { id: activityId } = await anActivity(db, soon)
  await aBooking(db, activityId, { email: 'Anne@Example.org', accessNeeds: 'Captions' })

  t.match(await run('show', 'anne'), { code: 2, said: /address must be an address like/ })
  for (const what of ['show', 'erase']) {
    t.match(await run(what, 'bea@example.org'), { code: 1, said: 'Nothing is held about this address.\n', out: '' })
  }
  const shown = await run('show', 'anne@example.ORG')
  t.match(JSON.parse(shown.out), { bookings: [{ email: 'Anne@Example.org', accessNeeds: 'Captions', status: 'confirmed' }] })

  const { id } = await aLegalHold(db, { canonicalEmail: 'anne@example.org' })
  t.match(await run('erase', 'anne@example.org'), { code: 1, said: /^A legal hold keeps what we hold about this person\./ })
  await db.legalHold.delete({ where: { id } })
  t.match(await run('erase', 'anne@example.org'), { code: 0, out: /cancelled.*within 48 hours/ })
  t.match(await run('erase', 'anne@example.org'), { code: 0, out: /asked for already/ })
  t.match(await db.booking.findFirst(), { status: 'cancelled', cancelledBy: 'organiser' })
  t.equal((await announced(db, 'erasure.asked')).length, 1)
  t.match(await db.auditEntry.findMany({ where: { action: 'person.erased' } }), [{ staffMemberId: null }])
})
