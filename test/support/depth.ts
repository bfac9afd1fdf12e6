/**
 * True before a release (`.ci/run whole`), when there is time to play every history and send every wrong form. In an
 * ordinary run tests of this kind do a part of it, the same part each time.
 */
export const isWhole = process.env.WHOLE !== undefined
