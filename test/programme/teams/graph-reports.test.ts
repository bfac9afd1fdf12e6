import t from 'tap'
import type { Test } from 'tap'
import type { TeamsTrouble } from '../../../src/programme/teams/errors.ts'
import { graphReports, impatient } from '../../../src/programme/teams/graph-reports.ts'
import { graphServer, noPolicy, refusal } from '../../support/graph-server.ts'
import { noon } from '../../support/world.ts'

const evening = { from: Date.parse('2026-11-23T17:30:00Z'), to: Date.parse('2026-11-23T19:30:00Z') }
const meetingId = 'MSp1*0**19:meeting_1@thread.v2'
const record = (displayName: string | null, emailAddress: string | null = null, role: string | null = 'Attendee') => ({
  id: 'r',
  emailAddress,
  identity: { id: null, displayName },
  role,
  totalAttendanceInSeconds: 1800,
  attendanceIntervals: [
    { joinDateTime: '2026-11-23T18:00:00.1234567Z', leaveDateTime: '2026-11-23T18:30:00Z', durationInSeconds: 1800 }
  ]
})
const report = (id: string, start: string, end: string, records: object[]) =>
  ({ id, meetingStartDateTime: `2026-11-${start}Z`, meetingEndDateTime: `2026-11-${end}Z`, records })

async function context (t: Test) {
  const graph = await graphServer(t)
  const log: unknown[] = []
  const note = (...noted: unknown[]) => { log.push(...noted) }
  const reports = graphReports({
    access: graph.access, clock: () => noon, log: { info: note, warn: note }, retryPolicy: { ...impatient, tries: 1 }
  })
  return { graph, reports, log }
}

t.test('all reports that overlap the activity are merged, page by page, and no other is asked for', async t => {
  const { graph, reports, log } = await context(t)
  graph.perPage = 2
  graph.reports.set(meetingId, [
    report('one', '23T17:45:00', '23T18:10:00', ['Anne', 'Ben', 'Cy', 'Dee', 'Eve'].map(name => record(name))),
    report('another-week', '16T17:45:00', '16T18:40:00', [record('Nobody')]),
    report('two', '23T18:12:00', '23T18:40:00', [record('Anne', 'anne@example.org', 'Organizer'), record(null, null, null)])
  ])

  const joins = await reports.listJoins(meetingId, evening)

  t.strictSame(joins.map(({ name, address, role }) => [name, address, role]), [
    ...['Anne', 'Ben', 'Cy', 'Dee', 'Eve'].map(name => [name, undefined, 'attendee']),
    ['Anne', 'anne@example.org', 'organiser'], ['No name', undefined, undefined]
  ])
  t.match(joins[0], { from: Date.parse('2026-11-23T18:00:00.123Z'), to: Date.parse('2026-11-23T18:30:00Z') })
  t.strictSame(graph.kinds(), [
    'token 200', 'listReports 200', 'listReports 200', 'listRecords 200', 'listRecords 200', 'listRecords 200', 'listRecords 200'
  ])
  for (const secret of ['Anne', 'anne@', 'meeting_1', 'eyJ']) t.notMatch(JSON.stringify(log), secret, 'the log names nobody')
})

t.test('the meeting of a pasted link is found by it, if it is the workshop account’s', async t => {
  const { graph, reports } = await context(t)
  const joinUrl = 'https://teams.microsoft.com/meet/39127460835112?p=Kx8sJw2LmQ0aZr7T'
  graph.meetings.set('a', { id: meetingId, externalId: 'a', joinWebUrl: joinUrl })

  t.equal(await reports.findMeetingId(joinUrl), meetingId)
  t.equal(await reports.findMeetingId(`${joinUrl}'x`), undefined)
})

t.test('each trouble is one clear sentence, which says what to do', async t => {
  const { graph, reports } = await context(t)
  graph.reports.set(meetingId, [])
  const told = async () => await reports.listJoins(meetingId, evening).then(() => '', (error: Error) => error.message)

  graph.fail({ ...noPolicy, on: 'listReports' })
  t.match(await told(), /^Microsoft does not let this service read reports of the workshop account\./)
  graph.fail({ on: 'listReports', status: 403, body: refusal(403, 'Forbidden', 'Insufficient privileges.') })
  t.match(await told(), /permission OnlineMeetingArtifact\.Read\.All/)
  graph.fail({ on: 'listReports', status: 503 })
  t.match(await told(), /^Microsoft Teams is busy\. Try again in a few minutes\./)
  graph.fail({ on: 'listReports', afterwards: 'hang-up' })
  t.match(await told(), /could not be reached/)
  graph.fail({ on: 'listReports', afterwards: { body: '{"value":[{"id":1}]}' } })
  t.match(await told(), /is not an attendance report/)
  t.match(await reports.listJoins('gone', evening).catch((error: Error) => error.message), /has no report of this meeting/)
  t.equal(await told(), '')
})

t.test('a list that goes on elsewhere is not followed: it would get our token', async t => {
  const { graph, reports } = await context(t)
  graph.reports.set(meetingId, [])
  graph.fail({ on: 'listReports', afterwards: { body: '{"value":[],"@odata.nextLink":"https://elsewhere.example/v1.0/"}' } })

  const trouble = await reports.listJoins(meetingId, evening).catch((error: TeamsTrouble) => error.trouble)

  t.equal(trouble, 'answer')
  t.strictSame(graph.kinds(), ['token 200', 'listReports 200'])
})
