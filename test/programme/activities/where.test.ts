import t from 'tap'
import { whereInWords } from '../../../src/programme/activities/page.ts'

t.test('where an activity is names its district too, once', async t => {
  const at = (venue: string | undefined, district: string | undefined) =>
    whereInWords({ isOnline: false, venue, district })

  t.equal(at('Market Place', 'Bolton'), 'Market Place, Bolton')
  t.equal(at('Victoria Square, Bolton', 'Bolton'), 'Victoria Square, Bolton')
  t.equal(at('BOLTON Library', 'Bolton'), 'BOLTON Library')
  t.equal(at('Market Place', undefined), 'Market Place')
  t.equal(at(undefined, 'Bolton'), 'Bolton')
  t.equal(at(undefined, undefined), 'The place will be announced')
})
