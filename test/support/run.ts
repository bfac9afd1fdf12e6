import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { forgetStatements } from './statements.ts'

/*
 * What `npm test` does: runs tap, with a few processes that share the files in an order that is new each time, so that
 * a file that depends on another, or leaves something behind, is found. TEST_SEED gives an order again; which process
 * takes which file depends on the machine, so one with failures prints what it took.
 *
 *     npm test                               all of them
 *     npm run coverage                       all, and what they do not reach
 *     npm test -- --subject=database         those that say so in their first line
 *     npm test -- test/bookings --bail       those named; other options are tap's, with = before their value
 *     npm test -- --in-order A B             those named, one after the other in one process
 */

const root = join(import.meta.dirname, '../..')
const seed = process.env.TEST_SEED ?? String(Date.now() % 1_000_000)

const [named, options] = partition(process.argv.slice(2), argument => !argument.startsWith('-'))
const [subjects, others] = partition(options, option => option.startsWith('--subject='))
const [coverage, more] = partition(others, option => option === '--with-coverage')
const [inOrder, tapOptions] = partition(more, option => option === '--in-order')
/** More than cores, because tests wait for timers, mail servers and each other. */
const processes = inOrder.length > 0 ? 1 : 4
const files = (named.length > 0 ? named : ['test']).flatMap(filesIn).filter(isAsked)
const [howToCover, uncovered] = coverage.length > 0
  ? ['--show-full-coverage', {}]
  // With only its option, tap covers the scripts before and after the tests, and prints a table of those. A larger
  // young generation takes a tenth off the processor time, because most objects die before they are copied.
  : ['--disable-coverage', {
      _TAPJS_PROCESSINFO_COVERAGE_: '0',
      NODE_OPTIONS: `--max-semi-space-size=64 --import=${join(import.meta.dirname, 'unhooked.ts')}`
    }]

const longest = [
  'test/booking/waiting-list/model.test.ts', 'test/browser/accessible.test.ts', 'test/browser/staff-walk.test.ts',
  'test/fuzz/requests.test.ts', 'test/identity/staff/roles-on-routes.test.ts', 'test/office/exports/cut-off.test.ts',
  'test/programme/activities/wrong-forms.test.ts', 'test/server.test.ts', 'test/who-may-see-what.test.ts'
]

if (files.length === 0) throw new Error('No file of tests is meant.')
if (files.length > 1) process.stderr.write(`${files.length} files of tests in the order of TEST_SEED=${seed}\n`)
mkdirSync(join(root, 'node_modules/.cache'), { recursive: true })
/** In the project, because tap stores each process's output by its path relative to it. */
const folder = mkdtempSync(join(root, 'node_modules/.cache/placekeeper-test-'))
const list = join(folder, 'list')
listFiles(inOrder.length > 0 ? files : shuffled(files))
if (named.length + subjects.length === 0) forgetStatements()
// A group of its own, which a signal to this process ends whole: tap does not take its processes along.
const tap = spawn(process.execPath, [
  join(root, 'node_modules/.bin/tap'), `--jobs=${processes}`, '--timeout=3600', howToCover, ...tapOptions,
  ...files.slice(0, processes).map(aLane)
], {
  cwd: root,
  stdio: 'inherit',
  detached: true,
  env: {
    ...process.env,
    TEST_LIST: list,
    NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/node-compile'),
    ...inMemory(),
    ...uncovered
  }
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => { if (tap.pid !== undefined) process.kill(-tap.pid, signal) })
}
const [status] = await once(tap, 'exit') as [number | null]
const left = readdirSync(list)
rmSync(folder, { recursive: true })
if (left.length > 0) process.stderr.write(`Not run: ${left.map(decodeURIComponent).join(', ')}\n`)
process.exit(left.length > 0 ? 1 : status ?? 1)

function filesIn (place: string): string[] {
  return place.endsWith('.ts') ? [place] : globSync(`${place}/**/*.test.ts`, { cwd: root }).sort()
}

function isAsked (file: string): boolean {
  const [firstLine = ''] = readFileSync(join(root, file), 'utf8').split('\n', 1)
  return subjects.every(subject => firstLine === `// Subject: the ${subject.replace('--subject=', '')}.`)
}

/** Puts an empty file into the list for each test file: the process that removes it runs it. */
function listFiles (files: readonly string[]): void {
  mkdirSync(list)
  for (const [n, file] of files.entries()) {
    writeFileSync(join(list, `${String(n).padStart(4, '0')} ${encodeURIComponent(file)}`), '')
  }
}

/** In the seed's order, but the longest first: if one of these began last, everything would wait for it. */
function shuffled (files: readonly string[]): string[] {
  const rank = (file: string) =>
    `${longest.includes(file) ? 0 : 1} ${createHash('sha256').update(`${seed} ${file}`).digest('hex')}`
  return files.toSorted((a, b) => rank(a) < rank(b) ? -1 : 1)
}

/** A file of its own for each process, because tap does not start the same file twice. */
function aLane (_: string, n: number): string {
  const lane = join(folder, `lane-${n + 1}.mjs`)
  writeFileSync(lane, `import '${join(root, 'test/support/lane.ts')}'\n`)
  return lane
}

/** Temporary folders in memory where there is room for databases and browsers. */
function inMemory (): { TMPDIR?: string } {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm')
    return process.env.TMPDIR === undefined && bavail * bsize > 2 * 1024 ** 3 ? { TMPDIR: '/dev/shm' } : {}
  } catch {
    return {}
  }
}

function partition<T> (all: T[], isIn: (one: T) => boolean): [T[], T[]] {
  return [all.filter(isIn), all.filter(one => !isIn(one))]
}
