import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import type { Test } from 'tap'
import { temporaryFolder } from '../support/temporary-folder.ts'

const project = join(import.meta.dirname, '../..')
const run = promisify(execFile)

interface Locked { packages: Record<string, { name?: string, version: string, dev?: boolean }> }
const lock = JSON.parse(await readFile(join(project, 'package-lock.json'), 'utf8')) as Locked
const shipped = Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && dev !== true)
  .map(([path, { name = path.split('node_modules/').at(-1), version }]) => `${name}@${version}`)

interface Component { name: string, version: string, licenses: unknown[], hashes: unknown[] }

/** Of npm, for tests that run it. */
const cache = temporaryFolder(t)

t.test('the list of what a release is made of has every package that is shipped once, and no other', async t => {
  const { stdout } = await run('npm', ['run', '--silent', 'sbom'], { cwd: project, maxBuffer: 16 * 1024 ** 2 })

  const sbom = JSON.parse(stdout) as { components: Component[], metadata: { component: { name: string } } }
  t.match(sbom, { bomFormat: 'CycloneDX', specVersion: /^1\.\d$/, metadata: { component: { name: 'placekeeper' } } })
  t.strictSame(sbom.components.map(({ name, version }) => `${name}@${version}`).sort(), [...new Set(shipped)].sort())
  t.ok(sbom.components.some(({ name }) => name === 'nodemailer'), 'also what tests use besides')
  t.strictSame(sbom.components.filter(({ licenses, hashes }) => licenses.length === 0 || hashes.length === 0), [])
})

t.test('a hole in what is shipped, high or critical, fails the build, and no other does', async t => {
  const [high, critical, moderate] = await Promise.all([
    audited(t, { nodemailer: [hole(1, 'high')] }), audited(t, { pg: [hole(2, 'critical')] }),
    audited(t, { nodemailer: [hole(3, 'moderate')] })
  ])

  t.match(high, { code: 1, said: 'high: nodemailer: A hole (https://advisories.example/1)' })
  t.match(critical, { code: 1, said: 'critical: pg: A hole (https://advisories.example/2)' })
  t.match(moderate, { code: 0, said: '1 of the packages that are shipped have known holes, 0 of them high or critical.' })
  t.strictSame([...new Set(high.asked)].sort(), [...new Set(shipped)].sort(), 'it asks of every package that is shipped')
})

t.test('where the registry does not say what has holes, the build says that nobody knows', async t => {
  const answer = await audited(t, undefined)

  t.match(answer, { code: 0, said: /^NOT AUDITED: the registry does not say which packages have holes \(404 Not Found/ })
})

const hole = (id: number, severity: string) => ({
  id,
  severity,
  title: 'A hole',
  url: `https://advisories.example/${id}`,
  vulnerable_versions: '*',
  cwe: [],
  cvss: { score: 0, vectorString: null }
})

/** What the build says beside a registry that knows of these holes, by package; undefined: it answers no such thing. */
async function audited (t: Test, holes: object | undefined): Promise<{ code: number, said: string, asked: string[] }> {
  const asked: string[] = []
  const registry = createServer((request, response) => {
    void (async () => {
      const body = Buffer.concat(await request.toArray() as Buffer[])
      if (holes === undefined || request.url !== '/-/npm/v1/security/advisories/bulk') {
        response.writeHead(404).end()
        return
      }
      const versions = JSON.parse(gunzipSync(body).toString()) as Record<string, string[]>
      asked.push(...Object.entries(versions).flatMap(([name, those]) => those.map(version => `${name}@${version}`)))
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(holes))
    })()
  }).listen(0, '127.0.0.1')
  t.teardown(() => { registry.close() })
  await once(registry, 'listening')
  const { port } = registry.address() as AddressInfo
  const env = {
    ...process.env,
    npm_config_registry: `http://127.0.0.1:${port}/`,
    // npm keeps what it was told of a hole, by its number.
    npm_config_cache: join(cache, String(port))
  }
  const ended = await run(join(project, '.ci/audit'), { env }).then(
    ({ stdout }) => ({ code: 0, stdout }), (error: { code: number, stdout: string }) => error)
  return { code: ended.code, said: ended.stdout, asked }
}
