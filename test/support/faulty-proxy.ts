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
  /** Bytes that passed so far, in both directions. */
  countBytes: () => number
  /** After so many more bytes, in both directions, the connection that carries them is cut, also within a message. */
  cutAfter: (bytes: number) => void
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
  let passed = 0
  let cutAt = Infinity

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
      pass(chunk, near, far)
    })
    far.on('data', chunk => {
      if (pair.isSilent) return
      if (later === 0) pass(chunk, far, near)
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

  function pass (chunk: Buffer, from: Socket, to: Socket): void {
    const left = cutAt - passed
    passed += chunk.length
    if (chunk.length < left) {
      to.write(chunk)
      return
    }
    cutAt = Infinity
    to.end(chunk.subarray(0, left))
    from.resetAndDestroy()
  }

  address.port = String((server.address() as AddressInfo).port)
  return {
    url: address.href,
    swallow () { for (const pair of pairs) pair.isSilent = true },
    swallowAfter (...asked) {
      for (const pair of pairs) pair.asked = 0
      triggers = asked
    },
    refuse () { refuses = true },
    countBytes: () => passed,
    cutAfter (bytes) { cutAt = passed + bytes },
    reset () { for (const { near } of pairs) near.resetAndDestroy() },
    delay (milliseconds) { later = milliseconds },
    heal () {
      refuses = false
      later = 0
      cutAt = Infinity
      triggers = []
    },
    countSilent: () => [...pairs].filter(({ isSilent }) => isSilent).length
  }
}
