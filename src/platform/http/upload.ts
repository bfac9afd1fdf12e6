import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { DomainError } from '../errors.ts'
import { sizeInWords } from '../size-in-words.ts'
import { visibleText } from '../typed.ts'
import type { VirusScanner } from '../virus-scanner.ts'
import { formError } from './form-errors.ts'
import type { FormErrors } from './form-errors.ts'

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
interface Upload {
  fields: Record<string, string | string[]>
  files: Uint8Array[]
}

const sentences = {
  'too-many': 'These are too many files at once. Choose fewer.',
  'broken-off': 'The file did not arrive whole. Choose it again.',
  infected: 'This file has a virus or something like it in it. Do not open it, and tell the person who gave it to you.',
  'not-scanned': 'The file cannot be checked for viruses just now, so it was not taken. Try again in a few minutes.'
} as const

function tooLarge (bytes: number): string {
  return `A file is too large: it may have up to ${sizeInWords(bytes)}. Choose a smaller one.`
}

/** Files that were sent and not taken. */
class UploadRefused extends DomainError {
  readonly refusal = 'upload-refused'
  readonly status: 400 | 503
  readonly title = 'The file was not taken'

  /** What the form's fields had, for showing it again. */
  readonly typed: Upload['fields']

  constructor (because: keyof typeof sentences | { largest: number }, typed: Upload['fields']) {
    super(typeof because === 'string' ? sentences[because] : tooLarge(because.largest))
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

/** How a form takes files, and the page that it answers with where they are not taken. */
interface FileField<A> {
  /** The field that holds them; what is wrong with them stands beside it. */
  field: string
  limits: UploadLimits
  again: (asked: A, errors: FormErrors) => FastifyReply | Promise<FastifyReply>
  /** Where they are not answers themselves: what they say to the form's fields. */
  fieldsOf?: (files: readonly Uint8Array[]) => object
}

/** Reads the files of a form, so that it is checked and shown again like any other. Put around `form`. */
export function uploading<A extends { body: unknown, reply: FastifyReply }> (
  { field, limits, again, fieldsOf = files => ({ [field]: files }) }: FileField<NoInfer<A>>,
  answer: (asked: A) => Promise<FastifyReply>
): (asked: A) => Promise<FastifyReply> {
  return async asked => {
    try {
      const { fields, files } = await uploadIn(asked.reply.request, limits)
      return await answer({ ...asked, body: { ...fields, ...fieldsOf(files) } })
    } catch (error) {
      if (!(error instanceof UploadRefused)) throw error
      asked.reply.code(error.status)
      return await again({ ...asked, body: error.typed }, formError(field, error.message))
    }
  }
}

/**
 * Reads a form with files into memory. A form that was sent without any has no files. Throws `UploadRefused` for more
 * than the limits, for one that breaks off, and for a file in which the virus scanner finds something or of which it
 * does not say anything: what nobody has looked into is not taken.
 */
async function uploadIn (
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
    throw refusalOf(error as Error & { code?: string }, bytesPerFile, upload.fields)
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
function refusalOf (error: Error & { code?: string }, largest: number, typed: Upload['fields']): Error {
  if (error.code === 'FST_REQ_FILE_TOO_LARGE') return new UploadRefused({ largest }, typed)
  if (['FST_FILES_LIMIT', 'FST_PARTS_LIMIT', 'FST_FIELDS_LIMIT'].includes(error.code ?? '')) return new UploadRefused('too-many', typed)
  return new UploadRefused('broken-off', typed)
}
