import { parse } from 'csv-parse/sync'
import t from 'tap'
import { aResource, aResourceRequest } from '../../support/resources.ts'
import { perceived, post, service } from '../../support/service.ts'
import { anAgency, signedIn } from '../../support/staff.ts'
import { noon } from '../../support/world.ts'

t.test('requests go out as CSV as they are filtered, whole, safe for spreadsheets, and recorded', async t => {
  let now = noon
  const { app, db } = await service(t, { clock: () => now })
  const { headers, member } = await signedIn(app, db, { role: 'organiser' })
  const { id } = await aResource(db, { name: '=1+1' })
  const { id: pens } = await aResource(db, { name: 'Pens' })
  const evil = await aResourceRequest(db, id, {
    status: 'approved',
    granted: 4,
    organisation: '=HYPERLINK("http://evil.example")',
    name: '@SUM(A1)',
    phone: '+44 1539 722722',
    purpose: '\t-2+3',
    getting: 'deliver',
    address: '+1\n"High Street"',
    organisationKind: 'school'
  })
  await db.requestedResource.create({
    data: { requestId: evil.id, resourceId: pens, asked: 3, granted: 0, promised: 0 }
  })
  await aResourceRequest(db, id, { status: 'asked' })
  await aResourceRequest(db, id, { status: 'approved', granted: 10, neededBy: new Date('2026-12-24') })
  const filter = { status: 'approved', by: '2026-12-10' }
  const page = await app.inject({ url: `/staff/resources?${new URLSearchParams(filter)}`, headers })
  t.match(page.body, /action="\/staff\/resources\/export">\s*<input type="hidden" name="status" value="approved">\s*<input type="hidden" name="by" value="2026-12-10">/)

  const file = await post(app, '/staff/resources/export', filter, headers)

  t.match(file.headers, { 'content-type': /^text\/csv/, 'content-disposition': 'attachment; filename="requests-2026-11-23.csv"' })
  const rows = parse(file.body, { bom: true, columns: true })
  t.match(rows, [
    { request: evil.id, status: 'To pack', needed_by: '2026-12-07', resource: '\'=1+1', asked: '10', approved: '4', phone: '01539 722722' },
    { request: evil.id, resource: 'Pens', asked: '3', approved: '0', kind_of_organisation: 'School or college', address: '\'+1\n"High Street"' }
  ])
  t.equal(rows.length, 2)
  for (const cell of rows.flatMap(row => Object.values(row as Record<string, string>))) t.notMatch(cell, /^\s*[=+@\t-]/, cell)
  const { action, staffMemberId, details } = await db.auditEntry.findFirstOrThrow({ where: { action: 'resources.exported' } })
  t.match({ action, staffMemberId, details }, {
    staffMemberId: member.id, details: { requests: 1, status: 'approved', neededBy: '2026-12-10' }
  })

  now = noon.plus({ minutes: 15 })
  const later = await post(app, '/staff/resources/export', filter, headers)
  t.equal(later.headers.location, `/staff/again?${new URLSearchParams({ to: `/staff/resources?${new URLSearchParams(filter)}` })}`)
  t.equal(await db.auditEntry.count({ where: { action: 'resources.exported' } }), 1)
  const packer = await signedIn(app, db, { role: 'staff' })
  t.equal((await post(app, '/staff/resources/export', filter, packer.headers)).statusCode, 403)
  t.notMatch((await app.inject({ url: '/staff/resources?status=approved', headers: packer.headers })).body, 'resources/export')
})

t.test('what is to be packed for a day stands on one page, all together and a sheet for each request', async t => {
  const { app, db } = await service(t)
  const { headers } = await signedIn(app, db, { role: 'staff' })
  const { id: bands } = await aResource(db, { name: 'Wristbands' })
  const { id: pens } = await aResource(db, { name: 'Pens' })
  const first = await aResourceRequest(db, bands, { status: 'approved', granted: 7 })
  await db.requestedResource.create({
    data: { requestId: first.id, resourceId: pens, asked: 3, granted: 0, promised: 0 }
  })
  await aResourceRequest(db, bands, { status: 'approved', granted: 5, organisation: 'Ambleside College' })
  const later = { neededBy: new Date('2026-12-08'), organisation: 'Too late' }
  await aResourceRequest(db, pens, { status: 'approved', granted: 2, ...later })
  await aResourceRequest(db, pens, { organisation: 'Undecided' })
  await aResourceRequest(db, pens, { status: 'packed', granted: 1, organisation: 'Packed already' })

  const page = await app.inject({ url: '/staff/resources/packing-lists', headers })

  t.equal(perceived(page).h1, 'To pack for Monday 7 December 2026')
  t.match(perceived(page).text, /Monday 7 December 2026 : 2 requests Tuesday 8 December 2026 : 1 request All together .* Wristbands 12 .* Ambleside College .* Wristbands 5 .* Kendal School .* Wristbands 7/)
  t.notMatch(perceived(page).text, /Pens|Too late|Undecided|Packed already/)
  t.equal(page.body.match(/pk-own-sheet/g)?.length, 2)
  const other = perceived(await app.inject({ url: '/staff/resources/packing-lists?day=2026-12-08', headers }))
  t.match(other.text, /Too late .* Pens 2/)
  t.match(perceived(await app.inject({ url: '/staff/resources/packing-lists?day=2026-12-24', headers })).text, 'Nothing is to be packed for this day.')
  t.equal((await app.inject({ url: '/staff/resources/packing-lists?day=%00', headers })).statusCode, 200)
})

t.test('home says how many requests are open, by which day, and what runs low, to those who can do it', async t => {
  const { app, db } = await service(t)
  const { id } = await aResource(db, { name: 'Wristbands', stock: 60, warnBelow: 10 })
  await aResource(db, { name: 'Retired', stock: 0, warnBelow: 10, retiredAt: noon.toJSDate() })
  for (const day of ['2026-12-11', '2026-12-04', '2026-12-05']) await aResourceRequest(db, id, { neededBy: new Date(day) })
  await aResourceRequest(db, id, { status: 'approved', granted: 10 })
  for (const day of ['2026-12-03', '2026-11-27']) {
    await aResourceRequest(db, id, { status: 'packed', granted: 6, neededBy: new Date(day) })
  }
  await aResourceRequest(db, id, { status: 'refused', granted: 0 })
  const home = async (role: string, agencyId: string | null = null) => {
    const { headers } = await signedIn(app, db, { role, agencyId })
    return perceived(await app.inject({ url: '/staff', headers })).text
  }

  t.match(await home('organiser'), '6 requests for resources are open ' +
    '3 to approve The first is needed by Friday 4 December 2026 ' +
    '1 to pack Needed by Monday 7 December 2026 ' +
    '2 to hand over The first is needed by Friday 27 November 2026')
  t.match(await home('organiser'), '1 resource is running low Wristbands 8 left')
  t.match(await home('staff'), '3 requests for resources are open 1 to pack')
  t.notMatch(await home('staff'), 'running low')
  const { id: agencyId } = await anAgency(db)
  t.notMatch(await home('organiser', agencyId), /requests? for resources|running low/)
  t.notMatch(await home('host'), /requests? for resources|running low/)
})
