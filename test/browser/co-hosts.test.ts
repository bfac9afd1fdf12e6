import t from 'tap'
import type { Test } from 'tap'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { linkOf } from '../support/co-hosts.ts'
import { aLink, anAgency } from '../support/staff.ts'
import { aBooking, anActivity, noon } from '../support/world.ts'
import { axe, openPage, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'
import { aSite } from './site.ts'

async function main (page: Page): Promise<string> {
  return (await page.locator('main').textContent() ?? '').replaceAll(/\s+/g, ' ')
}

/** The organiser’s browser at an activity that people wait for, which their agency leads. */
async function anInviter (t: Test, options: BrowserContextOptions) {
  const its = await aSite(t)
  const { id: leadAgencyId } = await anAgency(its.db, { name: 'Cumbria Police' })
  await anAgency(its.db, { name: 'Eden District Council and its schools', slug: 'eden' })
  const activity = await anActivity(its.db, {
    leadAgencyId,
    visibility: 'agency',
    waitingList: 'by-hand',
    startsAt: noon.plus({ hours: 30 }).toJSDate(),
    endsAt: noon.plus({ hours: 31 }).toJSDate()
  })
  await aBooking(its.db, activity.id, { name: 'Wanda Waits', status: 'waiting' })
  const { page } = await its.staffAt(options, { agencyId: leadAgencyId })
  return { ...its, activity, page, at: `${its.origin}/staff/activities/${activity.slug}` }
}

/** That a page fits the screen and axe finds nothing; axe needs scripts. */
async function looksRight (t: Test, page: Page, what: string, hasScripts: boolean): Promise<void> {
  t.notOk(await scrollsSideways(page), what)
  if (hasScripts) t.strictSame(await axe(page), [], what)
}

for (const [where, options, hasScripts] of [
  ['on a small phone without scripts', plainPhone, false],
  ['on a phone', { viewport: { width: 390, height: 844 } }, true],
  ['at a desk', { viewport: { width: 1280, height: 900 } }, true]
] as const) {
  t.test(`an organiser invites a co-host, who accepts and finds what to do next, ${where}`, withBrowser, async t => {
    const { db, origin, at, page } = await anInviter(t, options)
    await page.goto(`${at}/hosts`)
    await page.getByRole('link', { name: 'Co-hosts from other organisations' }).click()
    await looksRight(t, page, 'nobody yet', hasScripts)
    await page.getByRole('button', { name: 'Invite a co-host' }).click()
    await page.getByLabel('Name', { exact: true }).fill('Sal School')
    await page.getByLabel('Work email address').fill('sal')
    await page.getByRole('button', { name: 'Continue' }).click()
    t.match(await main(page), /Enter an email address like.*Select who they work for/)
    await looksRight(t, page, 'the form with errors', hasScripts)
    await page.getByLabel('Work email address').fill('sal@kendal.sch.example')
    await page.getByLabel('Who they work for').selectOption('Another organisation')
    await page.getByLabel('Name of the organisation').fill('Kendal School')
    await page.getByRole('button', { name: 'Continue' }).click()
    t.match(await main(page), /Do you want to send this invitation\?.*Hello Sal School/)
    await looksRight(t, page, 'the email, before it is sent', hasScripts)
    await page.getByRole('button', { name: 'Send the invitation' }).click()
    t.match(await main(page), /They are invited.*sal@kendal\.sch\.example, Kendal School/)
    await looksRight(t, page, 'who is invited', hasScripts)

    const theirs = await openPage(t, options)
    await theirs.goto(`${origin}${linkOf(await db.coHostInvitation.findFirstOrThrow())}`)
    await looksRight(t, theirs, 'the invitation', hasScripts)
    await theirs.getByRole('button', { name: 'Accept' }).click()
    t.match(await main(theirs), /You are a co-host now/)
    await looksRight(t, theirs, 'accepted', hasScripts)
    await theirs.goBack()
    await theirs.reload()
    t.match(await main(theirs), /This invitation no longer works/)

    const member = await db.staffMember.findUniqueOrThrow({ where: { email: 'sal@kendal.sch.example' } })
    await theirs.goto(`${origin}${await aLink(db, member)}`)
    await theirs.getByRole('button', { name: 'Sign in' }).click()
    t.match(await main(theirs), /You co-host this\. Give it a Teams link/)
    await looksRight(t, theirs, 'their home page', hasScripts)
    await theirs.getByRole('link', { name: 'Keeping your child safe online' }).first().click()
    await looksRight(t, theirs, 'the activity', hasScripts)
    await theirs.getByRole('link', { name: 'change what it says, when and where' }).click()
    await looksRight(t, theirs, 'its settings', hasScripts)
    await theirs.getByRole('link', { name: 'Change Title' }).click()
    await looksRight(t, theirs, 'its form', hasScripts)
    await theirs.getByLabel('Title').fill('Safe online')
    await theirs.getByRole('button', { name: 'Save' }).click()
    await theirs.getByRole('link', { name: 'Waiting list' }).click()
    t.notMatch(await main(theirs), 'Wanda')
    await looksRight(t, theirs, 'the waiting list', hasScripts)
    await theirs.getByRole('button', { name: /^Give a place/ }).click()
    t.match(await main(theirs), /The place is given, and we email them/)

    await page.reload()
    t.match(await main(page), /Sal School Kendal School\. Co-hosts since/)
    await page.getByRole('button', { name: /^End co-hosting/ }).click()
    t.match(await main(page), /They do not co-host any more, from now on/)
    await theirs.goto(at)
    t.match(await main(theirs), /Page not found/)
  })
}
