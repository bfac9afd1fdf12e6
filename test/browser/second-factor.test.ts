import type { BrowserContextOptions, Page } from 'playwright-core'
import t from 'tap'
import type { Test } from 'tap'
import type { Facts } from '../../src/platform/outbox.ts'
import { sendSignInEmails } from '../../src/identity/sign-in/jobs.ts'
import { codeAt, withAuthenticator, wrongCodeAt } from '../support/authenticator.ts'
import { keeping, staffContextWith } from '../support/email-context.ts'
import { aStaffMember } from '../support/staff.ts'
import { noon } from '../support/world.ts'
import { axe, openPage, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'
import { aSite } from './site.ts'

const email = 'anne@council.example'

/** The service with a clock that tests can set, and someone who is about to sign in. */
async function atTheDoor (t: Test, options: BrowserContextOptions) {
  const clock = { now: noon }
  const its = await aSite(t, { clock: () => clock.now })
  const { origin } = its
  const member = await aStaffMember(its.db, { email, name: 'Anne O’Brien', role: 'organiser' })
  const page = await openPage(t, options)

  /** Asks for a sign-in email, opens its link and presses the button there. */
  async function comeByEmail (): Promise<void> {
    await page.goto(`${origin}/staff/sign-in`)
    await page.getByLabel('Your work email address').fill(email)
    await page.getByRole('button', { name: 'Email me a link' }).click()
    const mailer = keeping()
    const context = { ...staffContextWith(its, mailer), publicUrl: origin, clock: () => clock.now }
    for (const { id, data } of await its.boss.fetch<Facts['sign-in.requested']>('sign-in.requested')) {
      await sendSignInEmails(context, [data])
      await its.boss.complete('sign-in.requested', id)
    }
    await page.goto(/http:\S+\/staff\/sign-in\/\S+/.exec(mailer.kept[0]?.text ?? '')?.[0] ?? '')
    await page.getByRole('button', { name: 'Sign in' }).click()
  }

  async function type (code: string, button: string): Promise<void> {
    await page.getByLabel('Code from your authenticator app').fill(code)
    await page.getByRole('button', { name: button, exact: true }).click()
  }

  return { ...its, origin, clock, member, page, comeByEmail, type }
}

const heading = async (page: Page) => await page.locator('h1').innerText()
const main = async (page: Page) => (await page.locator('main').innerText()).replaceAll(/\s+/g, ' ')
const keyOn = async (page: Page) => (await page.locator('.pk-key').innerText()).replaceAll(/\s/g, '')

t.test('on a small phone without scripts someone sets up an authenticator, signs in with its codes, each once, and takes it away',
  withBrowser, async t => {
    const { clock, comeByEmail, member, db, origin, page, type } = await atTheDoor(t, plainPhone)
    const fits = async (what: string) => { t.notOk(await scrollsSideways(page), what) }

    await comeByEmail()
    t.equal(await heading(page), 'Home', 'without an authenticator the email is enough')
    await page.getByRole('link', { name: 'Your account' }).click()
    await page.getByRole('link', { name: 'Set up an authenticator app' }).click()
    t.ok(await page.getByRole('img', { name: 'QR code for your authenticator app' }).isVisible())
    await fits('the page with the key')
    const key = await keyOn(page)
    t.match(await page.getByRole('link', { name: 'Open it there' }).getAttribute('href'), `secret=${key}&`)

    await type(wrongCodeAt(key, clock.now), 'Finish')
    t.match(await main(page), /There is a problem This code is not right/)
    t.equal(await keyOn(page), key, 'the key that the phone has by now stays')
    await fits('the page with the key and a wrong code')
    await type('', 'Finish')
    t.match(await main(page), /There is a problem Enter the code from your authenticator app/)
    const first = codeAt(key, clock.now)
    await type(`${first.slice(0, 3)} ${first.slice(3)}`, 'Finish')
    t.match(await main(page), /Your authenticator app is set up.*Set up: Today at 12:00pm/)

    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await comeByEmail()
    t.equal(await heading(page), 'Type the code from your app')
    await fits('the page that asks for the code')
    await page.goto(`${origin}/staff/activities`)
    t.equal(await heading(page), 'Type the code from your app', 'no other page opens before')
    await type(first, 'Sign in')
    t.match(await main(page), /There is a problem This code is not right/, 'the code that set it up has been used')
    await fits('the page that asks for the code again')
    clock.now = noon.plus({ minutes: 1 })
    const second = codeAt(key, clock.now)
    await type(second, 'Sign in')
    t.equal(await heading(page), 'Home')

    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await comeByEmail()
    await type(wrongCodeAt(key, clock.now), 'Sign in')
    t.match(await main(page), /There is a problem This code is not right/)
    await type(second, 'Sign in')
    t.match(await main(page), /There is a problem This code is not right/, 'it let someone in before')
    t.equal(await heading(page), 'Type the code from your app', 'and they go on')
    clock.now = noon.plus({ minutes: 2 })
    await type(codeAt(key, clock.now), 'Sign in')
    t.equal(await heading(page), 'Home')

    await page.getByRole('link', { name: 'Your account' }).click()
    await page.getByRole('link', { name: 'Change it or remove it' }).click()
    await fits('the page about the authenticator')
    await type(wrongCodeAt(key, clock.now), 'Remove it')
    t.match(await main(page), /There is a problem This code is not right/)
    clock.now = noon.plus({ minutes: 3 })
    await type(codeAt(key, clock.now), 'Remove it')
    t.match(await main(page), /Set up an authenticator app/)
    const { factorSealed } = await db.staffMember.findUniqueOrThrow({ where: { id: member.id } })
    t.equal(factorSealed, null)
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await comeByEmail()
    t.equal(await heading(page), 'Home', 'the email is enough again')
  })

t.test('after five wrong codes someone reads that they are signed out; another email lets them in', withBrowser, async t => {
  const { clock, comeByEmail, member, db, page, type } = await atTheDoor(t, plainPhone)
  const key = await withAuthenticator(db, member)

  await comeByEmail()
  for (let n = 0; n < 5; n++) await type(wrongCodeAt(key, clock.now), 'Sign in')

  t.match(await main(page), 'You have been signed out, because it took too long or too many codes were wrong.')
  await comeByEmail()
  await type(codeAt(key, clock.now), 'Sign in')
  t.equal(await heading(page), 'Home')
})

t.test('axe-core has nothing to report on the pages of an authenticator, and all fit a small phone', withBrowser, async t => {
  const { clock, comeByEmail, page, type } = await atTheDoor(t, {})
  const isFit = async (what: string) => {
    for (const width of [320, 390, 1280]) {
      await page.setViewportSize({ width, height: 844 })
      t.strictSame(await axe(page), [], `${what} at ${width} px`)
      t.notOk(await scrollsSideways(page), `${what} fits ${width} px`)
      const folder = process.env.SCREENSHOTS
      if (folder === undefined || width === 320) continue
      await page.screenshot({ path: `${folder}/${what.replaceAll(' ', '-')}-${width}.png`, fullPage: true })
    }
  }

  await comeByEmail()
  await page.getByRole('link', { name: 'Your account' }).click()
  await page.getByRole('link', { name: 'Set up an authenticator app' }).click()
  const key = await keyOn(page)
  await isFit('the key')
  await type('12', 'Finish')
  await isFit('the key and a code that is none')
  await type(codeAt(key, clock.now), 'Finish')
  await isFit('the account with an authenticator')
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await comeByEmail()
  await isFit('the code of the authenticator')
  await type(wrongCodeAt(key, clock.now), 'Sign in')
  await isFit('a wrong code of the authenticator')
  clock.now = noon.plus({ minutes: 1 })
  await type(codeAt(key, clock.now), 'Sign in')
  await page.getByRole('link', { name: 'Your account' }).click()
  await page.getByRole('link', { name: 'Change it or remove it' }).click()
  await isFit('the authenticator')
})
