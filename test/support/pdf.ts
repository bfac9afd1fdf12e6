import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { inflateSync } from 'node:zlib'
import { PDFiumLibrary } from '@hyzyla/pdfium'

const run = promisify(execFile)

/** Chrome's reader of PDFs, made once for all tests of a process. */
let reader: Promise<PDFiumLibrary> | undefined

/** The lines of a PDF as Chrome copies and searches them. */
export async function linesOf (pdf: Buffer): Promise<string[]> {
  reader ??= PDFiumLibrary.init()
  const document = await (await reader).loadDocument(pdf)
  try {
    return asRead([...document.pages()].flatMap(page => page.getText().split(/\r?\n/)))
  } finally {
    document.destroy()
  }
}

/** The same by poppler, which is what Linux reads PDFs with; undefined where its `pdftotext` is not installed. */
export async function popplerLinesOf (pdf: Buffer, ...options: string[]): Promise<string[] | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'placekeeper-pdf-'))
  try {
    await writeFile(join(folder, 'list.pdf'), pdf)
    const { stdout } = await run('pdftotext', [...options, join(folder, 'list.pdf'), '-'])
    return asRead(stdout.split(/[\n\f]/))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Without the marks of direction that readers put around what is written from right to left. */
function asRead (lines: readonly string[]): string[] {
  return lines.map(line => line.replaceAll(/[\u200E\u200F\u202A-\u202E\u2066-\u2069]/g, '').trim()).filter(line => line !== '')
}

/** Everything in a PDF that is not picture or font, readable: its objects and metadata. */
export function innardsOf (pdf: Buffer): string {
  const raw = pdf.toString('latin1')
  const streams = [...raw.matchAll(/stream\r?\n/g)].filter(({ index }) => raw.slice(index - 3, index) !== 'end')
    .map(({ index, 0: mark }) => {
      const packed = pdf.subarray(index + mark.length)
      try {
        return inflateSync(packed, { finishFlush: 2 }).toString('latin1')
      } catch {
        return ''
      }
    })
  return [raw, ...streams].join('\n')
}
