import t from 'tap'
import { aCampaign, anActivity, noon } from '../support/world.ts'
import { axe, openPage, plainPhone, scrollsSideways, withBrowser } from './chromium.ts'
import { aSite } from './site.ts'

t.test('pages to share, and the badge, are read by everyone, fit on a small phone and break no rule of the browser', withBrowser, async t => {
  const { origin, db } = await aSite(t)
  const { id: campaignId, slug } = await aCampaign(db, { title: 'Know who your friends are', lastDay: new Date('2026-11-30') })
  const { id: leadAgencyId } = await db.agency.create({ data: { slug: 'bolton', name: 'Bolton Council' } })
  await anActivity(db, {
    campaignId, leadAgencyId, startsAt: noon.minus({ days: 2 }).toJSDate(), endsAt: noon.minus({ days: 1 }).toJSDate()
  })
  const activity = await anActivity(db, { campaignId, title: 'A title with “quotes” & <signs>' })
  const page = await openPage(t)
  const phone = await openPage(t, plainPhone)
  const said: string[] = []
  page.on('console', message => { said.push(message.text()) })

  for (const path of [`/activities/${activity.slug}`, `/campaigns/${slug}`, `/campaigns/${slug}/badge`]) {
    await page.goto(origin + path)
    t.strictSame(await axe(page), [], path)
    await phone.goto(origin + path)
    t.notOk(await scrollsSideways(phone), path)
  }

  t.strictSame(said, [], 'the data for search engines is nothing that the policy would stop')
  const badge = page.getByRole('img', { name: 'Bolton Council: we took part in Know who your friends are' })
  t.ok(await badge.evaluate(async image => {
    const picture = image as unknown as { decode: () => Promise<void>, naturalWidth: number }
    await picture.decode()
    return picture.naturalWidth > 0
  }), 'it is drawn')
})
