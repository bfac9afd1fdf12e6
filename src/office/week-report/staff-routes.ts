import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import type { DateTime } from 'luxon'
import { mayEver, requirePermission } from '../../identity/staff/roles.ts'
import { staffOf } from '../../identity/staff/session.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { asking } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { isSlug } from '../../platform/http/url-params.ts'
import { sendCsv } from '../../platform/http/download.ts'
import { findPublicCampaign } from '../../programme/activities/public-activities.ts'
import { CampaignNotFound } from '../../programme/campaigns/errors.ts'
import { listAskedActivities } from '../outcomes/queries.ts'
import { aroundSpan } from '../reports/quarters.ts'
import { countPlaces, listReported } from '../reports/queries.ts'
import { blocksOf, reportOf } from '../reports/report.ts'
import type { Line } from '../reports/report.ts'
import { printedWeekReportOf } from './printed-report.ts'
import { findReportedCampaign, findSpan, listHandedOver } from './queries.ts'
import type { ReportedCampaign } from './queries.ts'
import { weekReportFile } from './report-file.ts'
import { picturesOf, weekReportInWords } from './staff-page.ts'
import type { CampaignReport } from './staff-page.ts'

interface CampaignAddress { Params: { slug: string } }
type AskedReport = Asked<CampaignAddress> & { staff: StaffMember, campaign: ReportedCampaign }

const address = '/campaigns/:slug/report'

/** What a campaign came to, for funders: numbers that may be passed on. Nothing here changes anything. */
export const weekReportStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'see reports')

  app.get(address, reporting(async ({ staff, campaign, reply }) => {
    const report = await inWords(staff, campaign)
    const isPublic = await findPublicCampaign(app.db, campaign.slug, app.clock()) !== undefined
    const href = `/staff/campaigns/${campaign.slug}`
    return reply.page('office/week-report/week-report', {
      staff,
      ...report,
      pictures: await picturesOf(report),
      pdf: `${href}/report.pdf`,
      csv: `${href}/report.csv`,
      badgeHref: isPublic ? `/campaigns/${campaign.slug}/badge` : undefined,
      numbersHref: mayEver(staff, 'edit what everyone reads') ? `${href}/outcomes` : undefined
    })
  }))

  app.get(`${address}.csv`, reporting(async ({ staff, campaign, reply }) =>
    sendCsv(reply, `report-${campaign.slug}.csv`, weekReportFile(await inWords(staff, campaign)))))

  app.get(`${address}.pdf`, reporting(async ({ staff, campaign, reply }) => {
    const [report, coverage] = [await inWords(staff, campaign), await app.pdf.getCoverage()]
    const pdf = await app.pdf.print('office/week-report/week-report', printedWeekReportOf(report, campaign.zone, coverage, app.clock()))
    return reply.type('application/pdf').header('content-disposition', `attachment; filename="report-${campaign.slug}.pdf"`)
      .send(pdf)
  }))

  /** The report, with that of the campaign that it was copied from, as far as this person may know that. */
  async function inWords (staff: StaffMember, campaign: ReportedCampaign) {
    const now = app.clock()
    const earlier = campaign.copiedFromId === undefined
      ? undefined
      : await findReportedCampaign(app.db, staff, { id: campaign.copiedFromId })
    return weekReportInWords(
      await reportFor(staff, campaign, now), earlier && await reportFor(staff, earlier, now), now)
  }

  async function reportFor (
    staff: StaffMember, campaign: ReportedCampaign, now: DateTime<true>
  ): Promise<CampaignReport> {
    const activities = await listAskedActivities(app.db, campaign.id, staff)
    return {
      campaign,
      activities,
      bookings: await bookingsOf(staff, campaign, now),
      handedOver: await listHandedOver(app.db, campaign.id, staff)
    }
  }

  /**
   * What is published of the bookings of a campaign: whole blocks, exactly those of a report of that campaign over all
   * its quarters. So this page beside any other report tells nothing that these do not.
   */
  async function bookingsOf (
    staff: StaffMember, { id, slug }: ReportedCampaign, now: DateTime<true>
  ): Promise<Line | undefined> {
    const span = await findSpan(app.db, id)
    if (span === undefined) return undefined
    const selection = { ...span, campaign: slug, agency: undefined }
    const blocks = blocksOf(await listReported(app.db, staff, aroundSpan(span)), selection, now)
    const places = await countPlaces(app.db, blocks.flatMap(({ activities }) => activities.map(({ id }) => id)))
    const { total } = reportOf(blocks, { places, divisions: [], answers: [] })
    return total.activities === 0 ? undefined : total
  }

  function reporting (answer: (asked: AskedReport) => Promise<FastifyReply>) {
    return asking<CampaignAddress>(async asked => {
      const staff = staffOf(asked.request)
      const { slug } = asked.params
      const campaign = isSlug(slug) ? await findReportedCampaign(app.db, staff, { slug }) : undefined
      if (campaign === undefined) throw new CampaignNotFound()
      return await answer({ ...asked, staff, campaign })
    })
  }
}
