/** A stretch of time, in milliseconds since 1970; `to` is exclusive. */
export interface Span { from: number, to: number }

/**
 * Someone was in a meeting between two instants, for so many seconds: fewer than lie between them where they left and
 * came back, and the report says no more of it than the first, the last and the sum.
 */
export interface Presence extends Span { seconds: number }

/** How long someone has to be there to have come: 10 minutes, or a third of an activity shorter than half an hour. */
const enough = { minutes: 10, of: 30 }

/** A session of a meeting is of an activity if it lies between so many minutes before its start and after its end. */
const belonging = { minutesBefore: 30, minutesAfter: 60 }

/** The stretch in which people join an activity, and in which they may come early and leave late. */
export function belongsTo ({ from, to }: Span): Span {
  return { from: from - belonging.minutesBefore * 60_000, to: to + belonging.minutesAfter * 60_000 }
}

/** Whether two stretches have an instant in common. */
export function overlap (one: Span, other: Span): boolean {
  return one.from < other.to && other.from < one.to
}

/**
 * For how many seconds someone was there during an activity, by everything that is known of them: two devices at once,
 * and one session in two reports, count once.
 */
export function secondsDuring (event: Span, presences: readonly Presence[]): number {
  const within = distinct(presences).flatMap(presence => {
    const from = Math.max(presence.from, event.from)
    const to = Math.min(presence.to, event.to)
    return from < to ? [{ from, to, seconds: Math.min(presence.seconds, (to - from) / 1000) }] : []
  })
  const summed = within.reduce((sum, { seconds }) => sum + seconds, 0)
  const covered = merged(within).reduce((sum, { from, to }) => sum + (to - from) / 1000, 0)
  return Math.floor(Math.min(summed, covered))
}

/** Stretches as few as cover the same time, in order. */
export function merged (spans: readonly Span[]): Span[] {
  const apart: Span[] = []
  for (const { from, to } of [...spans].sort((one, other) => one.from - other.from)) {
    const last = apart.at(-1)
    if (last === undefined || from > last.to) apart.push({ from, to })
    else last.to = Math.max(last.to, to)
  }
  return apart
}

/** The same join in two reports is one. */
export function distinct (presences: readonly Presence[]): Presence[] {
  return [...new Map(presences.map(presence => [`${presence.from} ${presence.to} ${presence.seconds}`, presence])).values()]
}

/** Whether someone who was there for so long has come. */
export function hasCome (event: Span, seconds: number): boolean {
  const share = (event.to - event.from) / 1000 * enough.minutes / enough.of
  return seconds > 0 && seconds >= Math.min(enough.minutes * 60, share)
}

/** For how long someone was there as it is kept: rounded down to 10 minutes, never to the minute. */
export function minutesAtLeast (seconds: number): number {
  return Math.floor(seconds / 600) * 10
}
