import { spawnSync } from 'node:child_process'
import { globSync, readFileSync, statfsSync } from 'node:fs'
import { join } from 'node:path'

/*
 * What `npm test` does: tap, with the files in an order that is new each time, so that one that leans on another,
 * or leaves something behind, is found. TEST_SEED plays an order again.
 *
 *     npm test                               all of them
 *     npm run coverage                       all, and what they do not reach
 *     npm test -- --subject=database         those that say so in their first line
 *     npm test -- test/bookings --bail       those named; other options are tap's, with = before their value
 */

const root = join(import.meta.dirname, '../..')
const seed = process.env.TEST_SEED ?? String(Date.now() % 1_000_000)
/** More than cores, because tests wait for timers, mail servers and each other. */
const jobs = 4

const [named, options] = partition(process.argv.slice(2), argument => !argument.startsWith('-'))
const [subjects, others] = partition(options, option => option.startsWith('--subject='))
const [coverage, tapOptions] = partition(others, option => option === '--with-coverage')
const files = (named.length > 0 ? named : ['test']).flatMap(filesIn).filter(isAsked).sort()
const [howToCover, uncovered] = coverage.length > 0
  ? ['--show-full-coverage', {}]
  // Told by its option alone, tap covers the scripts before and after the tests, and prints a table of those.
  : ['--disable-coverage', { _TAPJS_PROCESSINFO_COVERAGE_: '0', NODE_OPTIONS: `--import=${join(import.meta.dirname, 'unhooked.ts')}` }]

if (files.length === 0) throw new Error('No file of tests is meant.')
if (files.length > 1) process.stderr.write(`${files.length} files of tests in the order of TEST_SEED=${seed}\n`)
const { status } = spawnSync(process.execPath, [
  '--import', join(import.meta.dirname, 'seeded.ts'), join(root, 'node_modules/.bin/tap'),
  '--shuffle', `--jobs=${jobs}`, howToCover, ...tapOptions, ...files
], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env, TEST_SEED: seed, NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/node-compile'), ...inMemory(), ...uncovered
  }
})
process.exit(status ?? 1)

function filesIn (place: string): string[] {
  return place.endsWith('.ts') ? [place] : globSync(`${place}/**/*.test.ts`, { cwd: root })
}

function isAsked (file: string): boolean {
  const [firstLine = ''] = readFileSync(join(root, file), 'utf8').split('\n', 1)
  return subjects.every(subject => firstLine === `// Subject: the ${subject.replace('--subject=', '')}.`)
}

/** Temporary folders in memory where the system has room there for databases and browsers. */
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
