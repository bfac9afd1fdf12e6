import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { Worker } from 'node:worker_threads'
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler'
import type { NodeError } from '@myriaddreamin/typst-ts-node-compiler'
import { Resvg } from '@resvg/resvg-js'
import type { PdfJob, WatchLimits } from './job.ts'

/*
 * A program of its own: makes one document of the job on its standard input, writes it to its standard output and ends.
 * A compiler keeps 9 MB of each document of 100 rows for good, so none lives longer than its document.
 */

const job = await json(process.stdin) as PdfJob
const limits: WatchLimits = { maxBytes: job.maxBytes, maxMs: job.maxMs }
const watch = new Worker(new URL('./watch.ts', import.meta.url), { workerData: limits })
try {
  process.stdout.write(documentOf(job))
} catch (error) {
  // What a message quotes may be somebody's name, and this ends in a log.
  process.stderr.write((error as Error).message.replaceAll(/`[^`]*`/g, '…'))
  process.exitCode = 1
}
await watch.terminate()

function documentOf ({ main, sources, inputs, fontFiles, format }: PdfJob): Buffer {
  // A folder that is not there: whatever a template asks for, it finds the other templates and nothing else.
  const workspace = join(tmpdir(), `nothing-${randomUUID()}`)
  const compiler = NodeCompiler.create({
    workspace, fontArgs: [{ fontBlobs: fontFiles.map(file => readFileSync(file)) }]
  })
  for (const [path, source] of Object.entries(sources)) compiler.addSource(join(workspace, path), source)

  const compiled = compiler.compile({ mainFilePath: join(workspace, main), inputs })
  // A warning is a fault too: a family that is not there makes its text vanish, and warns.
  const problems = [compiled.takeError(), compiled.takeWarnings()]
    .flatMap(problem => problem === null ? [] : messagesOf(problem))
  if (problems.length > 0 || compiled.result === null) throw new Error(problems.join('; '))
  if (format === 'pdf') return compiler.pdf(compiled.result, { pdfStandard: 'ua-1' })
  const svg = compiler.plainSvg(compiled.result)
  return format === 'svg' ? Buffer.from(svg) : pngOf(svg)
}

/** Its letters are shapes already, so no font is looked for. A point of the page is a pixel, not 4/3 as in CSS. */
function pngOf (svg: string): Buffer {
  return new Resvg(svg, { font: { loadSystemFonts: false }, fitTo: { mode: 'zoom', value: 0.75 } }).render().asPng()
}

function messagesOf (error: NodeError): string[] {
  return error.shortDiagnostics.map(({ message }: { message?: unknown }) => String(message))
}
