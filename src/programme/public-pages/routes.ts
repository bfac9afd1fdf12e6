import type { FastifyPluginAsync } from 'fastify'
import { inAscii } from '../../platform/http/pages.ts'
import { isSlug, pageNumber } from '../../platform/http/url-params.ts'
import { findPublicCampaign, listPublicActivities, listPublicCampaigns } from '../activities/public-activities.ts'
import { CampaignNotFound } from '../campaigns/errors.ts'
import { helplinesOf } from '../support/page.ts'
import { aboutCampaign } from './about.ts'
import { frontPageOf, programmePageOf } from './page.ts'
import { askedIn, searchOf } from './programme-filter.ts'
import { findPublicProgramme } from './queries.ts'

interface OfCampaign { Params: { slug: string }, Querystring: Record<string, unknown> }

/** More pages than the first one has. */
const maxPage = 20

/**
 * The first page and the programmes of campaigns. They are the same for everyone, so each is rendered at most once a
 * second however many people look. All pages of a programme come from one reading of it: only what can be chosen makes
 * a page of its own, so odd addresses neither ask the database nor fill the memory.
 */
export const publicPageRoutes: FastifyPluginAsync = async app => {
  app.get<{ Querystring: { page?: unknown } }>('/', async ({ query }, reply) => {
    const page = Math.min(pageNumber(query.page), maxPage)
    return reply.html(await app.fresh(`page /${searchOf({ page })}`, async () => {
      const now = app.clock()
      const [bookable, dropIns, campaigns] = await Promise.all([
        listPublicActivities(app.db, now, { from: now, booking: 'places' }),
        listPublicActivities(app.db, now, { from: now, booking: 'drop-in' }),
        listPublicCampaigns(app.db, now)
      ])
      return inAscii(app.render('programme/activities/programme', frontPageOf({ bookable, dropIns, campaigns }, page, now)))
    }))
  })

  app.get<OfCampaign>('/campaigns/:slug', async ({ params: { slug }, query }, reply) => {
    const known = await app.fresh(`programme of ${slug}`, async () => {
      const now = app.clock()
      if (!isSlug(slug)) throw new CampaignNotFound()
      // What it says of itself is read while the database looks for its activities.
      const campaignAsked = findPublicCampaign(app.db, slug, now)
      const [found, about] = await Promise.all([
        findPublicProgramme(app.db, slug, now, { campaignAsked }),
        campaignAsked.then(async campaign => campaign && await aboutCampaign(app.db, campaign, now))
      ])
      if (found === undefined) throw new CampaignNotFound()
      const activities = found.programme.map(({ activity }) => activity)
      const sharing = app.sharing.ofCampaign(found.campaign, activities, now)
      return { ...found, said: { ...about, sharing } }
    })
    const { asked, isUnderstood } = askedIn(query, known.choices)
    const search = searchOf(asked)
    return reply.html(await app.fresh(`page /campaigns/${slug}${search}${isUnderstood ? '' : ' in part'}`, async () => {
      const model = programmePageOf(known, { asked, isUnderstood, now: app.clock(), publicUrl: app.publicUrl })
      const helplines = helplinesOf(app.helplines(), known.campaign.districts)
      return inAscii(app.render('programme/activities/campaign', { ...model, ...known.said, helplines }))
    }))
  })
}
