import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { temporaryFolder } from './temporary-folder.ts'

const root = join(import.meta.dirname, '../..')

t.test('processes share the files of tests, each file is run once, and one that fails does not end those after it', async t => {
  const folder = temporaryFolder(t, {
    'broken.test.ts': "throw new Error('at its import')",
    'failing.test.ts': "import t from 'tap'\nt.test('says no', async t => { t.fail('no') })",
    'fine.test.ts': "import t from 'tap'\nt.test('says yes', async t => { t.ok(true, 'yes') })\nt.test('and yes', async t => { t.ok(true) })",
    'leaving.test.ts': "import t from 'tap'\nsetInterval(() => {}, 1000)\nt.test('says yes', async t => { t.ok(true) })",
    'leaning.test.ts': "import t from 'tap'\nt.teardown(() => { process.stderr.write('its own end\\n') })\nt.test('waits', async t => { t.ok(true) })"
  }, { within: join(root, '.tap') })
  const list = join(folder, 'list')
  await mkdir(list)
  for (const name of ['broken', 'failing', 'fine', 'leaning', 'leaving']) {
    await writeFile(join(list, `0 ${encodeURIComponent(relative(root, join(folder, `${name}.test.ts`)))}`), '')
  }

  const [one, other] = await Promise.all([lane(list), lane(list)])

  const said = one.said + other.said
  for (const [file, outcome] of [
    ['broken', 'not ok'], ['failing', 'not ok'], ['fine', 'ok'], ['leaning', 'ok'], ['leaving', 'ok']
  ]) {
    t.equal(said.match(new RegExp(`^${outcome} \\d+ - \\S*/${file}\\.test\\.ts`, 'gm'))?.length, 1, `${file}: ${outcome}, once`)
  }
  t.match(said, /at its import/)
  t.match(said, /^ {4}ok 2 - and yes/m, 'tests of a file are below its name')
  t.match(one.warned + other.warned, /its own end\n\S*leaning\.test\.ts: /, 'what a file began ends with it')
  t.match(one.warned + other.warned, /^Left running: .*Timeout/m, 'what nobody stops does not keep the process')
  t.ok(one.code === 1 || other.code === 1)
  t.match(one.warned + other.warned, /^To play it again: npm test -- --in-order .*failing\.test\.ts/m)
})

async function lane (list: string): Promise<{ code: number, said: string, warned: string }> {
  const { NODE_OPTIONS, ...env } = process.env
  const child = spawn(process.execPath, [join(import.meta.dirname, 'lane.ts')], { env: { ...env, TEST_LIST: list, TEST_GRACE_MS: '2000' } })
  const [[code], said, warned] = await Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)])
  return { code: code as number, said, warned }
}
