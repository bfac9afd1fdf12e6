import { DateTime } from 'luxon'

/** How long we wait for somebody else's server, and how often we ask. */
export interface Patience {
  /** For one answer. */
  tryMs: number
  /** For all tries with the waits between them. */
  wholeMs: number
  tries: number
  /** The first wait is up to this; each further one up to twice the one before, to `longestMs`. */
  firstMs: number
  longestMs: number
}

/** Short: a job waits here, and its queue has all day. */
export const patience: Patience = { tryMs: 10_000, wholeMs: 30_000, tries: 4, firstMs: 1_000, longestMs: 8_000 }

/**
 * How long to wait after the nth try. What a server asks for counts in full, and a little is added so that
 * not everybody whom it asked comes back at once; without, any time up to a limit that doubles.
 */
export function waitMs (
  nth: number, retryAfterMs: number | undefined, { firstMs, longestMs }: Patience, random: () => number
): number {
  if (retryAfterMs !== undefined) return retryAfterMs + Math.round(random() * firstMs)
  return Math.round(random() * Math.min(longestMs, firstMs * 2 ** (nth - 1)))
}

/** Reads a Retry-After: seconds or a date (RFC 9110 §10.2.3); undefined for what is neither. */
export function readRetryAfter (header: string | null, now: DateTime<true>): number | undefined {
  const given = header?.trim() ?? ''
  if (/^\d{1,9}$/.test(given)) return Number(given) * 1000
  const at = DateTime.fromHTTP(given)
  return at.isValid ? Math.max(0, at.diff(now).toMillis()) : undefined
}
