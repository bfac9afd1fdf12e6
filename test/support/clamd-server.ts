import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import type { Test } from 'tap'

/** What a scan is answered: the name of what was found, an error as the daemon writes it, or nothing at all. */
export type Answer = { found: string } | { error: string } | 'silence' | 'nothing found'

/** A daemon of ClamAV as far as INSTREAM and PING go (man clamd), on this machine; it finds what a test says. */
export interface ClamdServer {
  address: { host: string, port: number }
  /** Each file as it arrived, with the length of each piece. */
  scanned: Array<{ bytes: Buffer, pieces: number[] }>
  answer: (next: Answer) => void
  stop: () => Promise<void>
}

export async function clamdServer (t: Test): Promise<ClamdServer> {
  const scanned: ClamdServer['scanned'] = []
  const sockets = new Set<Socket>()
  let next: Answer = 'nothing found'

  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    let sent = Buffer.alloc(0)
    socket.on('data', part => {
      sent = Buffer.concat([sent, part])
      const said = answerTo(sent)
      if (said !== undefined) socket.end(said)
    })
  })

  /** Undefined while there is more to come, and where nothing is ever said. */
  function answerTo (sent: Buffer): string | undefined {
    const end = sent.indexOf(0)
    if (end === -1) return undefined
    const command = sent.subarray(0, end).toString()
    if (command === 'zPING') return 'PONG\0'
    if (command !== 'zINSTREAM') return 'UNKNOWN COMMAND\0'
    const pieces: Buffer[] = []
    for (let at = end + 1; at + 4 <= sent.length;) {
      const length = sent.readUInt32BE(at)
      if (length === 0) return verdict(pieces)
      pieces.push(sent.subarray(at + 4, at + 4 + length))
      at += 4 + length
    }
    return undefined
  }

  function verdict (pieces: Buffer[]): string | undefined {
    scanned.push({ bytes: Buffer.concat(pieces), pieces: pieces.map(({ length }) => length) })
    if (next === 'silence') return undefined
    if (next === 'nothing found') return 'stream: OK\0'
    return 'found' in next ? `stream: ${next.found} FOUND\0` : `${next.error} ERROR\0`
  }

  async function stop (): Promise<void> {
    for (const socket of sockets) socket.destroy()
    if (server.listening) await new Promise(resolve => { server.close(resolve) })
  }

  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(stop)
  return { address: { host: '127.0.0.1', port: (server.address() as AddressInfo).port }, scanned, answer: given => { next = given }, stop }
}
