import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * What `load` gave, begun at most a second ago; many who ask at once wait for one load. A load that
     * fails is forgotten. For what everybody sees: the key must say all that the value depends on.
     */
    fresh: <T> (key: string, load: () => Promise<T>) => Promise<T>
  }
}

interface Kept {
  begunAt: number
  value: Promise<unknown>
}

/** More would let a stranger fill the memory with addresses that do not exist. */
const mostKept = 500

/** Adds `app.fresh`. A value's age counts from the moment at which its load began, not ended. */
export const fresh = fp<{ milliseconds?: number | undefined }>(async (app, { milliseconds = 1000 }) => {
  const kept = new Map<string, Kept>()

  app.decorate('fresh', async <T>(key: string, load: () => Promise<T>): Promise<T> => {
    const now = performance.now()
    const found = kept.get(key)
    if (found !== undefined && now - found.begunAt < milliseconds) return await (found.value as Promise<T>)

    const entry: Kept = { begunAt: now, value: load() }
    entry.value.catch(() => { if (kept.get(key) === entry) kept.delete(key) })
    kept.delete(key)
    kept.set(key, entry)
    const [oldest] = kept.keys()
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest)
    return await (entry.value as Promise<T>)
  })
}, { name: 'fresh' })
