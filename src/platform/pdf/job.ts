/** With more memory, or after more time, a child ends itself. */
export interface WatchLimits {
  maxBytes: number
  maxMs: number
}

/** A document to print, or a picture of its first page: to look at, or to use at any size. */
export type Format = 'pdf' | 'png' | 'svg'

/** What a child process is told to make: everything it needs, because it finds nothing by itself. */
export interface PdfJob extends WatchLimits {
  /** The template, by its path among the sources. */
  main: string
  /** Every template by its path from `/`. */
  sources: Readonly<Record<string, string>>
  /** What templates read of `sys.inputs`: texts, of which nothing is run. */
  inputs: Readonly<Record<string, string>>
  fontFiles: readonly string[]
  format: Format
}
