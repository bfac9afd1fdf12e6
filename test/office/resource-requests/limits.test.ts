// Subject: the database.
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { askForResources } from '../../../src/office/resource-requests/commands.ts'
import { TooManyOpen } from '../../../src/office/resource-requests/errors.ts'
import { mostOpen } from '../../../src/office/resource-requests/request.ts'
import { filledIn } from '../../support/filled-in.ts'
import { aResource, aResourceRequest, anAsking } from '../../support/resources.ts'
import { perceived, post, service } from '../../support/service.ts'
import { noon, warm, world } from '../../support/world.ts'

const email = 'Anne@school.example'

t.test('an address with five open requests reads so at its field, and nothing typed is lost', async t => {
  const { app, db } = await service(t)
  const { id } = await aResource(db)
  const [first] = await Promise.all(Array.from({ length: 5 }, async () => await aResourceRequest(db, id, { email })))
  const form = {
    ...filledIn((await app.inject('/resources/ask')).body),
    name: 'Anne Kirkbride',
    organisation: 'Kendal School',
    organisation_kind: 'school',
    email: 'anne@SCHOOL.example',
    getting: 'collect',
    needed_by: '2026-12-07',
    purpose: 'A stall at our open day',
    for_work: 'yes',
    [`quantity_${id}`]: '1'
  }

  const sixth = await post(app, '/resources/ask', form)

  t.equal(sixth.statusCode, 409)
  t.match(perceived(sixth).errors, [{ field: 'email', sentence: /^There are 5 open requests from this address already/ }])
  // The field that people cannot see is not there again.
  const { remark: _, ...typed } = form as Record<string, string>
  t.match(filledIn(sixth.body), typed)
  t.equal(await db.resourceRequest.count(), 5)

  await db.resourceRequest.update({ where: { id: first?.id ?? '' }, data: { status: 'handed-over' } })
  for (const again of ['once', 'twice']) t.equal((await post(app, '/resources/ask', form)).statusCode, 303, again)
  t.equal(await db.resourceRequest.count({ where: { organisationKind: 'school' } }), 1)
})

t.test('of twenty who ask at once from one address, five are heard', async t => {
  const { db, outbox } = await world(t)
  const resources = [await aResource(db), await aResource(db)]
  await warm(db)

  const ends = await Promise.allSettled(Array.from({ length: 20 }, async (_, n) => {
    const { id: resourceId = '' } = resources[n % 2] ?? {}
    await askForResources(db, outbox, anAsking([{ resourceId, quantity: 1 }], { id: randomUUID(), email }), noon)
  }))

  t.equal(await db.resourceRequest.count(), mostOpen)
  t.ok(ends.every(end => end.status === 'fulfilled' || end.reason instanceof TooManyOpen))
})
