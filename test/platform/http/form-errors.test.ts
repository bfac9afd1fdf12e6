import t from 'tap'
import { Conflict } from '../../../src/platform/errors.ts'
import { shownAt } from '../../../src/platform/http/form-errors.ts'

class Taken extends Conflict {
  readonly refusal = 'taken'
  readonly title = 'Taken'

  constructor (fruit: string) {
    super(`The ${fruit} is taken.`)
  }
}

class Eaten extends Taken {}

class Rotten extends Conflict {
  readonly refusal = 'rotten'
  readonly title = 'Rotten'
}

t.test('a refusal is shown at the field that it is said to be about', async t => {
  const refused = shownAt('fruit', Taken)
  const shown = (text: string) => ({ list: [{ text, href: '#fruit' }], of: { fruit: { text } } })

  t.strictSame(refused(new Taken('pear')), shown('The pear is taken.'))
  t.strictSame(refused(new Eaten('fig')), shown('The fig is taken.'), 'and so is one of its kinds')
})

t.test('a refusal that is not said to be about a field, and a fault, are not shown there', async t => {
  const refused = shownAt('fruit', Taken)

  t.equal(refused(new Rotten('It is rotten.')), undefined)
  t.equal(refused(new Error('broken')), undefined)
  t.equal(refused('broken'), undefined)
})
