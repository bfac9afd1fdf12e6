import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { requirePermission } from '../../identity/staff/roles.ts'
import { staffOf } from '../../identity/staff/session.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { asking, form } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { typedOf, submissionIn } from '../../platform/http/form-answers.ts'
import { shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { isId, sentenceFor } from '../../platform/http/url-params.ts'
import { AgencyNotFound } from '../../programme/campaigns/errors.ts'
import { listAgencies } from '../../programme/campaigns/queries.ts'
import { endFeed, makeFeed } from './commands.ts'
import { FeedMadeBefore, FeedNotFound } from './errors.ts'
import { findFeedOf, listFeeds } from './queries.ts'
import type { AgencyFeed } from './queries.ts'
import { endForm, feedFields, feedForm } from './schema.ts'
import { endPageOf, feedsPageOf, madePageOf } from './staff-page.ts'

const done = { ended: 'The link is ended. It shows nothing any more.' }

type Asking = Asked & { staff: StaffMember }

interface FeedAddress { Params: { feed: string } }

/** Secret calendars of an agency: making one, seeing whether it is used, ending it. */
export const agencyFeedStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'create activities')

  app.get('/feeds', asStaff(async asked => await show(asked)))

  app.post('/feeds', asStaff(form({
    schema: ({ staff }: Asking) => feedForm(boundTo(staff)),
    fields: feedFields,
    again: show,
    refused: refused => shownAt('form', FeedMadeBefore)(refused) ?? shownAt('agency', AgencyNotFound)(refused)
  }, async ({ staff, input, reply }) => {
    const token = await makeFeed(app.db, input, staff, app.clock())
    // Not a redirect: the address is shown now, and can never be shown again.
    return reply.page('mail/agency-feeds/made', { staff, ...madePageOf(input.name, token, app.publicUrl) })
  })))

  app.get('/feeds/:feed/end', ofFeed(async asked => askBack(asked)))

  app.post('/feeds/:feed/end', ofFeed(form({ schema: endForm, again: askBack }, async ({ staff, feed, reply }) => {
    await endFeed(app.db, feed.id, staff, app.clock())
    return await reply.redirect('/staff/feeds?done=ended', 303)
  })))

  async function show ({ staff, query, body, reply }: Asking, errors?: FormErrors): Promise<FastifyReply> {
    const [feeds, agencies] = await Promise.all([
      listFeeds(app.db, staff), boundTo(staff) === undefined ? listAgencies(app.db) : undefined
    ])
    const typed = typedOf(body, feedFields)
    return reply.page('mail/agency-feeds/feeds', {
      staff,
      ...feedsPageOf({ feeds, agencies, typed, submission: submissionIn(body), errors }),
      done: errors === undefined ? sentenceFor(done, query.done) : undefined
    })
  }

  function askBack ({ staff, feed, reply }: Asking & { feed: AgencyFeed }, errors?: FormErrors): FastifyReply {
    return reply.page('mail/agency-feeds/end', { staff, ...endPageOf(feed, errors) })
  }

  function asStaff (answer: (asked: Asking) => Promise<FastifyReply>) {
    return asking(async asked => await answer({ ...asked, staff: staffOf(asked.request) }))
  }

  /** Lets a route answer only about a feed that this person may end. */
  function ofFeed (answer: (asked: Asking & { feed: AgencyFeed }) => FastifyReply | Promise<FastifyReply>) {
    return asking<FeedAddress>(async asked => {
      const staff = staffOf(asked.request)
      const { feed: id } = asked.params
      const feed = isId(id) ? await findFeedOf(app.db, staff, id) : undefined
      if (feed === undefined) throw new FeedNotFound()
      return await answer({ ...asked, staff, feed })
    })
  }
}

/** The agency whose feeds someone makes; undefined: of any. */
function boundTo ({ role, agencyId }: StaffMember): string | undefined {
  return role === 'admin' ? undefined : agencyId
}
