import type { FastifyPluginAsync } from 'fastify'
import { inAscii } from '../../platform/http/pages.ts'
import { isSlug } from '../../platform/http/url-params.ts'
import { adviceAsRead, adviceList } from '../advice/page.ts'
import type { AdvicePage } from '../advice/advice-page.ts'
import { AdviceNotFound } from '../advice/errors.ts'
import { findPublishedAdvice, listPublishedAdvice } from '../advice/queries.ts'
import type { Campaign } from '../campaigns/campaign.ts'
import { CampaignNotFound } from '../campaigns/errors.ts'
import { helplinesOf } from '../support/page.ts'
import { findPublicCampaign, listPublicCampaigns } from './public-activities.ts'

/**
 * Pages of advice: for all, and of campaigns of which strangers may know. They are here because of that: who may know
 * of a campaign is decided by its activities.
 */
export const adviceRoutes: FastifyPluginAsync = async app => {
  app.get('/advice', async (_, reply) => reply.html(await app.fresh('page /advice', async () => {
    const campaigns = await listPublicCampaigns(app.db, app.clock())
    const pages = await listPublishedAdvice(app.db, campaigns.map(({ id }) => id))
    return inAscii(app.render('programme/advice/all-advice', {
      forAll: adviceList(pages.filter(({ campaignId }) => campaignId === undefined)),
      campaigns: campaigns.map(campaign => ({
        title: campaign.title,
        href: `/campaigns/${campaign.slug}`,
        pages: adviceList(pages.filter(({ campaignId }) => campaignId === campaign.id), campaign)
      })).filter(({ pages }) => pages.length > 0)
    }))
  })))

  app.get<{ Params: { page: string } }>('/advice/:page', async ({ params: { page: slug } }, reply) =>
    reply.html(await app.fresh(`page /advice/${slug}`, async () => inAscii(rendered(await published(slug))))))

  app.get<{ Params: { slug: string, page: string } }>('/campaigns/:slug/advice/:page', async ({ params }, reply) =>
    reply.html(await app.fresh(`page /campaigns/${params.slug}/advice/${params.page}`, async () => {
      const campaign = isSlug(params.slug) ? await findPublicCampaign(app.db, params.slug, app.clock()) : undefined
      if (campaign === undefined) throw new CampaignNotFound()
      return inAscii(rendered(await published(params.page, campaign), campaign))
    })))

  async function published (slug: string, campaign?: Campaign): Promise<AdvicePage> {
    const page = isSlug(slug) ? await findPublishedAdvice(app.db, campaign?.id, slug) : undefined
    if (page === undefined) throw new AdviceNotFound()
    return page
  }

  /** On a page for young people, those come first who are there for them. */
  function rendered (page: AdvicePage, campaign?: Campaign): string {
    const contacts = helplinesOf(app.helplines(), campaign?.districts)
    const helplines = page.audience === 'young-people'
      ? contacts.toSorted((one, other) => Number(other.forYoungPeople) - Number(one.forYoungPeople))
      : contacts
    return app.render('programme/advice/advice', {
      ...adviceAsRead(page),
      back: campaign === undefined
        ? { text: 'Advice', href: '/advice' }
        : { text: campaign.title, href: `/campaigns/${campaign.slug}` },
      helplines
    })
  }
}
