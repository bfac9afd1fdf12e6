import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { DateTime } from 'luxon'
import type { Campaign } from '../campaigns/campaign.ts'
import { inAscii } from '../../platform/http/pages.ts'
import { isSlug } from '../../platform/http/url-params.ts'
import { helplinesOf } from '../support/page.ts'
import { ActivityNotFound } from './errors.ts'
import { bookableOf, pageOf } from './page.ts'
import { findPublicActivity, listPublicActivities } from './public-activities.ts'
import type { Activity } from './activity.ts'
import type { OfferedActivity } from './queries.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** What pages tell other programs, and how they are passed on (programme/sharing). */
    sharing: {
      ofActivity: (activity: OfferedActivity, now: DateTime<true>) => object
      ofCampaign: (campaign: Campaign, toCome: { next: readonly Activity[], isToCome: boolean }) => object
    }
  }
}

interface Slug { Params: { slug: string } }

/** Activities' own pages: the same for everyone, so each is rendered at most once a second however many people look. */
export const activityRoutes: FastifyPluginAsync = async app => {
  app.get<Slug>('/activities/:slug', async ({ params: { slug } }, reply) =>
    reply.html(await app.fresh(`page /activities/${slug}`, async () => {
      const activity = await offeredActivity(app, slug)
      const helplines = helplinesOf(app.helplines(), activity.campaign.districts)
      const now = app.clock()
      const model = { ...pageOf(activity, now), helplines, sharing: app.sharing.ofActivity(activity, now) }
      return inAscii(app.render('programme/activities/activity', model))
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
export async function bookableNow (app: FastifyInstance): Promise<ReturnType<typeof bookableOf>> {
  return await app.fresh('bookable now', async () => {
    const now = app.clock()
    return bookableOf(await listPublicActivities(app.db, now, { from: now, booking: 'places' }), now)
  })
}
