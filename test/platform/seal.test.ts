import t from 'tap'
import { sealFor } from '../../src/platform/seal.ts'

const seal = sealFor('a test', 'a secret key that is long enough')

t.test('no two texts are sealed with the same random bytes, however many are', async t => {
  const sealed = Array.from({ length: 1000 }, () => seal.close('the same', 'of one thing'))

  const ivs = sealed.map(text => Buffer.from(text.slice(text.lastIndexOf('.') + 1), 'base64url').subarray(0, 12).toString('hex'))
  t.equal(new Set(ivs).size, 1000)
  t.ok(sealed.every(text => seal.open(text, 'of one thing') === 'the same'))
})
