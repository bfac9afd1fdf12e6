import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'

const project = join(import.meta.dirname, '../..')

t.test('each promise of the threat model names a test that there is', async t => {
  const model = (await readFile(join(project, 'docs/security/threat-model.md'), 'utf8')).replaceAll('\n', ' ')
  const promises = [...model.matchAll(/`(test\/[\w/.-]+\.test\.ts)`\s+`([^`]+)`/g)]
  t.ok(promises.length > 20)
  for (const [, file = '', name = ''] of promises) {
    t.ok((await readFile(join(project, file), 'utf8')).includes(name), `${file}: ${name}`)
  }
})
