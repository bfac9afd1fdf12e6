/** With more memory, or after more time, a child ends itself. */
export interface WatchLimits {
  maxBytes: number
  maxMs: number
}

/** What a child process is told to make: everything it needs, because it finds nothing by itself. */
export interface PdfJob extends WatchLimits {
  /** The template, by its path among the sources. */
  main: string
  /** Every template by its path from `/`. */
  sources: Readonly<Record<string, string>>
  /** What templates read of `sys.inputs`: texts, of which nothing is run. */
  inputs: Readonly<Record<string, string>>
  fontFiles: readonly string[]
}
