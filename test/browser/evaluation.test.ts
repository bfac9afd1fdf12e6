import t from 'tap'
import { answersOfMany, askingActivity, linksToAnswer } from '../support/evaluations.ts'
import { links } from '../support/service.ts'
import { aBooking, noon } from '../support/world.ts'
import { axe, openPage, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'
import { aSite } from './site.ts'

t.test('what people thought', withBrowser, async t => {
  const site = await aSite(t)
  const activity = await askingActivity(site.db)
  const booking = await aBooking(site.db, activity.id, { role: 'professional', attended: true, name: 'Zoë O’Brien' })
  const answerAt = `${site.origin}/evaluations/${linksToAnswer.tokenOf(linksToAnswer.linkOf(booking, 'after'))}`

  await t.test('a professional answers on a small phone without scripts, and gets a certificate that can be checked', async t => {
    const page = await openPage(t, plainPhone)
    const main = async () => (await page.locator('main').innerText()).replaceAll(/\s+/g, ' ')
    const isFine = async (name: string) => { t.notOk(await scrollsSideways(page), name) }

    await page.goto(`${site.origin}/bookings/${links.tokenOf(booking)}/certificate`)
    await isFine('certificate-first')
    await page.getByRole('button', { name: 'Answer the questions' }).click()
    await isFine('answering')
    await page.getByRole('group', { name: 'How confident do you feel' }).getByLabel('4').check()
    await page.getByLabel('Talk with a child about it').check()
    await page.getByLabel('What could we do better?').fill('A longer break')
    await page.getByRole('button', { name: 'Send my answers' }).click()
    t.match(await main(), /Thank you for answering/)
    await isFine('answered')
    await page.getByLabel('Your email address').fill('zoe@example.org')
    await page.getByRole('button', { name: 'Yes, ask me once more' }).click()
    t.match(await main(), /We ask you once more/)

    await page.goto(`${site.origin}/bookings/${links.tokenOf(booking)}`)
    await page.getByRole('link', { name: 'Your certificate of attendance' }).click()
    await isFine('certificate-ready')
    const [download] = await Promise.all([
      page.waitForEvent('download'), page.getByRole('button', { name: 'Get my certificate' }).click()
    ])
    t.equal(download.suggestedFilename(), 'certificate.pdf')
  })

  await t.test('pages are as accessible as they look', async t => {
    const page = await openPage(t)
    const certificate = await site.db.certificate.findFirst()
    t.ok(certificate)
    for (const address of ['/certificates', `/bookings/${links.tokenOf(booking)}/certificate`]) {
      await page.goto(site.origin + address)
      t.strictSame(await axe(page), [], address)
    }
    await page.goto(answerAt)
    t.strictSame(await axe(page), [], 'thanks')
    const other = await aBooking(site.db, activity.id)
    await page.goto(`${site.origin}/bookings/${links.tokenOf(other)}/evaluation`)
    t.strictSame(await axe(page), [], 'the questions')
    await page.getByRole('button', { name: 'Send my answers' }).click()
    await page.getByRole('link', { name: 'Answer at least one question' }).waitFor()
    t.strictSame(await axe(page), [], 'the questions again')
  })

  await t.test('an organiser reads results with pictures, on a desktop, a phone and paper', async t => {
    await answersOfMany(site.db, activity.id, 7, [{ number: 1, value: 2 }], 'before', noon.minus({ days: 2 }))
    await answersOfMany(site.db, activity.id, 5, [
      { number: 1, value: 4 }, { number: 2, value: 5 }, { number: 3, value: 2 }, { number: 4, text: 'It helped me to begin' }
    ])
    const address = `${site.origin}/staff/activities/${activity.slug}/evaluation`
    for (const [name, width] of [['desktop', 1280], ['phone', 390]] as const) {
      const { page } = await site.staffAt({ viewport: { width, height: 300 } })
      await page.goto(address)
      t.strictSame(await page.evaluate('[...document.querySelectorAll("main img")].map(image => image.naturalWidth > 0)'),
        [true, true], `${name}: all pictures are there once it is loaded, to be printed without scrolling`)
      t.notOk(await scrollsSideways(page), name)
      t.strictSame(await axe(page), [], name)
    }
  })

  await t.test('an organiser fills in questions on a phone without scripts', async t => {
    const { page } = await site.staffAt(plainPhone)
    const [campaign] = await site.db.campaign.findMany()
    await page.goto(`${site.origin}/staff/campaigns/${campaign?.slug}/questions-afterwards`)
    t.notOk(await scrollsSideways(page))
    await page.getByLabel('These questions').check()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('The questions afterwards are saved.').waitFor()
    t.equal(await site.db.questionnaire.count({ where: { campaignId: campaign?.id ?? null } }), 1)
  })
})
