import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * The result of `load`, begun at most a second ago; many who ask at once wait for one load. A load that fails is
     * forgotten. For what everyone sees: the key must contain all that the value depends on.
     */
    fresh: <T> (key: string, load: () => Promise<T>) => Promise<T>
    /** The last successful result for this key, however old: for when a newer one is not to be had. */
    lastKnown: (key: string) => unknown
  }
}

interface Kept {
  begunAt: number
  value: Promise<unknown>
}

/** Without a limit a stranger could fill the memory with addresses that do not exist. */
const maxKept = 500

/** Adds `app.fresh` and `app.lastKnown`. A value's age counts from the start of its load, not from its end. */
export const fresh = fp<{ milliseconds?: number | undefined }>(async (app, { milliseconds = 1000 }) => {
  const kept = new Map<string, Kept>()
  const known = new Map<string, unknown>()

  app.decorate('fresh', async <T>(key: string, load: () => Promise<T>): Promise<T> => {
    const now = performance.now()
    const found = kept.get(key)
    if (found !== undefined && now - found.begunAt < milliseconds) return await (found.value as Promise<T>)

    const entry: Kept = { begunAt: now, value: load() }
    entry.value.then(
      value => { keep(known, key, value) }, () => { if (kept.get(key) === entry) kept.delete(key) })
    keep(kept, key, entry)
    return await (entry.value as Promise<T>)
  })

  app.decorate('lastKnown', key => known.get(key))
}, { name: 'fresh' })

/** Stores a value as the newest, and drops the oldest of too many. */
function keep<V> (values: Map<string, V>, key: string, value: V): void {
  values.delete(key)
  values.set(key, value)
  const [oldest] = values.keys()
  if (values.size > maxKept && oldest !== undefined) values.delete(oldest)
}
