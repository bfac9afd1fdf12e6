import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { simpleParser } from 'mailparser'
import type { ParsedMail } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import type { Test } from 'tap'
import { eventually } from './running-service.ts'

export interface TakenEmail {
  /** As given to MAIL FROM and RCPT TO. */
  from: string
  to: string[]
  /** As received, dots unstuffed. */
  raw: string
  mail: ParsedMail
  isEncrypted: boolean
}

/** How a mail server refuses, or undefined for a server that does not. */
type Refusal = { code: number, text: string } | undefined

/** A mail server of the test's own, on a port that stays the same while it is down. */
export interface Mailbox {
  url: string
  /** Emails that it took, with an answer or not, oldest first. */
  taken: TakenEmail[]
  /** Called for each recipient. */
  refuse: (recipient: string) => Refusal
  /** What it does with the text of an email: never answers, hangs up in the middle, or takes all of it and hangs up. */
  fail: (recipient: string) => 'stall' | 'hang up' | 'take and hang up' | undefined
  /** Delays its answer to the text of an email. */
  think: (recipient: string) => Promise<void>
  stop: () => Promise<void>
  start: () => Promise<void>
}

export async function aMailbox (t: Test, { withTls = false }: { withTls?: boolean } = {}): Promise<Mailbox> {
  let server: SMTPServer | undefined
  let port = 0
  const mailbox: Mailbox = { url: '', taken: [], refuse: () => undefined, fail: () => undefined, think: async () => {}, stop, start }
  await start()
  mailbox.url = `smtp://127.0.0.1:${port}`
  t.teardown(stop)
  return mailbox

  async function start (): Promise<void> {
    server = new SMTPServer({
      authOptional: true,
      hideSTARTTLS: !withTls,
      closeTimeout: 10,
      onRcptTo ({ address }, _, callback) {
        const refusal = mailbox.refuse(address)
        callback(refusal && Object.assign(new Error(refusal.text), { responseCode: refusal.code }))
      },
      onData (stream, { id, envelope, secure }, callback) {
        const failure = mailbox.fail(envelope.rcptTo[0]?.address ?? '')
        if (failure === 'stall' || failure === 'hang up') {
          stream.resume()
          if (failure === 'hang up') stream.once('data', () => { hangUp(id) })
          return
        }
        void (async () => {
          const raw = await stream.setEncoding('latin1').toArray()
          await mailbox.think(envelope.rcptTo[0]?.address ?? '')
          mailbox.taken.push({
            from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
            to: envelope.rcptTo.map(({ address }) => address),
            raw: raw.join(''),
            mail: await simpleParser(Buffer.from(raw.join(''), 'latin1')),
            isEncrypted: secure
          })
          if (failure === 'take and hang up') hangUp(id)
          else callback()
        })()
      }
    })
    // Clients that hang up are not an error.
    server.on('error', () => {})
    const listening = server.listen(port, '127.0.0.1')
    await once(listening, 'listening')
    port = (listening.address() as AddressInfo).port
  }

  function hangUp (id: string): void {
    const connections = server?.connections as Iterable<{ id: string, _socket: Socket }> | undefined
    for (const connection of connections ?? []) if (connection.id === id) connection._socket.destroy()
  }

  async function stop (): Promise<void> {
    if (server === undefined) return
    const closing = server
    server = undefined
    await new Promise<void>(resolve => { closing.close(() => { resolve() }) })
  }
}

/** Waits until as many emails have come. */
export async function emails (mailbox: Mailbox, count: number): Promise<TakenEmail[]> {
  await eventually(() => mailbox.taken.length >= count)
  return mailbox.taken
}
