// Subject: the database.
import t from 'tap'
import { changesOf, content } from './changes.ts'
import { everything } from './everything.ts'
import { world } from './world.ts'

t.test('what changed in a database is told by table, and taken back', async t => {
  const its = await world(t)
  const { activity: { id }, booking, waiting } = await everything(its.db)
  const { seen, undone } = await changesOf(t, its)
  const before = await content(its)

  await its.db.activity.update({ where: { id }, data: { title: 'Another' } })
  await its.db.activity.update({ where: { id }, data: { title: 'A third' } })
  await its.db.booking.delete({ where: { id: booking } })
  await its.db.booking.update({ where: { id: waiting }, data: { name: 'Another' } })
  await its.db.auditEntry.create({ data: { at: new Date(), action: 'hold.made', subject: '', details: {} } })
  await its.db.$transaction(async tx => {
    await its.outbox.announce(tx, 'booking.changed', [{ bookingId: waiting, sequence: 0 }])
  })
  const rolledBack = its.db.$transaction(async tx => {
    await tx.legalHold.deleteMany()
    throw new Error('It is rolled back.')
  })
  await t.rejects(rolledBack)
  const names = await undone()

  t.hasProps(Object.fromEntries(names.map(name => [name.replace(/^pgboss\..*/, 'jobs'), true])),
    ['activities', 'bookings', 'audit_entries', 'jobs', 'letters'], 'with what goes with a booking')
  t.notOk(names.includes('legal_holds'))
  t.strictSame(await content(its), before)
  t.strictSame(await undone(), [])

  await its.db.activity.update({ where: { id }, data: { title: 'Another' } })
  t.strictSame(await seen(), ['activities'])
  t.strictSame(await seen(), [])
})

t.test('what changed since a point is taken back, and then what changed before', async t => {
  const its = await world(t)
  const { activity: { id } } = await everything(its.db)
  const { now, undone } = await changesOf(t, its)
  const before = await content(its)

  await its.db.activity.update({ where: { id }, data: { title: 'Another' } })
  const [prepared, since] = [await content(its), await now()]
  await its.db.activity.update({ where: { id }, data: { title: 'A third' } })

  t.strictSame(await undone(since), ['activities'])
  t.strictSame(await content(its), prepared)
  t.strictSame(await undone(since), [])
  t.strictSame(await undone(), ['activities'])
  t.strictSame(await content(its), before)
})
