import { parse } from 'csv-parse/sync'
import { DateTime } from 'luxon'
import t from 'tap'
import { entriesFile, listForFile } from '../../../src/office/entries/entries-file.ts'
import { findEntryForm } from '../../../src/programme/entries/queries.ts'
import { aCampaign, world } from '../../support/world.ts'

const now = DateTime.fromISO('2027-01-04T12:00Z', { zone: 'utc' })

t.test('a file of many entries is read some at a time, each once and in order, with every question', async t => {
  const { db } = await world(t)
  const { id: campaignId, slug } = await aCampaign(db)
  await db.entry.createMany({
    data: Array.from({ length: 1201 }, (_, n) => ({
      id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
      campaignId,
      title: `Entry ${n}`,
      organisation: 'Hill School',
      name: 'Jo Lee',
      email: 'jo@hill.example',
      canonicalEmail: 'jo@hill.example',
      endsOn: now.toJSDate(),
      confirmedAt: now.toJSDate(),
      // Many in one second: their ids give the order.
      receivedAt: now.minus({ seconds: Math.floor(n / 700) }).toJSDate(),
      answers: n === 1200 ? [{ question: 'Snacks?', answer: 'Yes' }] : []
    }))
  })
  const its = await findEntryForm(db, slug)
  if (its === undefined) throw new Error('There is no form.')

  const chunks: string[] = []
  for await (const chunk of entriesFile(db, its, await listForFile(db, its), {})) chunks.push(chunk)

  t.strictSame(chunks.map(chunk => chunk.split('\r\n').length - 1), [1, 500, 500, 201])
  const rows: Array<Record<string, string>> = parse(chunks.join(''), { bom: true, columns: true })
  t.strictSame(rows.map(({ title }) => title), Array.from({ length: 1201 }, (_, n) => `Entry ${n}`))
  t.equal(rows.at(-1)?.['Snacks?'], 'Yes')
})
