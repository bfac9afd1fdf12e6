import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { bookability } from '../../programme/activities/booking-window.ts'
import { readPublicActivities } from '../../programme/activities/public-activities.ts'
import { offeredActivity } from '../../programme/activities/routes.ts'
import { BookingNotFound } from '../../booking/bookings/errors.ts'
import { bookingByLink } from '../../booking/bookings/own-booking-routes.ts'
import { isThere, tagOf } from '../../platform/http/tagged.ts'
import { isSlug } from '../../platform/http/url-params.ts'
import { chosenInWords } from '../../programme/public-pages/in-words.ts'
import { askedIn, matches, searchOf } from '../../programme/public-pages/programme-filter.ts'
import { findPublicProgramme } from '../../programme/public-pages/queries.ts'
import { CampaignNotFound } from '../../programme/campaigns/errors.ts'
import { calendarEntryOf } from './calendar-entry.ts'
import type { CalendarEntryParts } from './calendar-entry.ts'
import { activityFeed, campaignFeed } from './feed.ts'
import { invitation } from './invitation.ts'

interface OfCampaign { Params: { campaign: string }, Querystring: Record<string, unknown> }

/** Past activities stay in a campaign's feed for a year. */
const kept = { years: 1 }

/** Maximum number of activities in a feed; no one follows a larger programme. */
const maxInFeed = 1000

/** Public calendars, and the entry that people download from the page of their booking. */
export const invitationRoutes: FastifyPluginAsync<{ entry: CalendarEntryParts }> = async (app, { entry }) => {
  app.get<OfCampaign>('/calendar/:campaign.ics', async (request, reply) => {
    const { campaign: slug } = request.params
    const { campaign, programme, choices } = await app.fresh(`programme in calendars of ${slug}`, async () => {
      const now = app.clock()
      const found = isSlug(slug)
        ? await findPublicProgramme(app.db, slug, now, { from: now.minus(kept), limit: maxInFeed })
        : undefined
      if (found === undefined) throw new CampaignNotFound()
      return found
    })
    const { asked, isUnderstood } = askedIn(request.query, choices)
    const search = searchOf({ ...asked, view: 'list', page: 1 })
    const feed = await app.fresh(`calendar ${slug}${search}${isUnderstood ? '' : ' of nothing'}`, async () => {
      // Someone who follows a district that is gone would otherwise have everything in their calendar overnight.
      const found = isUnderstood ? programme.filter(one => matches(one, asked)) : []
      const activities = await readPublicActivities(app.db, app.clock(), found.map(({ activity: { id } }) => id))
      const words = chosenInWords(asked).map(({ words }) => words)
      return taggedFeed(campaignFeed(campaign, activities, feedParts(), { words, search }))
    })
    return await answerWith(feed, `${slug}.ics`, request, reply)
  })

  app.get<{ Params: { slug: string } }>('/calendar/activities/:slug.ics', async (request, reply) => {
    const { slug } = request.params
    const activity = await offeredActivity(app, slug)
    return await answerWith(taggedFeed(activityFeed(activity, feedParts())), `${slug}.ics`, request, reply)
  })

  // For people whose mail program made no entry in their calendar.
  app.get<{ Params: { token: string } }>('/bookings/:token/invitation.ics', async ({ params }, reply) => {
    reply.header('x-robots-tag', 'noindex')
    const booking = await bookingByLink(app, entry.links, params.token)
    const now = app.clock()
    const state = bookability(booking.activity, now)
    // An entry for what is cancelled, over or not yet theirs would promise something untrue.
    if (booking.status !== 'confirmed' || state === 'cancelled' || state === 'over') throw new BookingNotFound()

    return await reply
      .headers({
        'content-type': 'text/calendar; charset=utf-8; method=PUBLISH',
        'content-disposition': 'attachment; filename="invitation.ics"'
      })
      .send(invitation('PUBLISH', calendarEntryOf(booking, app.helplines(), entry), now))
  })

  function feedParts () {
    return { publicUrl: entry.publicUrl, mailFrom: entry.mailFrom, contacts: app.helplines() }
  }
}

interface Feed { text: string, etag: string }

function taggedFeed (text: string): Feed {
  return { text, etag: tagOf(text) }
}

/**
 * Answers with a feed, or with 304 for a calendar that has it already. Five minutes of caching are short enough for
 * programs that ask every few hours, and let proxies answer them.
 */
async function answerWith (
  { text, etag }: Feed, fileName: string, request: FastifyRequest, reply: FastifyReply
): Promise<FastifyReply> {
  reply.headers({ etag, 'cache-control': 'public, max-age=300' })
  if (isThere(request, etag)) return await reply.code(304).send()
  return await reply
    .headers({
      'content-type': 'text/calendar; charset=utf-8',
      'content-disposition': `inline; filename="${fileName}"`
    })
    .send(text)
}
