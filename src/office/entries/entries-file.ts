import { byteOrderMark, csvOf } from '../../platform/csv.ts'
import type { Reader } from '../../platform/database/connect.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'
import type { Kind } from '../../programme/activities/activity.ts'
import { wallClock } from '../../programme/activities/local-time.ts'
import { kindInWords } from '../../programme/activities/page.ts'
import { erasedOn, stateOf } from '../../programme/entries/entry.ts'
import type { Entry } from '../../programme/entries/entry.ts'
import { listEntries } from '../../programme/entries/queries.ts'
import { stateTags } from './in-words.ts'
import type { FormShape } from './page.ts'

/** Rows read and written together: few enough to be freed soon, many enough not to query too often. */
const rowsAtOnce = 500

const columns = [
  'entered', 'status', 'title', 'kind', 'starts', 'ends', 'all_day', 'district', 'organisation', 'name', 'email',
  'email_again', 'delete_details_on', 'activity'
]

/** The entries of a campaign that a file is to have, the latest first, and the questions that they answer. */
export async function listForFile (
  db: Reader, { campaign, form }: FormShape
): Promise<{ ids: string[], questions: string[] }> {
  const rows = await db.entry.findMany({
    where: { campaignId: campaign.id }, select: { id: true }, orderBy: [{ receivedAt: 'desc' }, { id: 'asc' }]
  })
  const answered = await db.$queryRaw<Array<{ question: string }>>`
    SELECT DISTINCT answer->>'question' AS question FROM entries, jsonb_array_elements(answers) answer
    WHERE campaign_id = ${campaign.id}::uuid ORDER BY 1`
  const questions = [...form.questions.map(({ text }) => text), ...answered.map(({ question }) => question)]
  return { ids: rows.map(({ id }) => id), questions: [...new Set(questions)] }
}

/**
 * What was entered as CSV for Excel, chunk by chunk, with the answers to the campaign's own questions, a column for
 * each. What is deleted while it is read is left out.
 */
export async function * entriesFile (
  db: Reader, { campaign }: FormShape, { ids, questions }: Awaited<ReturnType<typeof listForFile>>,
  known: Prisma.ActivityWhereInput
): AsyncGenerator<string> {
  yield byteOrderMark + csvOf([[...columns, ...questions]], '\r\n')
  for (let first = 0; first < ids.length; first += rowsAtOnce) {
    const entries = await listEntries(db, { id: { in: ids.slice(first, first + rowsAtOnce) } }, { known })
    yield csvOf(entries.map(entry => cellsOf(entry, campaign.zone, questions)), '\r\n')
  }
}

function cellsOf (entry: Entry, zone: string, questions: readonly string[]): string[] {
  const { activity, organisation, name, email, answers } = entry
  return [
    wallClock(entry.receivedAt, zone),
    stateTags[stateOf(entry)].text,
    activity?.title ?? entry.title,
    activity === undefined ? '' : kindInWords[activity.kind as Kind] ?? activity.kind,
    activity === undefined ? entry.entered?.starts_day ?? '' : wallClock(activity.startsAt, activity.zone),
    activity === undefined ? '' : wallClock(activity.endsAt, activity.zone),
    activity?.allDay === true ? 'yes' : 'no',
    activity?.district ?? entry.entered?.district ?? '',
    organisation,
    name,
    email,
    entry.isKeptForAgain ? 'yes' : 'no',
    erasedOn(entry),
    activity?.slug ?? '',
    ...questions.map(question => answers.find(one => one.question === question)?.answer ?? '')
  ]
}
