import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { CampaignNotFound } from '../campaigns/errors.ts'
import { listPublishedScenarios } from '../campaigns/queries.ts'
import { inAscii } from '../../platform/http/pages.ts'
import { isSlug } from '../../platform/http/url-params.ts'
import { helplinesOf } from '../support/page.ts'
import { ActivityNotFound } from './errors.ts'
import { campaignPageOf, pageOf, programmeOf } from './page.ts'
import {
  findPublicActivity, findPublicCampaign, listPublicActivities, listPublicCampaigns
} from './public-activities.ts'
import type { OfferedActivity } from './queries.ts'

interface Slug { Params: { slug: string } }

/**
 * The programme, its campaigns and activities. They are the same for everyone, so each is rendered at most once a
 * second however many people look.
 */
export const activityRoutes: FastifyPluginAsync = async app => {
  app.get('/', async (_, reply) => reply.html(await app.fresh('page /', async () => {
    const now = app.clock()
    const [activities, campaigns] = await Promise.all([
      listPublicActivities(app.db, now, { from: now }), listPublicCampaigns(app.db, now)
    ])
    return inAscii(app.render('programme/activities/programme', programmeOf(activities, campaigns, now)))
  })))

  app.get<Slug>('/campaigns/:slug', async ({ params: { slug } }, reply) =>
    reply.html(await app.fresh(`page /campaigns/${slug}`, async () => {
      const now = app.clock()
      const campaign = isSlug(slug) ? await findPublicCampaign(app.db, slug, now) : undefined
      if (campaign === undefined) throw new CampaignNotFound()
      const [activities, scenarios] = await Promise.all([
        listPublicActivities(app.db, now, { campaignSlug: slug }), listPublishedScenarios(app.db, slug)
      ])
      const helplines = helplinesOf(app.helplines(), campaign.districts)
      const model = { ...campaignPageOf(campaign, activities, now), scenarios, helplines }
      return inAscii(app.render('programme/activities/campaign', model))
    })))

  app.get<Slug>('/activities/:slug', async ({ params: { slug } }, reply) =>
    reply.html(await app.fresh(`page /activities/${slug}`, async () => {
      const activity = await offeredActivity(app, slug)
      const helplines = helplinesOf(app.helplines(), activity.campaign.districts)
      return inAscii(app.render('programme/activities/activity', { ...pageOf(activity, app.clock()), helplines }))
    })))
}

/** A public activity, as it was within the last second. */
export async function offeredActivity (app: FastifyInstance, slug: string): Promise<OfferedActivity> {
  const activity = await app.fresh(`activity ${slug}`, async () =>
    isSlug(slug) ? await findPublicActivity(app.db, slug, app.clock()) : undefined)
  if (activity === undefined) throw new ActivityNotFound()
  return activity
}

/** An activity as last read, if it ever was: for when the database is away. */
export function lastKnownActivity (app: FastifyInstance, slug: string): OfferedActivity | undefined {
  return app.lastKnown(`activity ${slug}`) as OfferedActivity | undefined
}

/** What can be booked now, soonest first, as cards. */
export async function bookableNow (app: FastifyInstance): Promise<ReturnType<typeof programmeOf>['bookable']> {
  return await app.fresh('bookable now', async () => {
    const now = app.clock()
    return programmeOf(await listPublicActivities(app.db, now, { from: now }), [], now).bookable
  })
}
