import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { limitConcurrency } from '../limit-concurrency.ts'
import { coverageOf } from './coverage.ts'
import type { Coverage } from './coverage.ts'
import { PdfNotMade } from './errors.ts'
import { findFonts } from './fonts.ts'
import type { InstalledFonts } from './fonts.ts'
import type { Format, PdfJob } from './job.ts'

const program = fileURLToPath(new URL('./compiler.ts', import.meta.url))

export interface PdfPrinter {
  /**
   * Sets a template, such as `parts/poster`, as PDF/UA. It reads `data` as JSON from `sys.inputs.data`, and nothing of
   * it is run, whatever it says. Throws `PdfNotMade`.
   */
  print: (template: string, data: object) => Promise<Buffer>
  /** The same as a picture, whose size is that of its page. */
  draw: (template: string, data: object, format: 'png' | 'svg') => Promise<Buffer>
  /** Which texts can be set: of others a letter would be missing, so a document with one is not made. */
  getCoverage: () => Promise<Coverage>
  /** Ends what is being made, and makes nothing more. */
  close: () => void
}

export interface PrinterSettings {
  /** Where templates are. */
  folder: string
  /** Documents that this process makes at once; each takes a processor. */
  atOnce: number
  /** How many wait at most; whoever comes then is told to come again. */
  waiting: number
  /** For one document; a list of 3,000 people takes 3 seconds. */
  maxMs: number
  /** Of one child process; a list of 3,000 people takes 470 MB. */
  maxBytes: number
}

const usual: PrinterSettings = {
  folder: fileURLToPath(new URL('../../../templates', import.meta.url)),
  atOnce: 2,
  waiting: 20,
  maxMs: 20_000,
  maxBytes: 768 * 1024 ** 2
}

/** How much longer a child gets, which counts its time only once it has started and should have ended by itself. */
const patienceMs = 10_000

/** How a child ended without a document. */
interface Failed { code: number | null, signal: string | null, said: string }

interface Log { error: (about: object, message: string) => void }

/** Opens what makes documents, each in a child process that ends with it; nothing is started before the first. */
export function openPrinter (log: Log, settings: Partial<PrinterSettings> = {}): PdfPrinter {
  const { folder, atOnce, waiting, maxMs, maxBytes } = { ...usual, ...settings }
  const children = new Set<ChildProcess>()
  const run = limitConcurrency(atOnce)
  let asked = 0
  let isClosed = false
  let fonts: InstalledFonts | undefined
  let sources: PdfJob['sources'] | undefined
  let coverage: Promise<Coverage> | undefined

  return {
    print: async (template, data) => await inTurn(async () => await make(template, data, 'pdf')),
    draw: async (template, data, format) => await inTurn(async () => await make(template, data, format)),
    async getCoverage () {
      fonts ??= findFonts()
      coverage ??= coverageOf(fonts.files).catch((error: unknown) => {
        // Whoever asks next tries again: files that could not be opened now can be in a minute.
        coverage = undefined
        throw error
      })
      return await coverage
    },
    close () {
      isClosed = true
      for (const child of children) child.kill('SIGKILL')
    }
  }

  async function inTurn (make: () => Promise<Buffer>): Promise<Buffer> {
    if (isClosed || asked >= atOnce + waiting) throw new PdfNotMade()
    asked++
    return await run(make).finally(() => { asked-- })
  }

  async function make (template: string, data: object, format: Format): Promise<Buffer> {
    if (isClosed) throw new PdfNotMade()
    fonts ??= findFonts()
    sources ??= readSources(folder)
    const result = await compile({
      main: `/${template}.typ`,
      sources,
      inputs: { data: JSON.stringify(data), fonts: JSON.stringify(fonts.families) },
      fontFiles: fonts.files,
      format,
      maxBytes,
      maxMs
    })
    if ('made' in result) return result.made
    log.error({ template, ...result }, 'a PDF was not made')
    throw new PdfNotMade()
  }

  /** Makes one document in a child of its own, which knows none of our settings: its environment is empty. */
  async function compile (job: PdfJob): Promise<{ made: Buffer } | Failed> {
    const child = spawn(process.execPath, [program], {
      env: {}, stdio: 'pipe', timeout: maxMs + patienceMs, killSignal: 'SIGKILL'
    })
    children.add(child)
    try {
      // One that ends early reads no more; how it ended says why.
      child.stdin.on('error', () => {})
      child.stdin.end(JSON.stringify(job))
      const [made, said, [code, signal]] = await Promise.all([
        buffer(child.stdout), text(child.stderr), once(child, 'close') as Promise<[number | null, string | null]>
      ])
      return code === 0 && made.length > 0 ? { made } : { code, signal, said: said.slice(0, 2000) }
    } catch (error) {
      return { code: null, signal: null, said: String(error) }
    } finally {
      children.delete(child)
    }
  }
}

/** All templates of documents by their path, read once: they are few and small. */
function readSources (folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.typ'))
  return Object.fromEntries(files.map(file =>
    [`/${file.replaceAll(sep, '/')}`, readFileSync(join(folder, file), 'utf8')]))
}
