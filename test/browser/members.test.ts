import t from 'tap'
import type { Test } from 'tap'
import type { BrowserContextOptions, Page } from 'playwright-core'
import type { Db } from '../../src/platform/database/connect.ts'
import { aStaffMember, anAgency } from '../support/staff.ts'
import { anActivity, noon } from '../support/world.ts'
import { axe, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'
import { aSite } from './site.ts'

/** An admin in a browser of their own. */
async function adminAt (
  t: Test, options: BrowserContextOptions
): Promise<{ db: Db, page: Page, origin: string }> {
  const its = await aSite(t)
  const { origin } = its
  await anAgency(its.db, { name: 'NSPCC', slug: 'nspcc' })
  const { page } = await its.staffAt(options, { role: 'admin', name: 'Ada Admin', email: 'ada@council.example' })
  return { db: its.db, page, origin }
}

async function main (page: Page): Promise<string> {
  return (await page.locator('main').textContent() ?? '').replaceAll(/\s+/g, ' ')
}

t.test('on a small phone without scripts an admin adds someone, changes them, disables and enables them',
  withBrowser, async t => {
    const { db, page, origin } = await adminAt(t, plainPhone)
    await page.goto(`${origin}/staff/account`)

    await page.getByRole('link', { name: 'Staff', exact: true }).click()
    await page.getByRole('button', { name: 'Add someone' }).click()
    await page.getByLabel('Name', { exact: true }).fill('Anne O’Brien')
    await page.getByLabel('Email address').fill('anne@nspcc')
    await page.getByLabel('Organiser', { exact: true }).check()
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    t.match(await main(page), /Enter an email address like name@council\.gov\.uk.*Select who they work for/)
    t.ok(await page.getByLabel('Organiser', { exact: true }).isChecked(), 'what was chosen stays')
    t.notOk(await scrollsSideways(page))
    await page.getByLabel('Email address').fill('anne@nspcc.example')
    await page.getByLabel('Who they work for').selectOption('NSPCC')
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    t.match(await main(page), /They are added, and get an email that says how to sign in/)

    await page.getByRole('link', { name: 'Anne O’Brien' }).click()
    await page.getByLabel('Host', { exact: true }).check()
    await db.staffMember.update({ where: { email: 'anne@nspcc.example' }, data: { name: 'Anne Brien' } })
    await page.getByRole('button', { name: 'Save' }).click()
    t.match(await main(page), /Name There now Anne Brien Yours Anne O’Brien Role There now Organiser Yours Host/)
    t.notOk(await scrollsSideways(page))
    await page.getByRole('button', { name: 'Save' }).click()
    t.match(await db.staffMember.findUnique({ where: { email: 'anne@nspcc.example' } }), { name: 'Anne O’Brien', role: 'host' })

    await page.getByRole('link', { name: 'Anne O’Brien' }).click()
    await page.getByRole('link', { name: 'Disable Anne O’Brien' }).click()
    t.match(await main(page), /They are signed out everywhere now/)
    await page.getByRole('button', { name: 'Disable' }).click()
    t.match(await main(page), /They are signed out everywhere and cannot sign in any more.*Disabled They cannot sign in/)
    await page.getByRole('link', { name: 'Anne O’Brien' }).click()
    await page.getByRole('link', { name: 'Enable Anne O’Brien' }).click()
    await page.getByRole('button', { name: 'Enable' }).click()
    t.match(await main(page), /They can sign in again/)
    await page.getByRole('link', { name: 'Audit' }).click()
    t.match(await main(page), /enabled Anne O’Brien.*disabled Anne O’Brien.*changed the account of Anne O’Brien Name: from “Anne Brien” to “Anne O’Brien”\s?Role: from “organiser” to “host”.*added Anne O’Brien to those who work here/)
  })

t.test('the pages of who works here pass axe and fit the screen, on a phone and on a desk', withBrowser, async t => {
  for (const width of [390, 1280]) {
    const { db, page, origin } = await adminAt(t, { viewport: { width, height: 844 } })
    const { id: agencyId } = await db.agency.findFirstOrThrow()
    const { id } = await aStaffMember(db, { name: 'Hal Host', email: 'hal.host@nspcc.example', role: 'host', agencyId })
    const { id: activityId } = await anActivity(db)
    await db.activityHost.create({ data: { activityId, staffMemberId: id } })
    const left = await aStaffMember(db, { name: 'Lee Left', role: 'staff', disabledAt: noon.minus({ days: 9 }).toJSDate() })
    const own = await db.staffMember.findFirstOrThrow({ where: { name: 'Ada Admin' } })

    for (const path of [
      '', '/new', `/${id}`, `/${own.id}`, `/${left.id}`, `/${id}/disabling`, `/${own.id}/disabling`, `/${left.id}/enabling`,
      `/${id}/enabling`
    ]) {
      await page.goto(`${origin}/staff/members${path}`)
      t.strictSame(await axe(page), [], `members${path}, ${width} wide`)
      t.notOk(await scrollsSideways(page), `members${path}, ${width} wide`)
    }
  }
})
