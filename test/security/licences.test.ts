import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'

/** What may be shipped with software under MIT: permissive, or asking only for changes to its own files back. */
const permitted = new Set([
  'MIT', 'MIT-0', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0', 'Unlicense', 'CC0-1.0',
  'OFL-1.1', 'MPL-2.0', 'EPL-2.0'
])

interface Locked { packages: Record<string, { license?: string, dev?: boolean }> }
const lock = JSON.parse(await readFile(join(import.meta.dirname, '../../package-lock.json'), 'utf8')) as Locked

t.test('every package that is shipped says under which licence it is, and it is one that we permit', async t => {
  const shipped = Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && dev !== true)

  t.ok(shipped.length > 200)
  t.strictSame(shipped.filter(([, { license = '' }]) => !isPermitted(license))
    .map(([path, { license }]) => `${path}: ${license ?? 'no licence'}`), [])
})

t.test('of several licences to choose from one is enough, of several that apply each is needed', async t => {
  t.equal(isPermitted('(MIT OR GPL-3.0)'), true)
  t.equal(isPermitted('MIT AND OFL-1.1'), true)
  t.equal(isPermitted('MIT and GPL-3.0'), false)
  t.equal(isPermitted('AGPL-3.0'), false)
  t.equal(isPermitted(''), false)
})

function isPermitted (license: string): boolean {
  return license.replace(/[()]/g, '').split(/ OR /i).some(choice =>
    choice.split(/ AND /i).every(one => permitted.has(one.trim())))
}
