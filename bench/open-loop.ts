import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'

/** What became of requests that were sent at a fixed rate, whatever was answered. */
export interface Arrivals {
  sent: number
  /** How many were answered with each status; 0: not at all. */
  answered: Map<number, number>
  /** Those answered with 303, by what `body` gave for them, and how long each took from when it was due, in ms. */
  accepted: string[]
  acceptedMs: number[]
  /** The same of those answered with 503. */
  turnedAway: string[]
  turnedAwayMs: number[]
  /** Until the last answer. */
  seconds: number
}

interface Load { url: string, perSecond: number, seconds: number, body: () => { id: string, text: string } }

/** Whoever has no answer by then has given up. */
const longestMs = 15_000

/** So many people wait at once at most; who comes then is not answered: 0. */
const maxConnections = 8_000

/**
 * Posts forms at a fixed rate: an open loop, in which nobody waits until others have been answered, as people do not.
 * By plain sockets that are kept alive, because the generator shares the processor with what it measures: an HTTP
 * client would take more of it than the service.
 */
export async function arrive ({ url, perSecond, seconds, body }: Load): Promise<Arrivals> {
  const { hostname, port, pathname } = new URL(url)
  const idle: Socket[] = []
  const opened: Socket[] = []
  const found: Arrivals = {
    sent: 0, answered: new Map(), accepted: [], acceptedMs: [], turnedAway: [], turnedAwayMs: [], seconds: 0
  }
  const open = new Set<Promise<void>>()
  // Opened before, a hundred at a time: a kernel that drops what waits to be accepted is not what is measured.
  while (opened.length < Math.min(perSecond * 2, maxConnections / 2)) {
    idle.push(...await Promise.all(Array.from({ length: 100 }, opening)))
  }
  const begun = performance.now()
  while (performance.now() - begun < seconds * 1000) {
    const due = Math.floor((performance.now() - begun) / 1000 * perSecond)
    while (found.sent < due) {
      const answered = send(begun + found.sent++ * 1000 / perSecond).finally(() => open.delete(answered))
      open.add(answered)
    }
    await new Promise(resolve => { setTimeout(resolve, 2) })
  }
  await Promise.all(open)
  found.seconds = (performance.now() - begun) / 1000
  opened.forEach(socket => { socket.destroy() })
  return found

  async function send (dueAt: number): Promise<void> {
    const { id, text } = body()
    const socket = await another()
    const status = socket === undefined ? 0 : await ask(socket, text).catch(() => 0)
    found.answered.set(status, (found.answered.get(status) ?? 0) + 1)
    if (socket !== undefined && status !== 0) idle.push(socket)
    const took = performance.now() - dueAt
    if (status === 303) {
      found.accepted.push(id)
      found.acceptedMs.push(took)
    } else if (status === 503) {
      found.turnedAway.push(id)
      found.turnedAwayMs.push(took)
    }
  }

  /** A connection that is free and that the service has not closed since, or a new one; undefined: too many wait. */
  async function another (): Promise<Socket | undefined> {
    for (let socket = idle.pop(); socket !== undefined; socket = idle.pop()) {
      if (!socket.destroyed) return socket
    }
    return opened.length < maxConnections ? await opening() : undefined
  }

  async function opening (): Promise<Socket> {
    const socket = connect(Number(port), hostname).on('error', () => {}).setTimeout(longestMs, () => { socket.destroy() })
    opened.push(socket)
    await once(socket, 'connect')
    return socket
  }

  /** Status of the answer, once all of it has come. */
  async function ask (socket: Socket, text: string): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    let [missing, status] = [-1, 0]
    const read = (chunk: Buffer) => {
      if (missing < 0) {
        const head = chunk.toString('latin1', 0, chunk.indexOf('\r\n\r\n'))
        status = Number(head.slice(9, 12))
        missing = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0) + head.length + 4
      }
      missing -= chunk.length
      if (missing <= 0) resolve(status)
    }
    socket.on('data', read).once('close', reject)
    socket.write(`POST ${pathname} HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/x-www-form-urlencoded\r\n` +
      `content-length: ${text.length}\r\n\r\n${text}`)
    return await promise.finally(() => { socket.off('data', read).off('close', reject) })
  }
}

/** The time within which so many of a hundred were answered. */
export function percentile (times: readonly number[], percent: number): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length * percent / 100)] ?? Number.NaN
}
