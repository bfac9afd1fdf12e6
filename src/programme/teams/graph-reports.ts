import { z } from 'zod'
import type { GraphAccess } from '../../platform/config.ts'
import type { AttendanceReports, MeetingJoin } from './attendance-reports.ts'
import { TeamsTrouble } from './errors.ts'
import { graphClient, readAs } from './graph-client.ts'
import type { GraphParts, Sentences } from './graph-client.ts'
import type { RetryPolicy } from './retry-policy.ts'

/** Shorter than where a job waits: a person does. */
export const impatient: RetryPolicy = { tryMs: 8_000, wholeMs: 12_000, tries: 2, firstMs: 500, longestMs: 1_000 }

/** Microsoft lists 50 reports at most; each may have this many pages of people. */
const mostPages = 50

/**
 * Attendance reports of Teams meetings by Microsoft Graph v1.0, of the meetings of one account. Microsoft makes one
 * report for each session of a meeting, once everyone has left, and keeps it for a year.
 */
export function graphReports (given: GraphParts): AttendanceReports {
  const parts = { retryPolicy: impatient, ...given }
  const { access } = parts
  const meetings = `${access.url}/v1.0/users/${access.organiserId}/onlineMeetings`
  const sentences = sentencesFor(access)
  const ask = graphClient(parts, sentences)

  return {
    async findMeetingId (joinUrl) {
      const filter = encodeURIComponent(`JoinWebUrl eq '${joinUrl.replaceAll("'", "''")}'`)
      const [meeting] = await listAll('findMeeting', `${meetings}?$filter=${filter}`, z.object({ id: z.string().min(1) }))
      return meeting?.id
    },

    async listJoins (meetingId, { from, to }) {
      const reportsUrl = `${meetings}/${encodeURIComponent(meetingId)}/attendanceReports`
      const reports = await listAll('listReports', reportsUrl, Report)
      const joins: MeetingJoin[] = []
      const isOfThem = ({ meetingStartDateTime, meetingEndDateTime }: z.infer<typeof Report>) =>
        meetingStartDateTime < to && from < meetingEndDateTime
      for (const { id } of reports.filter(isOfThem)) {
        const records = await listAll('listRecords', `${reportsUrl}/${encodeURIComponent(id)}/attendanceRecords`, Record)
        joins.push(...records.flatMap(joinsOf))
      }
      return joins
    }
  }

  /** All pages of a list. Its own next address is followed only within Microsoft Graph: it gets our token. */
  async function listAll<T> (
    name: 'findMeeting' | 'listReports' | 'listRecords', url: string, schema: z.ZodType<T>
  ): Promise<T[]> {
    const found: T[] = []
    let next: string | undefined = url
    for (let page = 0; next !== undefined; page++) {
      if (page === mostPages || !next.startsWith(`${access.url}/v1.0/`)) throw new TeamsTrouble('answer', sentences.answer)
      const body = await ask(name, 'GET', next)
      const { value, '@odata.nextLink': more } = readAs(z.object({
        value: z.array(schema), '@odata.nextLink': z.string().optional()
      }), body, sentences)
      found.push(...value)
      next = more
    }
    return found
  }
}

const at = z.iso.datetime({ offset: true }).transform(text => Date.parse(text))

const Report = z.object({ id: z.string().min(1), meetingStartDateTime: at, meetingEndDateTime: at })

const roles: Readonly<Record<string, MeetingJoin['role']>> = {
  organizer: 'organiser', coorganizer: 'organiser', presenter: 'presenter', attendee: 'attendee'
}

/** Without an address for whoever has not signed in; without a name for some who dial in. */
const Record = z.object({
  emailAddress: z.string().max(254).nullish(),
  identity: z.object({ displayName: z.string().nullish() }).nullish(),
  role: z.string().nullish(),
  attendanceIntervals: z.array(z.object({ joinDateTime: at, leaveDateTime: at })).nullish()
})

function joinsOf ({ emailAddress, identity, role, attendanceIntervals }: z.infer<typeof Record>): MeetingJoin[] {
  const person = {
    name: Array.from(identity?.displayName ?? '').slice(0, 200).join('') || 'No name',
    address: emailAddress?.includes('@') === true ? emailAddress : undefined,
    role: roles[role?.toLowerCase() ?? '']
  }
  return (attendanceIntervals ?? []).filter(({ joinDateTime, leaveDateTime }) => joinDateTime <= leaveDateTime)
    .map(({ joinDateTime, leaveDateTime }) => ({ ...person, from: joinDateTime, to: leaveDateTime }))
}

/** What staff read about each trouble, and what they can do; commands on lines of their own. */
function sentencesFor ({ clientId, organiserId }: GraphAccess): Sentences {
  const download = 'Until then, download the report from Teams and choose it here.'
  return {
    busy: 'Microsoft Teams is busy. Try again in a few minutes.',
    unreachable: 'Microsoft Teams could not be reached. Try again in a few minutes.',
    policy: 'Microsoft does not let this service read reports of the workshop account. Ask your Microsoft 365 administrator ' +
      `to run Grant-CsApplicationAccessPolicy for the app ${clientId} and the account ${organiserId}. ${download}`,
    permission: 'Microsoft does not let this service read reports. Ask your Microsoft 365 administrator to give its app the ' +
      `application permission OnlineMeetingArtifact.Read.All, with admin consent. ${download}`,
    credentials: `Microsoft does not accept this service’s credentials. Tell the people who run it. ${download}`,
    organiser: `Microsoft does not know the account that meetings belong to. Tell the people who run this service. ${download}`,
    gone: `Microsoft Teams has no report of this meeting. ${download}`,
    details: `Microsoft Teams does not give a report of this meeting. ${download}`,
    answer: `What Microsoft answered is not an attendance report. Tell the people who run this service. ${download}`
  }
}
