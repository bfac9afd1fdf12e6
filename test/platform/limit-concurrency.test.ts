import t from 'tap'
import { limitConcurrency } from '../../src/platform/limit-concurrency.ts'

t.test('no more run at once than may, each in its turn, and one that fails makes room too', async t => {
  const run = limitConcurrency(3)
  const begun: number[] = []
  const ends = Array.from({ length: 8 }, () => Promise.withResolvers<number>())

  const results = ends.map(async ({ promise }, n) => await run(async () => { begun.push(n); return await promise }))
  t.strictSame(begun, [0, 1, 2])
  ends[1]?.reject(new Error('one fails'))
  await t.rejects(results[1] as Promise<number>, { message: 'one fails' })
  t.strictSame(begun, [0, 1, 2, 3])
  for (const [n, { resolve }] of ends.entries()) resolve(n)
  const settled = await Promise.allSettled(results)
  await run(async () => { begun.push(8) })

  t.strictSame(begun, [0, 1, 2, 3, 4, 5, 6, 7, 8])
  t.strictSame(settled.map(end => end.status === 'fulfilled' ? end.value : end.status), [0, 'rejected', 2, 3, 4, 5, 6, 7])
})
