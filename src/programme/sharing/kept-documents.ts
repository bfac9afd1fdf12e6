import { tagOf } from '../../platform/http/tagged.ts'
import type { Format } from '../../platform/pdf/job.ts'
import type { PdfPrinter } from '../../platform/pdf/printer.ts'

export interface KeptDocument {
  /** Of exactly this content; known before the document is made. */
  etag: string
  /** Makes it, unless it is kept or being made. Throws `PdfNotMade`. */
  read: () => Promise<Buffer>
}

export type KeptDocuments = (template: string, data: object, format: Format) => KeptDocument

/**
 * Documents for everyone, each made once for all who ask. A document is known by what stands in it, so one that has
 * changed is never taken for the one before. At most `maxBytes` are kept; those that were not asked for longest go.
 * `edition` stands for the templates.
 */
export function keepDocuments (printer: PdfPrinter, edition: string, maxBytes: number): KeptDocuments {
  const kept = new Map<string, Buffer>()
  const making = new Map<string, Promise<Buffer>>()
  let bytes = 0

  return (template, data, format) => {
    const etag = tagOf(JSON.stringify([edition, template, format, data]))
    return {
      etag,
      async read () {
        const found = kept.get(etag)
        if (found !== undefined) {
          // Last in a map is what was put in last.
          kept.delete(etag)
          kept.set(etag, found)
          return found
        }
        const begun = making.get(etag) ?? make()
        making.set(etag, begun)
        return await begun
      }
    }

    async function make (): Promise<Buffer> {
      try {
        const made = await (format === 'pdf' ? printer.print(template, data) : printer.draw(template, data, format))
        keep(etag, made)
        return made
      } finally {
        making.delete(etag)
      }
    }
  }

  function keep (etag: string, made: Buffer): void {
    kept.set(etag, made)
    bytes += made.length
    for (const [oldest, { length }] of kept) {
      if (bytes <= maxBytes) return
      kept.delete(oldest)
      bytes -= length
    }
  }
}
