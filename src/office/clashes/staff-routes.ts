import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { requirePermission } from '../../identity/staff/roles.ts'
import { staffOf } from '../../identity/staff/session.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { asking } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { isSlug } from '../../platform/http/url-params.ts'
import { sendCsv } from '../../platform/http/download.ts'
import { findKnownCampaign } from '../../programme/activities/known-campaign.ts'
import type { KnownCampaign } from '../../programme/activities/known-campaign.ts'
import { calendarDayOf } from '../../programme/activities/when.ts'
import { CampaignNotFound } from '../../programme/campaigns/errors.ts'
import { gapsOf } from './gaps.ts'
import { clashesToCome, listAudiencesOf, listPlanned, listPlannedDuring, spanToCome } from './queries.ts'
import { reportFileOf } from './report-file.ts'
import { reportPageOf } from './staff-page.ts'

interface CampaignAddress { Params: { slug: string } }

type Reading = Asked<CampaignAddress> & { staff: StaffMember, campaign: KnownCampaign }

/** What clashes in a campaign, and what it has nothing of: a page and a file. */
export const clashStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'see activities')

  app.get('/campaigns/:slug/clashes', reading(async asked => {
    const { staff, campaign, reply } = asked
    return reply.page('office/clashes/clashes', { staff, ...reportPageOf({ staff, campaign, ...await reportOf(asked) }) })
  }))

  app.get('/campaigns/:slug/clashes.csv', reading(async asked => {
    const { campaign, reply } = asked
    const { clashes, gaps } = await reportOf(asked)
    return await sendCsv(reply, `clashes-${campaign.slug}-${today(campaign)}.csv`, reportFileOf(clashes, gaps))
  }))

  async function reportOf ({ staff, campaign }: Reading) {
    const now = app.clock()
    const [planned, audiences] = await Promise.all([
      listPlanned(app.db, staff, campaign.id), listAudiencesOf(app.db, campaign.id)
    ])
    const span = spanToCome(planned, now)
    const others = span === undefined ? [] : await listPlannedDuring(app.db, staff, span, campaign.id)
    return {
      clashes: clashesToCome([...planned, ...others], now, one => one.campaign.id === campaign.id),
      gaps: gapsOf({ ...campaign, audiences }, planned, today(campaign))
    }
  }

  function today ({ zone }: KnownCampaign): string {
    return calendarDayOf(app.clock(), zone)
  }

  /** Lets a route answer only about a campaign that this person may know of. */
  function reading (answer: (asked: Reading) => Promise<FastifyReply>) {
    return asking<CampaignAddress>(async asked => {
      const staff = staffOf(asked.request)
      const { slug } = asked.params
      const campaign = isSlug(slug) ? await findKnownCampaign(app.db, staff, slug) : undefined
      if (campaign === undefined) throw new CampaignNotFound()
      return await answer({ ...asked, staff, campaign })
    })
  }
}
