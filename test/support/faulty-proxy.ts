import { once } from 'node:events'
import { createServer, connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import type { Test } from 'tap'

/** A proxy between the service and PostgreSQL that fails as networks do. */
export interface FaultyProxy {
  /** The address of the same database, through the proxy. */
  url: string
  /** From now on the open connections return nothing, and are not closed either. */
  swallow: () => void
  /** As `swallow`, but only the next connection whose queries match all of these in turn, from the last match on. */
  swallowAfter: (...asked: RegExp[]) => void
  /** Connections that are opened from now on, until `heal`, are closed at once. */
  refuse: () => void
  /** Resets all open connections. */
  reset: () => void
  /** Delays answers by this much, from now on until `heal`. */
  delay: (milliseconds: number) => void
  /** New connections work again; those whose answers were swallowed stay as they are. */
  heal: () => void
  /** Number of connections that return nothing and that the service has not given up yet. */
  countSilent: () => number
}

interface Pair { near: Socket, far: Socket, asked: number, isSilent: boolean }

/** A proxy to the server of `url`, stopped when the test is over. */
export async function faultyProxy (t: Test, url: string): Promise<FaultyProxy> {
  const address = new URL(url)
  const { hostname, port } = address
  const pairs = new Set<Pair>()
  let refuses = false
  let later = 0
  let triggers: RegExp[] = []

  const server = createServer(near => {
    if (refuses) {
      near.destroy()
      return
    }
    const pair = { near, far: connect(Number(port), hostname), asked: 0, isSilent: false }
    const { far } = pair
    pairs.add(pair)
    near.on('data', chunk => {
      if (triggers[pair.asked]?.test(chunk.toString('latin1')) === true && ++pair.asked === triggers.length) {
        triggers = []
        pair.isSilent = true
      }
      far.write(chunk)
    })
    far.on('data', chunk => {
      if (pair.isSilent) return
      if (later === 0) near.write(chunk)
      else setTimeout(() => { near.write(chunk) }, later)
    })
    near.on('close', () => {
      pairs.delete(pair)
      // A peer that was cut off silently does not learn that the other has gone.
      if (!pair.isSilent) far.destroy()
    })
    far.on('close', () => { if (!pair.isSilent) near.destroy() })
    for (const socket of [near, far]) socket.on('error', () => {})
    t.teardown(() => { far.destroy() })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    for (const { near, far } of pairs) for (const socket of [near, far]) socket.destroy()
  })

  address.port = String((server.address() as AddressInfo).port)
  return {
    url: address.href,
    swallow () { for (const pair of pairs) pair.isSilent = true },
    swallowAfter (...asked) {
      for (const pair of pairs) pair.asked = 0
      triggers = asked
    },
    refuse () { refuses = true },
    reset () { for (const { near } of pairs) near.resetAndDestroy() },
    delay (milliseconds) { later = milliseconds },
    heal () {
      refuses = false
      later = 0
      triggers = []
    },
    countSilent: () => [...pairs].filter(({ isSilent }) => isSilent).length
  }
}
