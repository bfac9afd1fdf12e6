import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { inTurns } from '../../src/platform/in-turns.ts'

t.test('in each turn of the event loop so many go on, in the order in which they came, and then those who came since', async t => {
  const toGoOn = inTurns(2)
  const gone: string[] = []
  const come = async (name: string) => {
    await toGoOn()
    gone.push(name)
  }

  const all = [...'abcde'].map(come)
  await all[1]
  t.equal(gone.join(''), 'ab')
  await turn()
  t.equal(gone.join(''), 'abcd')
  await Promise.all([...all, come('f')])
  t.equal(gone.join(''), 'abcdef')
  await turn()

  const alone = come('g')
  await Promise.race([alone, turn()])
  t.equal(gone.at(-1), 'g')
})
