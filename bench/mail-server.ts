import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

/** One email as the server got it. */
export interface Taken {
  from: string
  to: string
  raw: string
}

/** What the server reports about the emails since it was last told to forget: how many, and when, in ms. */
export interface Tally {
  count: number
  /** When the first tenth had arrived, so that starting up is in no rate, and when the last one arrived. */
  warmAt: number
  lastAt: number
}

let taken: Taken[] = []
let times: number[] = []

/** A mail server in a process of its own, so that it does not share the sender's core. */
const server = new SMTPServer({
  authOptional: true,
  hideSTARTTLS: true,
  disableReverseLookup: true,
  onData (stream, { envelope }, callback) {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => { chunks.push(chunk) })
    stream.on('end', () => {
      const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address
      taken.push({ from, to: envelope.rcptTo[0]?.address ?? '', raw: Buffer.concat(chunks).toString('latin1') })
      times.push(performance.now())
      callback()
    })
  }
})
server.on('error', () => {})
const listening = server.listen(0, '127.0.0.1')
await once(listening, 'listening')
process.on('message', (asked: 'tally' | 'emails' | 'forget') => {
  if (asked === 'forget') [taken, times] = [[], []]
  process.send?.(asked === 'emails' ? taken : tally())
})
process.on('disconnect', () => { process.exit(0) })
process.send?.((listening.address() as AddressInfo).port)

function tally (): Tally {
  return { count: times.length, warmAt: times[Math.floor(times.length / 10)] ?? 0, lastAt: times.at(-1) ?? 0 }
}
