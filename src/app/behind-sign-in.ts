import type { FastifyPluginAsync } from 'fastify'
import { agencyFeedStaffRoutes } from '../mail/agency-feeds/staff-routes.ts'
import { adviceStaffRoutes } from '../programme/advice/staff-routes.ts'
import { campaignBasicsStaffRoutes } from '../office/campaign-basics/staff-routes.ts'
import { cycleStaffRoutes } from '../office/cycle/staff-routes.ts'
import { contentStaffRoutes } from '../programme/campaigns/content-staff-routes.ts'
import { scenarioStaffRoutes } from '../programme/scenarios/staff-routes.ts'
import { activityStaffRoutes } from '../programme/activities/staff-routes.ts'
import { approvalStaffRoutes } from '../office/approval/staff-routes.ts'
import { attendanceReportStaffRoutes } from '../office/attendance-reports/staff-routes.ts'
import { auditStaffRoutes } from '../office/audit/staff-routes.ts'
import { boardStaffRoutes } from '../office/board/staff-routes.ts'
import { clashStaffRoutes } from '../office/clashes/staff-routes.ts'
import { bookingStaffRoutes } from '../booking/attendees/staff-routes.ts'
import { bulletinStaffRoutes } from '../mail/bulletins/staff-routes.ts'
import { agencyStaffRoutes, campaignStaffRoutes } from '../programme/campaigns/staff-routes.ts'
import { onTheDayStaffRoutes } from '../office/on-the-day/staff-routes.ts'
import { signInSheetStaffRoutes } from '../office/exports/sign-in-sheet-staff-routes.ts'
import { overviewStaffRoutes } from '../office/overview/staff-routes.ts'
import { exportStaffRoutes } from '../office/exports/staff-routes.ts'
import { holdStaffRoutes } from '../booking/holds/staff-routes.ts'
import { everyonesListsStaffRoutes } from '../office/standing-lists/everyone-staff-routes.ts'
import { standingListStaffRoutes } from '../office/standing-lists/staff-routes.ts'
import { homeStaffRoutes } from '../office/home/staff-routes.ts'
import { reportStaffRoutes } from '../office/reports/staff-routes.ts'
import { campaignQuestionsStaffRoutes, evaluationStaffRoutes } from '../programme/evaluations/staff-routes.ts'
import { resultsStaffRoutes } from '../office/evaluation-results/staff-routes.ts'
import { coHostStaffRoutes } from '../office/co-hosts/staff-routes.ts'
import { legalHoldStaffRoutes } from '../office/legal-holds/staff-routes.ts'
import { emailStaffRoutes } from '../mail/emails/staff-routes.ts'
import { meetingStaffRoutes } from '../office/meetings/staff-routes.ts'
import { campaignOutcomesStaffRoutes, outcomeStaffRoutes } from '../office/outcomes/staff-routes.ts'
import { weekReportStaffRoutes } from '../office/week-report/staff-routes.ts'
import { memberStaffRoutes } from '../office/staff-accounts/staff-routes.ts'
import { programmeStaffRoutes } from '../office/editor/staff-routes.ts'
import { programmeImportStaffRoutes } from '../office/programme-import/staff-routes.ts'
import { onBehalfStaffRoutes } from '../office/on-behalf/staff-routes.ts'
import { expectedEmailStaffRoutes } from '../office/expected-emails/staff-routes.ts'
import { peopleStaffRoutes } from '../office/people/staff-routes.ts'
import { rightsStaffRoutes } from '../office/rights/staff-routes.ts'
import { entryStaffRoutes } from '../office/entries/staff-routes.ts'
import { resourceRequestStaffRoutes } from '../office/resource-requests/staff-routes.ts'
import { resourceTotalsStaffRoutes } from '../office/resource-requests/totals-staff-routes.ts'
import { downloadStaffRoutes } from '../programme/resources/download-staff-routes.ts'
import { stockStaffRoutes } from '../programme/resources/staff-routes.ts'
import { requestStaffRoutes } from '../office/requests/staff-routes.ts'
import { supportStaffRoutes } from '../programme/support/staff-routes.ts'
import { successionStaffRoutes } from '../office/successions/staff-routes.ts'
import { waitingListStaffRoutes } from '../booking/waiting-list/staff-routes.ts'
import type { AppParts } from './app-parts.ts'

/** The pages of people who have signed in: the parts of the staff side, one by one. */
export function behindSignIn (
  { makesMeetings = false, readKeptEmail, followErased, ...parts }: AppParts
): FastifyPluginAsync[] {
  return [
    activityStaffRoutes, memberStaffRoutes, holdStaffRoutes, bookingStaffRoutes,
    async staff => { await staff.register(programmeStaffRoutes, { seal: parts.seal }) },
    async staff => { await staff.register(coHostStaffRoutes, { templates: parts.templates }) },
    async staff => { await staff.register(approvalStaffRoutes, { seal: parts.seal }) },
    async staff => { await staff.register(programmeImportStaffRoutes, { seal: parts.seal }) },
    async staff => { await staff.register(overviewStaffRoutes, { seal: parts.seal }) },
    async staff => { await staff.register(boardStaffRoutes, { seal: parts.seal }) },
    clashStaffRoutes, onBehalfStaffRoutes,
    async staff => { await staff.register(waitingListStaffRoutes, { seal: parts.seal }) },
    async staff => { await staff.register(meetingStaffRoutes, { seal: parts.seal, makesMeetings }) },
    async staff => { await staff.register(emailStaffRoutes, { context: parts }) },
    async staff => { await staff.register(bulletinStaffRoutes, { context: parts }) },
    async staff => {
      await staff.register(onTheDayStaffRoutes, { seal: parts.seal, checkInCodes: parts.checkInCodes })
    },
    async staff => { await staff.register(attendanceReportStaffRoutes, { seal: parts.seal, reports: parts.reports }) },
    async staff => { await staff.register(exportStaffRoutes, parts) },
    async staff => { await staff.register(standingListStaffRoutes, parts) }, everyonesListsStaffRoutes,
    signInSheetStaffRoutes, supportStaffRoutes, campaignStaffRoutes, contentStaffRoutes, adviceStaffRoutes,
    campaignBasicsStaffRoutes, cycleStaffRoutes, agencyStaffRoutes, agencyFeedStaffRoutes, successionStaffRoutes,
    auditStaffRoutes, evaluationStaffRoutes, campaignQuestionsStaffRoutes, resultsStaffRoutes,
    requestStaffRoutes, legalHoldStaffRoutes, peopleStaffRoutes, expectedEmailStaffRoutes,
    async staff => { await staff.register(rightsStaffRoutes, { readKeptEmail, followErased }) }, homeStaffRoutes,
    reportStaffRoutes, scenarioStaffRoutes, outcomeStaffRoutes, weekReportStaffRoutes,
    async staff => { await staff.register(campaignOutcomesStaffRoutes, { context: parts }) },
    stockStaffRoutes, downloadStaffRoutes, resourceRequestStaffRoutes,
    resourceTotalsStaffRoutes,
    async staff => { await staff.register(entryStaffRoutes, { seal: parts.seal }) }
  ]
}
