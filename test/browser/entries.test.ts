import t from 'tap'
import { contextWith, keeping } from '../support/email-context.ts'
import { aSchool, anEntry, anEntryForm, ownLinkIn, tellEntrants } from '../support/entries.ts'
import { axe, openPage, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'
import { aSite } from './site.ts'

t.test('a school secretary enters something on a phone without scripts, and a coordinator reads and approves it', withBrowser, async t => {
  const site = await aSite(t)
  const campaign = await anEntryForm(site.db, {
    isListed: true, introduction: 'Join in!', questions: [{ text: 'How many come?', choices: ['Up to 20', 'More'], isRequired: true }]
  })
  await anEntry(site.db, campaign, { activity: { title: 'A long-planned stall', status: 'published' } })
  const page = await openPage(t, plainPhone)
  await page.goto(`${site.origin}/campaigns/${campaign.slug}`)
  await page.getByRole('link', { name: /Do you do something too/ }).click()
  t.notOk(await scrollsSideways(page))
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByText('There is a problem').waitFor()
  t.notOk(await scrollsSideways(page))
  await page.getByLabel('What is it called?').fill(aSchool.title)
  await page.getByLabel('What kind of activity is it?').selectOption('stall')
  await page.getByLabel('Which day?').fill(aSchool.starts_day)
  await page.getByLabel('It starts at').fill(aSchool.starts_time)
  await page.getByLabel('It ends at').fill(aSchool.ends_time)
  await page.getByLabel('Where is it?').fill(aSchool.venue)
  await page.getByLabel('District').selectOption('Bolton')
  await page.getByLabel('Parents', { exact: true }).check()
  await page.getByLabel('Yes, people can drop in').check()
  await page.getByLabel('What happens?').fill(aSchool.summary)
  await page.getByLabel('Up to 20').check()
  await page.getByLabel('School or organisation').fill(aSchool.organisation)
  await page.getByLabel('Full name').fill(aSchool.name)
  await page.getByLabel('Work email address').fill(aSchool.email)
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByRole('heading', { name: 'Check your email' }).waitFor()

  const mailer = keeping()
  t.strictSame(await tellEntrants(site, { ...contextWith(site, mailer), publicUrl: 'https://workshops.example.org' }), [])
  const link = ownLinkIn(mailer.kept[0]?.text ?? '')
  await page.goto(site.origin + link)
  await page.getByRole('button', { name: 'Send it to the organisers' }).click()
  await page.getByText('We have it. Someone reads it').waitFor()
  t.notOk(await scrollsSideways(page))

  const { page: staff } = await site.staffAt({ viewport: { width: 320, height: 640 } })
  await staff.goto(`${site.origin}/staff/approvals/reading`)
  t.strictSame(await axe(staff), [])
  t.notOk(await scrollsSideways(staff))
  await staff.getByLabel(`I have read this: ${aSchool.title}`).check()
  await staff.getByRole('button', { name: 'Approve what is ticked' }).click()
  await staff.getByRole('button', { name: 'Approve and publish 1' }).click()
  await staff.getByText('1 activity is published.').waitFor()

  await t.test('every page is accessible', async t => {
    const open = await openPage(t)
    for (const address of [
      `/campaigns/${campaign.slug}/take-part`, `/campaigns/${campaign.slug}/take-part/links`, `/campaigns/${campaign.slug}/take-part/sent`, link,
      `${link}/change`, `/campaigns/${campaign.slug}`
    ]) {
      await open.goto(site.origin + address)
      t.strictSame(await axe(open), [], address)
    }
    for (const address of ['entry-form', 'entries', 'entries/invitation']) {
      await staff.goto(`${site.origin}/staff/campaigns/${campaign.slug}/${address}`)
      t.strictSame(await axe(staff), [], address)
      t.notOk(await scrollsSideways(staff), address)
    }
  })
})
