import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { visibleText } from '../typed.ts'
import { DomainError } from '../errors.ts'
import type { VirusScanner } from '../virus-scanner.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Undefined: files are not looked into. */
    virusScanner: VirusScanner | undefined
  }
}

/** How much a form with files may bring. */
export interface UploadLimits {
  files: number
  bytesPerFile: number
  /** Of a field that is typed; what is longer is cut off there. */
  bytesPerField?: number
}

/** A form with files, as it was sent: a field given twice is a list, as in any other form. */
export interface Upload {
  fields: Record<string, string | string[]>
  files: Uint8Array[]
}

const sentences = {
  'too-large': 'A file is too large. Choose another one.',
  'too-many': 'These are too many files at once. Choose fewer.',
  'broken-off': 'The file did not arrive whole. Choose it again.',
  infected: 'This file has a virus or something like it in it. Do not open it, and tell the person who gave it to you.',
  'not-scanned': 'The file cannot be checked for viruses just now, so it was not taken. Try again in a few minutes.'
} as const

/** Files that were sent and not taken. */
export class UploadRefused extends DomainError {
  readonly refusal = 'upload-refused'
  readonly status: 400 | 503
  readonly title = 'The file was not taken'

  /** What the form's fields had, for showing it again. */
  readonly typed: Upload['fields']

  constructor (because: keyof typeof sentences, typed: Upload['fields']) {
    super(sentences[because])
    this.typed = typed
    this.status = because === 'not-scanned' ? 503 : 400
  }
}

/** How many fields a form with files may have, and how long each may be. */
const fieldLimits = { fields: 20, fieldSize: 4_096, fieldNameSize: 100, headerPairs: 50 }

/** Lets the routes of a scope take forms with files. Nothing of a file is ever written to a disk. */
export async function takeUploads (app: FastifyInstance): Promise<void> {
  await app.register(multipart)
}

/** The size of a whole form that stays within the limits. */
export function bodyLimitFor ({ files, bytesPerFile, bytesPerField = 0 }: UploadLimits): number {
  return files * (bytesPerFile + 2_048) + fieldLimits.fields * fieldLimits.fieldSize + bytesPerField
}

/**
 * Reads a form with files into memory. A form that was sent without any has no files. Throws `UploadRefused` for more
 * than the limits, for one that breaks off, and for a file in which the virus scanner finds something or of which it
 * does not say anything: what nobody has looked into is not taken.
 */
export async function uploadIn (
  request: FastifyRequest, { files: most, bytesPerFile, bytesPerField = fieldLimits.fieldSize }: UploadLimits
): Promise<Upload> {
  const upload: Upload = { fields: Object.create(null) as Upload['fields'], files: [] }
  if (!request.isMultipart()) {
    Object.assign(upload.fields, request.body ?? {})
    return upload
  }
  try {
    const limits = {
      ...fieldLimits, fieldSize: bytesPerField, files: most, fileSize: bytesPerFile, parts: most + fieldLimits.fields
    }
    for await (const part of request.parts({ limits })) {
      if (part.type === 'field') add(upload.fields, part.fieldname, visibleText(String(part.value)))
      else {
        const bytes = await part.toBuffer()
        // A field of files in which none is chosen is sent with one that is empty: browsers give it an empty name, and
        // Node's fetch none, which is then undefined here.
        const { filename = '' } = part as { filename?: string }
        if (bytes.length > 0 || filename !== '') upload.files.push(bytes)
      }
    }
  } catch (error) {
    throw refusalOf(error as Error & { code?: string }, upload.fields)
  }
  await lookInto(upload, request)
  return upload
}

/** One after the other, so that nobody keeps a scanner busy by one form. */
async function lookInto ({ fields, files }: Upload, { server: { virusScanner }, log }: FastifyRequest): Promise<void> {
  if (virusScanner === undefined) return
  for (const file of files) {
    const found = await virusScanner.scan(file).catch((error: unknown) => {
      log.warn({ err: error }, 'A file was not taken, because the virus scanner did not say that nothing is in it.')
      throw new UploadRefused('not-scanned', fields)
    })
    if (found === undefined) continue
    log.warn({ found: found.slice(0, 200) }, 'A file was not taken, because the virus scanner found something in it.')
    throw new UploadRefused('infected', fields)
  }
}

function add (fields: Upload['fields'], name: string, value: string): void {
  const before = fields[name]
  fields[name] = before === undefined ? value : [before, value].flat()
}

/** What the parser throws is about what was sent, but for what is none of its own. */
function refusalOf (error: Error & { code?: string }, typed: Upload['fields']): Error {
  if (error.code === 'FST_REQ_FILE_TOO_LARGE') return new UploadRefused('too-large', typed)
  if (['FST_FILES_LIMIT', 'FST_PARTS_LIMIT', 'FST_FIELDS_LIMIT'].includes(error.code ?? '')) return new UploadRefused('too-many', typed)
  return new UploadRefused('broken-off', typed)
}
