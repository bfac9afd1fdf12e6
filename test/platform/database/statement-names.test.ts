import t from 'tap'
import { statementNames } from '../../../src/platform/database/statement-names.ts'

t.test('a statement has a name from the time on at which it is sent often, always the same', async t => {
  const nameOf = statementNames({ often: 3 })

  t.strictSame([nameOf('a'), nameOf('a'), nameOf('b'), nameOf('a'), nameOf('a'), nameOf('b')],
    [undefined, undefined, undefined, 'often_0', 'often_0', undefined])
  t.equal(nameOf('b'), 'often_1')
})

t.test('there are only so many names, and statements that come once use up none', async t => {
  const nameOf = statementNames({ most: 2, often: 2 })
  for (let n = 0; n < 5000; n++) t.equal(nameOf(`once ${n}`), undefined)

  for (const text of ['a', 'b', 'c']) nameOf(text)
  t.strictSame(['a', 'b', 'c'].map(nameOf), ['often_0', 'often_1', undefined])
})
