/** How quickly requests were decided lately: milliseconds, and how many requests were decided in them. */
export interface Pace { ms: number, requests: number }

/** Before anything is measured: so slow that no more are let in than one batch takes. */
export const unmeasured: Pace = { ms: 4, requests: 1 }

/** Whoever would wait longer is turned away at once: they can try again, and need not look at a blank page. */
export const longestWaitMs = 1_000

/** The pace after a batch. Each batch halves what those before it weigh, so the pace follows what is true now. */
export function paceAfter ({ ms, requests }: Pace, batch: Pace): Pace {
  return { ms: ms / 2 + batch.ms, requests: requests / 2 + batch.requests }
}

/** How long someone would wait with so many ahead. */
export function expectedWaitMs (ahead: number, { ms, requests }: Pace): number {
  return (ahead + 1) * ms / requests
}

/**
 * Whether someone is let in with so many ahead. Those who fit into the next batch always are: one request alone costs
 * as much as a batch of many, and its pace says nothing of theirs.
 */
export function isDecidedInTime (ahead: number, pace: Pace, batchSize: number): boolean {
  return ahead < batchSize || expectedWaitMs(ahead, pace) <= longestWaitMs
}
