import t from 'tap'
import { answerQuestions } from '../../../src/booking/evaluations/commands.ts'
import { versionHashOf } from '../../../src/booking/evaluations/schema.ts'
import type { Answered } from '../../../src/booking/evaluations/schema.ts'
import type { Db } from '../../../src/platform/database/connect.ts'
import { questionsAt, suggested } from '../../../src/programme/evaluations/questionnaire.ts'
import { aBooking, noon, world } from '../../support/world.ts'
import { answerAs, askingActivity, linksToAnswer } from '../../support/evaluations.ts'

const enthusiastic: Answered[] = [
  { number: 1, value: 5 }, { number: 2, value: 5 }, { number: 4, text: 'Nothing, it was great' }
]
const disappointed: Answered[] = [{ number: 1, value: 1 }, { number: 3, value: 5 }, { number: 4, text: 'A longer break' }]

/** Every row of every table of ours, with what PostgreSQL keeps beside it: its transaction and its place. */
async function dump (db: Db): Promise<Array<{ table: string, row: string, xmin: string, place: string }>> {
  const tables = await db.$queryRaw<Array<{ name: string }>>`
    SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`
  const all = []
  for (const { name } of tables) {
    all.push(...await db.$queryRawUnsafe<Array<{ table: string, row: string, xmin: string, place: string }>>(
      `SELECT '${name}' AS table, row::text, row.xmin::text, row.ctid::text AS place FROM "${name}" AS row ORDER BY row.ctid`))
  }
  return all
}

/** A dump without what is random or counts on by itself: ids of texts, and numbers of transactions but their order. */
function comparable (rows: Awaited<ReturnType<typeof dump>>): string[] {
  const transactions = [...new Set(rows.map(({ xmin }) => Number(xmin)))].sort((one, other) => one - other)
  return rows
    .filter(({ table }) => table !== 'evaluation_texts')
    .map(({ table, row, xmin }) => `${table} ${transactions.indexOf(Number(xmin))} ${row}`)
    .concat(rows.filter(({ table }) => table === 'evaluation_texts')
      .map(({ table, row, xmin }) => `${table} ${transactions.indexOf(Number(xmin))} ${row.replace(/^\([^,]*,/, '(')}`).sort())
}

t.test('whoever said what, the whole database is the same', async t => {
  const { db, asOwner } = await world(t)
  const activity = await askingActivity(db)
  const [anne, ben, cleo] = await Promise.all(['anne', 'ben', 'cleo'].map(async name =>
    await aBooking(db, activity.id, { email: `${name}@example.org`, attended: true })))
  if (anne === undefined || ben === undefined || cleo === undefined) throw new Error('unreachable')
  const told: Answered[] = [{ number: 1, value: 3 }, { number: 4, text: 'More time for questions' }]
  const orders = [
    [enthusiastic, disappointed, told], [told, enthusiastic, disappointed], [disappointed, told, enthusiastic]
  ]

  const dumps: string[][] = []
  for (const [ofAnne = [], ofBen = [], ofCleo = []] of orders) {
    await asOwner('TRUNCATE evaluation_marks, evaluation_counts, evaluation_texts')
    await db.$executeRaw`UPDATE questionnaires SET is_answered = false`
    for (const [who, answers] of [[anne, ofAnne], [ben, ofBen], [cleo, ofCleo]] as const) {
      await answerAs(db, who, answers)
    }
    dumps.push(comparable(await dump(db)))
  }

  t.strictSame(dumps[1], dumps[0])
  t.strictSame(dumps[2], dumps[0])
})

t.test('nothing that an answer changes holds anything of a booking, and all of it is written at once', async t => {
  const { db } = await world(t)
  const activity = await askingActivity(db)
  const anne = await aBooking(db, activity.id, { email: 'anne@example.org', attended: true, role: 'professional' })
  const ben = await aBooking(db, activity.id, { email: 'ben@example.org', attended: true })
  await answerAs(db, ben, disappointed)
  const before = new Set((await dump(db)).map(({ table, row }) => `${table} ${row}`))

  await answerAs(db, anne, enthusiastic)

  const after = await dump(db)
  const changed = after.filter(({ table, row }) => !before.has(`${table} ${row}`))
  t.strictSame([...new Set(changed.map(({ table }) => table))].sort(),
    ['evaluation_counts', 'evaluation_marks', 'evaluation_texts'])
  const whoseItIs = [anne.id, anne.reference, anne.email ?? '', anne.submissionId, anne.icalUid, '2026-11-23', '12:00']
  for (const { table, row } of changed) {
    t.notOk(whoseItIs.some(value => row.includes(value)), `${table} holds neither who it was nor when: ${row}`)
  }
  for (const table of ['evaluation_counts', 'evaluation_texts']) {
    const its = after.filter(row => row.table === table)
    t.equal(new Set(its.map(({ xmin }) => xmin)).size, 1, `no row of ${table} tells that it was written last`)
  }
})

t.test('texts stand in no order of when they were written', async t => {
  const { db } = await world(t)
  const activity = await askingActivity(db)
  const written = Array.from({ length: 12 }, (_, n) => `Text ${String(n).padStart(2, '0')}`)
  for (const text of written) {
    await answerAs(db, await aBooking(db, activity.id), [{ number: 4, text }])
  }

  const stand = (await db.$queryRaw<Array<{ text: string }>>`SELECT text FROM evaluation_texts ORDER BY ctid`).map(({ text }) => text)

  t.strictSame(stand.toSorted(), written)
  t.notSame(stand, written, 'once in 479,001,600 runs they stand so by chance')
})

t.test('a link tells whose it is only to whoever has the key', async t => {
  const { db } = await world(t)
  const activity = await askingActivity(db)
  const booking = await aBooking(db, activity.id)
  const link = linksToAnswer.linkOf(booking, 'after')

  t.notMatch(JSON.stringify(link), booking.id)
  t.not(link.mark, linksToAnswer.linkOf(booking, 'before').mark, 'answers before and afterwards have nothing in common')
  t.not(linksToAnswer.consentMarkOf(link), link.mark)
  const token = linksToAnswer.tokenOf(link)
  t.strictSame(linksToAnswer.read(token), link)
  t.equal(linksToAnswer.read(token.slice(0, -2) + 'AA'), undefined)
  t.equal(linksToAnswer.read('x'), undefined)
})

t.test('answers that fail halfway leave nothing, and do not use the link up', async t => {
  const { db } = await world(t)
  const activity = await askingActivity(db)
  const booking = await aBooking(db, activity.id)
  const before = (await dump(db)).map(({ table, row }) => `${table} ${row}`)
  const versionHash = versionHashOf(questionsAt(suggested, 'after'))
  const failing = [...enthusiastic, { number: 4, text: 'no\u0000text' }]

  await t.rejects(answerQuestions(db, linksToAnswer.linkOf(booking, 'after'), { answers: failing, versionHash }, noon))

  t.strictSame((await dump(db)).map(({ table, row }) => `${table} ${row}`), before)
  t.equal(await answerAs(db, booking, enthusiastic), true)
})
