import { measureImport } from './programme-import.ts'
import type { ImportTimes } from './programme-import.ts'
import { numbersIn } from './options.ts'
import type { Finding } from './run.ts'
import { openBench } from './service.ts'

/** So many seconds a file may take, from its upload to the page that says it is imported. */
const mostSeconds = 10

/** A programme of 5,000 activities by the page: read, shown and imported; then each of them changed by another file. */
export async function measure (args: string[]): Promise<Finding> {
  const { activities } = numbersIn(args, { activities: 5_000 })
  const bench = await openBench()
  try {
    const { created, changed } = await measureImport(bench, activities)
    const slowest = Math.max(allOf(created), allOf(changed))
    const [rate, baseline] = [activities / slowest, activities / mostSeconds]
    return {
      name: 'import',
      rate: Math.round(rate),
      baseline,
      ratio: Number((rate / baseline).toFixed(2)),
      target: 1,
      activities,
      created: rounded(created),
      changed: rounded(changed)
    }
  } finally {
    await bench.close()
  }
}

function allOf ({ upload, preview, import: imported }: ImportTimes): number {
  return upload + preview + imported
}

function rounded (times: ImportTimes) {
  const { upload, preview, import: imported } = times
  return { upload: twoDigits(upload), preview: twoDigits(preview), import: twoDigits(imported) }
}

function twoDigits (seconds: number): number {
  return Number(seconds.toFixed(2))
}
