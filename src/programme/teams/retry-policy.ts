import { DateTime } from 'luxon'

/** How long we wait for another organisation's server, and how often we ask. */
export interface RetryPolicy {
  /** Time limit for one answer. */
  tryMs: number
  /** Time limit for all tries with the waits between them. */
  wholeMs: number
  tries: number
  /** The first wait is at most this long; each further one at most twice the one before, up to `longestMs`. */
  firstMs: number
  longestMs: number
}

/** Short: a job waits here, and its queue has all day. */
export const retryPolicy: RetryPolicy = { tryMs: 10_000, wholeMs: 30_000, tries: 4, firstMs: 1_000, longestMs: 8_000 }

/**
 * Returns how long to wait after the nth try. A server's Retry-After counts in full, plus a little so that not all its
 * clients come back at once; without one, a random time up to a limit that doubles.
 */
export function waitMs (
  nth: number, retryAfterMs: number | undefined, { firstMs, longestMs }: RetryPolicy, random: () => number
): number {
  if (retryAfterMs !== undefined) return retryAfterMs + Math.round(random() * firstMs)
  return Math.round(random() * Math.min(longestMs, firstMs * 2 ** (nth - 1)))
}

/** Reads a Retry-After: seconds or a date (RFC 9110 §10.2.3); undefined if it is neither. */
export function readRetryAfter (header: string | null, now: DateTime<true>): number | undefined {
  const given = header?.trim() ?? ''
  if (/^\d{1,9}$/.test(given)) return Number(given) * 1000
  const at = DateTime.fromHTTP(given)
  return at.isValid ? Math.max(0, at.diff(now).toMillis()) : undefined
}
