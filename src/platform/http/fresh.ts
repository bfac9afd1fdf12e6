import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * What `load` gave, begun at most a second ago; many who ask at once wait for one load. A load that
     * fails is forgotten. For what everybody sees: the key must say all that the value depends on.
     */
    fresh: <T> (key: string, load: () => Promise<T>) => Promise<T>
    /** What a load for this key gave last, however long ago: for while there is nothing newer to be had. */
    lastKnown: (key: string) => unknown
  }
}

interface Kept {
  begunAt: number
  value: Promise<unknown>
}

/** More would let a stranger fill the memory with addresses that do not exist. */
const mostKept = 500

/** Adds `app.fresh` and `app.lastKnown`. A value's age counts from the moment at which its load began, not ended. */
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

/** Keeps a value as the newest, and lets go of the oldest of too many. */
function keep<V> (values: Map<string, V>, key: string, value: V): void {
  values.delete(key)
  values.set(key, value)
  const [oldest] = values.keys()
  if (values.size > mostKept && oldest !== undefined) values.delete(oldest)
}
