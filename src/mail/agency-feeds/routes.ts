import type { FastifyPluginAsync } from 'fastify'
import type { Mailbox } from '../../platform/config.ts'
import { crowdRateLimit } from '../../platform/http/limits.ts'
import { isThere, tagOf } from '../../platform/http/tagged.ts'
import { officeZone } from '../../platform/clock.ts'
import { listKnownToPeopleOf } from '../../programme/activities/known-activities.ts'
import { calendarDayOf } from '../../programme/activities/when.ts'
import { agencyCalendar } from './calendar.ts'
import { noteFetched } from './commands.ts'
import { FeedNotFound } from './errors.ts'
import { findFeedByToken } from './queries.ts'
import { isFeedToken } from './token.ts'

/** Past activities stay for a quarter: what was longer ago is looked up in the reports. */
const kept = { months: 3 }

/** Maximum number of activities in a feed. */
const maxInFeed = 2000

/**
 * What the people of an agency follow, at a secret address. It is the only address that answers without a sign-in of
 * more than the public knows, so: every answer is private, none is found by search engines, each address is limited by
 * itself, and one that was ended answers like one that was never made.
 */
export const agencyFeedRoutes: FastifyPluginAsync<{ mailFrom: Mailbox }> = async (app, { mailFrom }) => {
  const assertWithinLimit = app.limitReading('feed', crowdRateLimit)

  app.get<{ Params: { token: string } }>('/feeds/:token.ics', async (request, reply) => {
    reply.header('x-robots-tag', 'noindex')
    const { token } = request.params
    await assertWithinLimit(token, reply)
    const feed = isFeedToken(token) ? await findFeedByToken(app.db, token) : undefined
    if (feed === undefined) throw new FeedNotFound()
    const { agency } = feed
    const today = calendarDayOf(app.clock(), officeZone)
    if (feed.lastFetchedOn !== today) await noteFetched(app.db, feed.id, today)

    const { text, etag } = await app.fresh(`calendar for people of ${agency?.id}`, async () => {
      const now = app.clock()
      const activities = await listKnownToPeopleOf(app.db, agency?.id, { from: now.minus(kept), limit: maxInFeed })
      const text = agencyCalendar(agency?.name, activities, { publicUrl: app.publicUrl, mailFrom }, now)
      return { text, etag: tagOf(text) }
    })
    reply.headers({ etag, 'cache-control': 'private, no-cache' })
    if (isThere(request, etag)) return await reply.code(304).send()
    return await reply
      .headers({
        'content-type': 'text/calendar; charset=utf-8', 'content-disposition': 'inline; filename="activities.ics"'
      })
      .send(text)
  })
}
