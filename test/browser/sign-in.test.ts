import type { Page } from 'playwright-core'
import t from 'tap'
import { aMailbox, emails } from '../support/mailbox.ts'
import { openIdServer } from '../support/openid-server.ts'
import { freePort, runService } from '../support/running-service.ts'
import { aStaffMember } from '../support/staff.ts'
import { world } from '../support/world.ts'
import { axe, openPage, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'

const heading = async (page: Page) => await page.locator('h1').innerText()

async function ask (page: Page, url: string, email: string): Promise<void> {
  await page.goto(`${url}/staff`)
  await page.getByLabel('Your work email address').fill(email)
  await page.getByRole('button', { name: 'Email me a link' }).click()
}

t.test('without scripts, someone asks for an email, and signs in by its link, or on another device by its code',
  withBrowser, async t => {
    const { db, url: DATABASE_URL } = await world(t)
    const mailbox = await aMailbox(t)
    const port = String(await freePort())
    const service = await runService(t, {
      DATABASE_URL, SMTP_URL: mailbox.url, PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`
    })
    await aStaffMember(db, { email: 'anne@council.example', name: 'Anne O’Brien' })
    const [desk, phone] = [await openPage(t, { javaScriptEnabled: false }), await openPage(t, plainPhone)]
    const email = async (count: number) => {
      const text = (await emails(mailbox, count))[count - 1]?.mail.text ?? ''
      return { link: /http:\S+\/staff\/sign-in\/\S+/.exec(text)?.[0] ?? '', code: /\d{3} \d{3}/.exec(text)?.[0] ?? '' }
    }

    await ask(desk, service.url, 'stranger@council.example')
    t.equal(await heading(desk), 'Check your email')
    await ask(desk, service.url, 'anne@council.example')
    t.equal(await heading(desk), 'Check your email')
    const first = await email(1)
    await phone.goto(first.link)
    t.equal(await heading(phone), 'Sign in where you asked for this link')
    await desk.getByLabel('Code from the email').fill(first.code)
    await desk.getByRole('button', { name: 'Sign in' }).click()
    t.equal(await heading(desk), 'Home')

    await ask(phone, service.url, 'anne@council.example')
    await phone.goto((await email(2)).link)
    t.equal(await heading(phone), 'Sign in')
    await phone.getByRole('button', { name: 'Sign in' }).click()
    t.equal(await heading(phone), 'Home')

    await desk.goto(`${service.url}/staff/account`)
    await desk.getByRole('button', { name: 'Sign out everywhere else' }).click()
    t.match(await desk.locator('main').innerText(), 'All your other browsers are signed out.')
    await phone.reload()
    t.equal(await heading(phone), 'Sign in')
    t.equal(mailbox.taken.length, 2, 'the stranger got none')
    const output = service.output()
    for (const secret of [first.link.split('/').at(-1), first.code, 'anne@council.example']) t.notOk(output.includes(String(secret)))
  })

t.test('in Chromium, without scripts, someone connects their work account and signs in with it', withBrowser, async t => {
  const { db, url: DATABASE_URL } = await world(t)
  const mailbox = await aMailbox(t)
  const port = String(await freePort())
  const publicUrl = `http://127.0.0.1:${port}`
  const { access } = await openIdServer(t, [`${publicUrl}/staff/sign-in/openid/return`])
  const service = await runService(t, {
    DATABASE_URL,
    SMTP_URL: mailbox.url,
    PORT: port,
    PUBLIC_URL: publicUrl,
    OIDC_ISSUER: access.issuer,
    OIDC_CLIENT_ID: access.clientId,
    OIDC_CLIENT_SECRET: access.clientSecret
  })
  await aStaffMember(db, { email: 'anne@council.example' })
  const page = await openPage(t, { javaScriptEnabled: false })
  const refused: string[] = []
  page.on('console', message => { if (/Content Security Policy/.test(message.text())) refused.push(message.text()) })

  await ask(page, service.url, 'anne@council.example')
  await page.goto(/http:\S+\/staff\/sign-in\/\S+/.exec((await emails(mailbox, 1))[0]?.mail.text ?? '')?.[0] ?? '')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('link', { name: 'Your account' }).click()
  await page.getByRole('button', { name: 'Connect your work account' }).click()
  await page.locator('input[name=login]').fill('anne-7')
  await page.locator('input[name=password]').fill('any')
  await page.locator('button[type=submit]').click()
  await page.locator('button[type=submit]').click()
  t.match(await page.locator('main').innerText(), 'Your work account is connected.')
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await page.getByRole('button', { name: 'Sign in with your work account' }).click()
  await page.getByRole('heading', { name: 'Home' }).waitFor()

  t.match(await db.staffSession.findMany({ where: { endedAt: null } }), [{ openedBy: 'openid', device: 'Chrome on Linux' }])
  t.strictSame(refused, [])
  t.notOk(service.output().includes('code='), 'nothing of the way back is logged')
})

t.test('every page of signing in and of the account holds against axe and fits a small phone', withBrowser, async t => {
  const { db, url: DATABASE_URL } = await world(t)
  const mailbox = await aMailbox(t)
  const port = String(await freePort())
  const publicUrl = `http://127.0.0.1:${port}`
  const { access } = await openIdServer(t, [`${publicUrl}/staff/sign-in/openid/return`])
  const service = await runService(t, {
    DATABASE_URL,
    SMTP_URL: mailbox.url,
    PORT: port,
    PUBLIC_URL: publicUrl,
    OIDC_ISSUER: access.issuer,
    OIDC_CLIENT_ID: access.clientId,
    OIDC_CLIENT_SECRET: access.clientSecret
  })
  const anne = await aStaffMember(db, { email: 'anne@council.example', name: 'Anne O’Brien' })
  await aStaffMember(db, { name: 'Olu Organiser-with-a-rather-long-name', role: 'organiser', issuer: access.issuer, subject: 'olu' })
  const page = await openPage(t, { viewport: { width: 320, height: 640 } })
  const other = await openPage(t)
  const isFit = async (what: string) => {
    t.strictSame(await axe(page), [], what)
    t.notOk(await scrollsSideways(page), `${what} does not scroll sideways`)
    const folder = process.env.SCREENSHOTS
    if (folder === undefined) return
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 844 })
      await page.screenshot({ path: `${folder}/${what.replaceAll(' ', '-')}-${width}.png`, fullPage: true })
    }
    await page.setViewportSize({ width: 320, height: 640 })
  }

  await page.goto(`${service.url}/staff/sign-in`)
  await isFit('signing in')
  await page.getByRole('button', { name: 'Email me a link' }).click()
  await isFit('signing in without an address')
  await ask(other, service.url, anne.email)
  const link = /http:\S+\/staff\/sign-in\/\S+/.exec((await emails(mailbox, 1))[0]?.mail.text ?? '')?.[0] ?? ''
  await page.goto(link)
  await isFit('the link in another browser')
  await page.goto(`${service.url}/staff/sign-in/0`)
  await isFit('a link that is gone')
  await page.goto(`${service.url}/staff/sign-in/openid/return`)
  await isFit('an answer that is none')
  await ask(page, service.url, anne.email)
  await isFit('the code')
  await page.getByLabel('Code from the email').fill('000 000')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await isFit('a wrong code')
  await page.goto(/http:\S+\/staff\/sign-in\/\S+/.exec((await emails(mailbox, 2))[1]?.mail.text ?? '')?.[0] ?? '')
  await isFit('the link')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await db.staffSession.createMany({
    data: ['Safari on iPhone', 'Edge on Windows'].map((device, n) => ({
      staffMemberId: anne.id, tokenHash: device, device, openedBy: n === 0 ? 'code' : 'openid', createdAt: new Date(), lastSeenAt: new Date(), signedInAt: new Date()
    }))
  })
  await page.goto(`${service.url}/staff/account`)
  await isFit('the account')
  await page.goto(`${service.url}/staff/account/everyone`)
  await isFit('everyone')
  await page.getByRole('link', { name: anne.name }).click()
  await isFit('one of them')
  await page.getByRole('button', { name: /Sign out Edge on Windows/ }).first().click()
  await isFit('one signed out')
})
