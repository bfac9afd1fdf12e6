import t from 'tap'
import type { StaffMember } from '../../src/identity/staff/staff-member.ts'
import { noteStock } from '../../src/programme/resources/stock-history.ts'
import { aDownload, aResource, aResourceRequest } from '../support/resources.ts'
import { linksToResources } from '../support/service.ts'
import { noon } from '../support/world.ts'
import { axe, openPage, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'
import { aSite } from './site.ts'

const long = 'The Westmorland and Furness Partnership for Children, Young People and their Families'

t.test('resources, for those who ask and those who give out', withBrowser, async t => {
  const site = await aSite(t)
  const { db, origin } = site
  const bands = await aResource(db, { name: 'Wristbands', warnBelow: 80 })
  const posters = await aResource(db, { name: 'Posters “It’s Not OK”, A3, in English, Polish and Urdu', stock: 1500 })
  await aResource(db, { name: 'USB sticks', stock: 0 })
  await aDownload(db, { resourceId: posters.id, title: 'Poster “It’s Not OK”', language: 'Polish' })
  const { staffAt } = site
  const { page: desktop, member } = await staffAt({ viewport: { width: 1280, height: 900 } })
  for (const [n, organisation] of ['Kendal School', long, 'Bolton Taxis'].entries()) {
    const { id } = await aResourceRequest(db, bands.id, {
      organisation,
      status: 'approved',
      granted: 10 - n,
      getting: 'deliver',
      address: 'Bridge Street 3\nKendal\nLA9 5AX',
      organisationKind: n === 2 ? 'business' : 'school'
    })
    await db.requestedResource.create({
      data: { requestId: id, resourceId: posters.id, asked: 25, granted: 25, promised: 25 }
    })
  }
  const asked = await aResourceRequest(db, posters.id, {
    organisation: long, organisationKind: 'charity', askedAt: noon.minus({ months: 2 }).toJSDate()
  })
  await db.resourceRequest.updateMany({
    where: { organisation: 'Bolton Taxis' }, data: { status: 'packed', changedAt: noon.toJSDate() }
  })
  const by: StaffMember = { ...member, role: 'organiser', agencyId: undefined }
  for (const [change, stock, reason] of [[50, 150, 'A delivery'], [-50, 100, `Wet, says ${long}`]] as const) {
    await db.$transaction(async tx => {
      await noteStock(tx, { resourceId: bands.id, cause: 'counted', change, stock, reason }, by, noon)
    })
  }
  const own = `/resources/requests/${linksToResources.tokenOf({ id: asked.id, version: 0 })}`
  const requests = '/staff/resources/requests'
  const publicPages = ['/resources', '/resources/ask', '/resources/asked', own]
  const staffPages = [
    '/staff', '/staff/resources', '/staff/resources/totals', '/staff/resources/packing-lists', '/staff/resources/stock',
    '/staff/resources/stock/new', `/staff/resources/stock/${bands.id}`, `${requests}/${asked.id}`,
    `${requests}/${asked.id}/packing-list`
  ]

  await t.test('every page passes axe on a desk, and on a phone 320 wide, where none scrolls sideways', async t => {
    const phone = (await staffAt(plainPhone)).page
    const small = await openPage(t, { viewport: plainPhone.viewport ?? null })
    const big = await openPage(t)
    for (const [pages, wide, narrow] of [[publicPages, big, small], [staffPages, desktop, phone]] as const) {
      for (const path of pages) {
        await wide.goto(origin + path)
        t.strictSame(await axe(wide), [], path)
        await narrow.goto(origin + path)
        t.notOk(await scrollsSideways(narrow), path)
        if (pages === publicPages) t.strictSame(await axe(narrow), [], `${path} on a phone`)
      }
    }
  })

  await t.test('packing lists of a day are a sheet for all and one for each request', async t => {
    await desktop.goto(`${origin}/staff/resources/packing-lists`)
    const pdf = await desktop.pdf({ format: 'A4' })
    t.equal(pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length, 3)
  })
})
