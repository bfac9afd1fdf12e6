// Subject: the database.
import pg from 'pg'
import t from 'tap'
import { keptStatements } from '../../support/statements.ts'
import { world } from '../../support/world.ts'

/** Tables that are there only while something is restored, or made by a test. */
const passing = /^relation "(?:placekeeper_restore\.job|notes)" does not exist$/

/** A run of all tests that sends fewer has lost its way: it sends thousands. */
const fewest = 500

t.test('each statement that the service sent while the tests ran is understood by this PostgreSQL', async t => {
  const statements = keptStatements()
  if (statements.length < fewest) {
    t.comment(`Only ${statements.length} statements are known: run all tests first.`)
    t.notOk(process.env.TEST_DATABASE_URL !== undefined && process.env.CI !== undefined, 'CI knows them')
    return
  }
  const { url } = await world(t)
  const client = new pg.Client(url)
  await client.connect()
  const wrong: string[] = []
  for (const statement of statements) {
    try {
      await client.query(`PREPARE it AS ${statement}`)
      await client.query('DEALLOCATE it')
    } catch (error) {
      const { message } = error as Error
      if (!passing.test(message)) wrong.push(`${message}: ${statement}`)
    }
  }
  await client.end()
  t.strictSame(wrong, [])
  t.comment(`${statements.length} statements`)
})

t.test('one that it does not understand is told', async t => {
  const { url } = await world(t)
  const client = new pg.Client(url)
  await client.connect()
  await t.rejects(client.query('PREPARE it AS SELECT not_there FROM bookings'), { code: '42703' })
  await client.end()
})
