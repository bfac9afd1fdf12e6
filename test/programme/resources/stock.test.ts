// Subject: the database.
import t from 'tap'
import { changeStock } from '../../../src/programme/resources/commands.ts'
import { moveRequest } from '../../../src/office/resource-requests/commands.ts'
import { stockDraft } from '../../../src/programme/resources/resource.ts'
import { forgetStockChanges, listStockChanges } from '../../../src/programme/resources/stock-history.ts'
import { confirming } from '../../support/confirming.ts'
import { filledIn } from '../../support/filled-in.ts'
import { aResource, aResourceRequest } from '../../support/resources.ts'
import { perceived, post, service } from '../../support/service.ts'
import { organiser, signedIn } from '../../support/staff.ts'
import { noon, warm, world } from '../../support/world.ts'

t.test('an organiser adds a resource, counts it, changes it, and stops giving it out', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const form = {
    ...filledIn((await app.inject({ url: '/staff/resources/stock/new', headers })).body),
    name: 'Lip balms',
    description: 'With our address on them.',
    most: '20',
    warn_below: '',
    stock: '30'
  }
  t.equal((await post(app, '/staff/resources/stock/new', form, headers)).statusCode, 303)
  t.match(perceived(await app.inject('/resources')).text, /Lip balms With our address on them\. 30 left\. You can ask for up to 20\./)
  const taken = await post(app, '/staff/resources/stock/new', { ...form, most: '5' }, headers)
  t.match(perceived(taken).errors, [{ field: 'name', sentence: 'There is a resource named Lip balms already' }])

  const { id } = await db.resource.findFirstOrThrow()
  const href = `/staff/resources/stock/${id}`
  const page = (await app.inject({ url: href, headers })).body
  const edition = stockDraft.versionHash({ stock: 30 })
  t.equal((await post(app, `${href}/count`, { change: '-10', reason: 'given out at a fair', edition }, headers)).statusCode, 303)
  t.match(perceived(await app.inject({ url: '/staff/resources/stock', headers })).text, 'Lip balms On the shelf: 20 Promised: 0 Free: 20 Most for one request: 20')
  const twice = await post(app, `${href}/count`, { change: '-10', reason: 'given out at a fair', edition }, headers)
  t.match(perceived(twice).errors, [{ field: 'change', sentence: /there are 20 now/ }], 'a second press takes nothing off')
  await aResourceRequest(db, id)
  const lost = { change: '-11', reason: 'lost', edition: stockDraft.versionHash({ stock: 20 }) }
  const below = await post(app, `${href}/count`, lost, headers)
  t.match(perceived(below).errors, [{ field: 'change', sentence: /^10 are promised/ }])

  await db.resource.update({ where: { id }, data: { warnBelow: 11 } })
  t.match(perceived(await app.inject({ url: '/staff/resources/stock', headers })).text, 'Lip balms Running low On the shelf: 20 Promised: 10 Free: 10')
  t.match(perceived(await app.inject({ url: href, headers })).text,
    /Running low Fewer than 11 are free\..* 12:00 Change: \u221210 On the shelf then: 20 Why: given out at a fair Who: Olu Organiser 23 Nov 2026, 12:00 Change: \+30 On the shelf then: 30 Why: The first count Who: Olu/)
  await db.resource.update({ where: { id }, data: { warnBelow: null } })

  const versionHash = [...page.matchAll(/name="edition" value="(\w+)"/g)].at(-1)?.[1] ?? ''
  const texts = { name: 'Lip balm', description: 'New ones.', most: '10', warn_below: '5', edition: versionHash }
  t.equal((await post(app, href, texts, headers)).statusCode, 303)
  const late = await post(app, href, { ...texts, most: '12' }, headers)
  t.equal(late.statusCode, 409)
  t.match(perceived(late).text, /What is different The most for one request There now 10 Yours 12/)

  t.equal((await post(app, `${href}/retirement`, { retired: 'yes' }, headers)).statusCode, 303)
  t.notMatch(perceived(await app.inject('/resources')).text, 'Lip balm')
  t.match(await db.resource.findFirst(), { promised: 10 }, 'what is promised stays promised')
  const actions = (await db.auditEntry.findMany({ orderBy: { id: 'asc' } })).map(({ action }) => action)
  t.strictSame(actions.filter(action => action.startsWith('resource')),
    ['resource.added', 'resource.stock-changed', 'resource.changed', 'resource.retired'])
})

t.test('of two who add the same delivery at once, the second reads what the first has added', async t => {
  const { db } = await world(t)
  const { id } = await aResource(db, { stock: 5 })
  await warm(db)
  const read = { id, versionHash: stockDraft.versionHash({ stock: 5 }) }

  const ends = await Promise.allSettled(['one', 'two'].map(async reason => {
    await changeStock(db, read, { change: 50, reason }, organiser, noon)
  }))

  t.strictSame(ends.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  t.match(await db.resource.findFirst(), { stock: 55 })
})

t.test('how the stock changed is kept with who did it, for as long as the audit trail', async t => {
  const { db, outbox } = await world(t)
  const { id } = await aResource(db)
  const { id: requestId } = await aResourceRequest(db, id, { status: 'packed', granted: 4 })
  await confirming(async confirmed => {
    await moveRequest(db, outbox, { requestId, to: 'handed-over', confirmed }, organiser, noon)
  })
  await changeStock(db, { id, versionHash: stockDraft.versionHash({ stock: 96 }) }, { change: 4, reason: 'found' }, organiser, noon)

  t.match(await listStockChanges(db, id, 1), { changes: [{ cause: 'counted', change: 4, stock: 100, reason: 'found' }], total: 2 })
  t.match((await listStockChanges(db, id, 9)).changes[1], { cause: 'given-out', change: -4, stock: 96, reason: undefined })
  t.equal(await forgetStockChanges(db, noon), 0)
  t.equal(await forgetStockChanges(db, noon.plus(1)), 2)
})
