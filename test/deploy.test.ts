import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { parse, parseAllDocuments } from 'yaml'

const root = join(import.meta.dirname, '..')
const read = async (file: string) => await readFile(join(root, file), 'utf8')
const run = promisify(execFile)

/** Variables that the README's table names, and those that belong to Node, PostgreSQL and its image. */
const known = new Set([...(await read('README.md')).matchAll(/^\| (`[A-Z_`, ]+`) \|/gm)].flatMap(([, names = '']) => names.match(/[A-Z_]+/g) ?? []))
for (const name of ['NODE_ENV', 'POSTGRES_USER', 'POSTGRES_DB', 'POSTGRES_PASSWORD_FILE', 'POSTGRES_INITDB_ARGS']) known.add(name)

interface Container {
  name: string
  image: string
  command?: string[]
  securityContext: Record<string, unknown>
  ports?: Array<{ name: string, containerPort: number }>
  env?: Array<{ name: string, value: string }>
  envFrom: Array<Record<string, { name: string }>>
  volumeMounts: Array<{ name: string, mountPath: string }>
}
interface Pod { containers: [Container], volumes: Array<{ name: string }>, securityContext: Record<string, unknown> }
interface Labels { matchLabels: Record<string, string> }
interface Resource {
  kind: string
  metadata: { name: string }
  data?: Record<string, string>
  stringData?: Record<string, string>
  spec: { selector: Labels, template: { metadata: { labels: Record<string, string> }, spec: Pod } }
}

async function resourcesIn (file: string): Promise<Resource[]> {
  return parseAllDocuments(await read(`deploy/kubernetes/${file}`)).map(document => {
    if (document.errors[0] !== undefined) throw document.errors[0]
    return document.toJS() as Resource
  })
}

t.test('Kubernetes: what refers to something else in it finds it, and each container is as confined as can be', async t => {
  const resources = [...await resourcesIn('placekeeper.yaml'), ...await resourcesIn('secret.example.yaml')]
  const named = resources.map(({ kind, metadata }) => `${kind} ${metadata.name}`)
  const variables = resources.flatMap(({ data = {}, stringData = {} }) => Object.keys({ ...data, ...stringData }))
  const kinds: Record<string, string> = { configMapRef: 'ConfigMap', secretRef: 'Secret' }

  t.equal(new Set(named).size, named.length, 'nothing has one name twice')
  for (const { kind, metadata: { name }, spec } of resources.filter(({ kind }) => ['Job', 'Deployment'].includes(kind))) {
    const { securityContext, containers: [container], volumes } = spec.template.spec
    t.match(securityContext, { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } }, name)
    t.match(container.securityContext, { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } }, name)
    t.strictSame(container.volumeMounts.map(({ name }) => name), volumes.map(({ name }) => name), `${name} mounts what it has`)
    t.strictSame(container.volumeMounts.map(({ mountPath }) => mountPath), ['/tmp', '/data'])
    for (const reference of container.envFrom.flatMap(from => Object.entries(from))) {
      t.ok(named.includes(`${kinds[reference[0]]} ${reference[1].name}`), `${name} finds ${reference[1].name}`)
    }
    variables.push(...(container.env ?? []).map(({ name }) => name))
    if (kind === 'Job') continue
    t.match(spec.template.metadata.labels, spec.selector.matchLabels)
    t.equal(container.ports?.[0]?.containerPort, 3000)
    t.notOk(container.envFrom.some(({ secretRef }) => secretRef?.name === 'placekeeper-migrate'), `${name} does not know the owner`)
  }
  const images = resources.flatMap(({ spec }) => (spec?.template?.spec.containers ?? []).map(({ image }) => image))
  t.equal(new Set(images).size, 1)
  t.strictSame(variables.filter(name => !known.has(name)), [])
})

interface Service {
  image: string
  env_file?: string | string[]
  environment?: Record<string, string>
  secrets?: string[]
  read_only?: boolean
  cap_drop?: string[]
  volumes?: string[]
}

t.test('Compose: only migrating and backing up know the owner, and what it names is there', async t => {
  const { services, volumes, secrets } = parse(await read('compose.yaml'), { merge: true }) as
    { services: Record<string, Service>, volumes: Record<string, null>, secrets: Record<string, object> }
  const ofOwner = Object.entries(services).filter(([, { secrets }]) => secrets?.includes('migrate.url')).map(([name]) => name)
  const used = Object.values(services).flatMap(({ secrets = [] }) => secrets)
  t.strictSame([...new Set(used)].sort(), Object.keys(secrets).sort())
  for (const [name, { environment = {}, secrets = [] }] of Object.entries(services)) {
    const read = Object.values(environment).filter(value => value.startsWith('/run/secrets/')).map(value => value.split('/').at(-1))
    t.strictSame(read.sort(), secrets.toSorted(), `${name} has the secrets that it reads`)
  }

  t.strictSame(ofOwner, ['migrate', 'backup'])
  for (const name of ['migrate', 'web', 'worker']) {
    t.match(services[name], { image: 'placekeeper', read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] }, name)
  }
  const mounted = Object.values(services).flatMap(({ volumes = [] }) => volumes.map(volume => volume.split(':')[0] ?? ''))
  t.strictSame([...new Set(mounted)].sort(), Object.keys(volumes).sort())
  const variables = Object.values(services).flatMap(({ environment = {} }) => Object.keys(environment))
    .map(name => known.has(name) ? name : name.replace(/_FILE$/, ''))
  t.strictSame(variables.filter(name => !known.has(name)), [])
})

t.test('systemd: units name variables that there are, and only migrating and backing up know the owner', async t => {
  const folder = join(root, 'deploy/systemd')
  const units = (await readdir(folder)).sort()
  const texts = await Promise.all(units.map(async unit => await readFile(join(folder, unit), 'utf8')))

  const variables = texts.flatMap(text => text.match(/(?<=^Environment=.*)\b[A-Z_]+(?==)/gm) ?? [])
  t.strictSame(variables.filter(name => !known.has(name)), [])
  t.strictSame(units.filter((_, n) => texts[n]?.includes('migrate.env')), ['placekeeper-backup.service', 'placekeeper-migrate.service'])
  const isInstalled = await run('systemd-analyze', ['--version']).then(() => true, () => false)
  if (!isInstalled) return t.comment('systemd-analyze is not installed: it did not read the units.')
  const said = await run('systemd-analyze', ['verify', ...units.map(unit => join(folder, unit))]).then(({ stderr }) => stderr, error => String(error.stderr))
  t.strictSame(said.split('\n').filter(line => line !== '' && !/is not executable: No such file/.test(line)), [])
})

t.test('the image ships nothing that serves does not need, runs as nobody in particular, and writes to /data', async t => {
  const dockerfile = await read('Dockerfile')

  t.match(dockerfile, /^USER 1000:1000$/m)
  t.match(dockerfile, /^VOLUME \/data$/m)
  t.match(dockerfile, /DATA_DIR=\/data$/m)
  const copied = [...dockerfile.slice(dockerfile.lastIndexOf('FROM')).matchAll(/^COPY (?:--from=\S+ )?(.+) \S+$/gm)].flatMap(([, what = '']) => what.split(' '))
  t.strictSame(copied, ['package.json', 'package-lock.json', 'prisma', 'templates', '/app/src'])
})
