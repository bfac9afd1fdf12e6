import { spawnSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

/*
 * Compares how long `npm test` takes here and in another checkout, where `npm ci` was run:
 *
 *     node bench/suite.ts ../other           twenty files, three times each in both, in turns
 *     node bench/suite.ts ../other --whole   everything, once in both
 */

const here = join(import.meta.dirname, '..')
const { values: { whole }, positionals: [other = ''] } = parseArgs({
  options: { whole: { type: 'boolean', default: false } }, allowPositionals: true
})
if (!existsSync(join(other, 'package.json'))) {
  process.stderr.write('Say in which folder the other checkout is: node bench/suite.ts FOLDER [--whole]\n')
  process.exit(2)
}

const sides = [['here', here], ['other', other]] as const
const taken = { here: [] as number[], other: [] as number[] }
for (let round = 1; round <= (whole ? 1 : 3); round++) {
  for (const [side, folder] of sides) {
    const seconds = secondsOf(folder, whole ? [] : sample())
    taken[side].push(seconds)
    process.stdout.write(`${side}: ${seconds.toFixed(1)} s\n`)
  }
}
const [rate, baseline] = [median(taken.here), median(taken.other)]
if (rate > baseline / 4) process.exitCode = 1
process.stdout.write(`${JSON.stringify({ name: 'suite', whole, here: rate, other: baseline, ratio: rate / baseline, target: 0.25 })}\n`)

/** Wall-clock time of `npm test`; if tests fail there, this fails too. */
function secondsOf (folder: string, files: string[]): number {
  const begun = performance.now()
  const { status } = spawnSync('npm', ['test', '--', '--reporter=silent', ...files], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) process.stderr.write(`In ${folder} a test failed.\n`)
  return (performance.now() - begun) / 1000
}

/** Twenty of the files that both have, spread evenly over all parts; the same each time. */
function sample (): string[] {
  const both = globSync('test/**/*.test.ts', { cwd: other }).sort().filter(file => existsSync(join(here, file)))
  return Array.from({ length: 20 }, (_, n) => both[Math.floor((n + 0.5) * both.length / 20)] as string)
}

function median (numbers: number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] as number
}
