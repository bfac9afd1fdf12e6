import type { FastifyPluginAsync } from 'fastify'
import { inAscii } from '../../platform/http/pages.ts'
import { isSlug, pageNumber } from '../../platform/http/url-params.ts'
import {
  findPublicCampaign, listPublicActivities, listPublicCampaigns, readPublicActivities
} from '../activities/public-activities.ts'
import { CampaignNotFound } from '../campaigns/errors.ts'
import { helplinesOf } from '../support/page.ts'
import { aboutCampaign } from './about.ts'
import { frontPageOf, namedIn, programmePageOf, shownOf, toComeOf } from './page.ts'
import { askedIn, searchOf } from './programme-filter.ts'
import { findPublicProgramme } from './queries.ts'

interface OfCampaign { Params: { slug: string }, Querystring: Record<string, unknown> }

/** More pages than the first one has. */
const maxPage = 20

/**
 * The first page and the programmes of campaigns. They are the same for everyone, so each is rendered at most once a
 * second however many people look. What can be chosen of a programme comes from one reading of it, and only what can be
 * chosen makes a page of its own: odd addresses neither ask the database nor fill the memory. Of hundreds of activities
 * a page reads in full only those that it names.
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
      return { ...found, about }
    })
    const { asked, isUnderstood } = askedIn(query, known.choices)
    const search = searchOf(asked)
    return reply.html(await app.fresh(`page /campaigns/${slug}${search}${isUnderstood ? '' : ' in part'}`, async () => {
      const now = app.clock()
      const shown = shownOf(known.programme, asked, now)
      const read = await readPublicActivities(app.db, now, namedIn(shown))
      const named = new Map(read.map(activity => [activity.id, activity]))
      const model = programmePageOf(known, shown, named, { isUnderstood, now, publicUrl: app.publicUrl })
      const sharing = app.sharing.ofCampaign(known.campaign, toComeOf(shown, named))
      const helplines = helplinesOf(app.helplines(), known.campaign.districts)
      return inAscii(app.render('programme/activities/campaign', { ...model, ...known.about, sharing, helplines }))
    }))
  })
}
