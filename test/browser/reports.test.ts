import t from 'tap'
import { aPastActivity } from '../support/reported.ts'
import { anAgency } from '../support/staff.ts'
import { aCampaign, anActivity } from '../support/world.ts'
import type { Db } from '../../src/platform/database/connect.ts'
import { suggested } from '../../src/programme/evaluations/questionnaire.ts'
import { axe, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'
import { aSite } from './site.ts'

/** A quarter of two campaigns. */
async function aQuarter (db: Db): Promise<void> {
  const { id: leadAgencyId } = await anAgency(db, { name: 'NSPCC' })
  const [safe, gaming] = [
    await aCampaign(db, { title: 'It’s Not OK: staying safe online' }), await aCampaign(db, { title: 'Gaming, chat and strangers' })
  ]
  const districts = ['Allerdale', 'Barrow-in-Furness', 'Carlisle', 'Copeland', 'Eden', 'South Lakeland']
  for (let n = 0; n < 9; n++) {
    const { id: activityId } = await aPastActivity(db, 55 + 4 * n, districts.map((district, of) => ({
      came: (n + of) % 5 + (of === 2 ? 4 : 1),
      away: (n * of) % 3,
      unknown: n % 4 === 0 ? 1 : 0,
      district,
      role: of % 3 === 0 ? 'professional' : 'parent',
      heardFrom: of % 2 === 0 ? 'School newsletter' : 'Facebook',
      daysBefore: of * 6
    })), {
      title: n % 2 === 0 ? 'Keeping your child safe online' : 'Helping your child with a phone of their own',
      campaignId: n % 2 === 0 ? safe.id : gaming.id,
      leadAgencyId: n % 2 === 0 ? leadAgencyId : null,
      capacity: 30,
      walkIns: n
    })
    await db.questionnaire.create({ data: { activityId, questions: [...suggested.questions], isAnswered: true } })
    await db.evaluationCount.createMany({
      data: ([['before', 1, [4, 7, 6, n % 3, 0]], ['after', 1, [0, 1, 5, 9, 5 + n]], ['after', 2, [n % 2, 0, 2, 8, 11]],
        ['after', 3, [9, 6, 2, 5, 1]]] as const).flatMap(([occasion, question, counts]) =>
        counts.map((count, value) => ({ activityId, occasion, question, value: value + 1, count })))
    })
  }
  await anActivity(db, { title: 'The next one', campaignId: safe.id, capacity: 20 })
}

t.test('a report on a desktop, on a phone without scripts, and on paper', withBrowser, async t => {
  const site = await aSite(t)
  await aQuarter(site.db)

  for (const [what, options] of [['desktop', { viewport: { width: 1280, height: 900 } }], ['phone', plainPhone]] as const) {
    const { page } = await site.staffAt(options)
    const blocked: string[] = []
    page.on('console', message => { if (/Content.Security.Policy/i.test(message.text())) blocked.push(message.text()) })
    await page.goto(`${site.origin}/staff`)
    await page.getByRole('link', { name: 'Reports' }).click()
    await page.getByLabel('From', { exact: true }).selectOption('July to September 2026')
    await page.getByLabel('To', { exact: true }).selectOption('July to September 2026')
    await page.getByLabel('A line for').selectOption('Each campaign')
    await page.getByRole('button', { name: 'Show' }).click()
    await page.getByRole('heading', { name: 'Where people live' }).waitFor()

    t.equal(await page.getByRole('img', { name: /^A bar for each line|^Where people live: a bar/ }).count(), 2, what)
    t.equal(await page.getByRole('rowheader', { name: 'Carlisle' }).count(), 1)
    t.equal(await page.getByRole('img', { name: 'How useful was it for you? A bar for each answer' }).count(), 1)
    t.equal(await page.getByRole('table', { name: 'Answers to: How confident do you feel' }).count(), 1)
    t.notOk(await scrollsSideways(page), what)
    t.strictSame(blocked, [])
    if (what === 'desktop') {
      t.strictSame(await axe(page), [])
      t.ok((await page.pdf()).length > 20_000)
    }
    await page.getByRole('link', { name: 'How many come of those who book' }).click()
    await page.getByRole('link', { name: 'The next one' }).waitFor()
    t.notOk(await scrollsSideways(page), what)
    if (what === 'desktop') t.strictSame(await axe(page), [])
  }
})
