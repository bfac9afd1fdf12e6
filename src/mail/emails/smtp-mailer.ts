import { Readable } from 'node:stream'
import nodemailer from 'nodemailer'
import type MailMessage from 'nodemailer/lib/mailer/mail-message'
import SMTPPool from 'nodemailer/lib/smtp-pool'
import { MailRefused } from './errors.ts'
import type { Mailer } from './mailer.ts'
import type { Message } from './message.ts'
import { mimeOf } from './mime.ts'

/** Shorter than a claim in claiming.ts: a worker that gives up on an email still holds it. */
const timeoutMs = 45_000

/** Few enough for a mail server that limits them. */
export const maxConnections = 5

/**
 * Hands emails to a mail server over a few connections that stay open.
 *
 * Names and addresses cross an open network only encrypted: to another machine TLS is required (`?requireTLS=false` in
 * SMTP_URL, for a private network, overrules), and its certificate is checked. To this machine no one can listen in, so
 * there TLS is used if the server has it, with any certificate.
 */
export function smtpMailer (url: string): Mailer {
  // Without nodemailer's Mailer, which would compose the email once more, and lower-case the recipient's domain.
  const pool = new SMTPPool({
    ...connectionTo(url),
    maxConnections,
    // A connection that the server has closed meanwhile costs a second attempt, not one of the email's tries.
    maxRequeues: 1
  })

  return {
    async send (message) {
      // Not AbortSignal.timeout, which keeps its timer, and with it the email, for as long as it could have taken.
      const giveUp = new AbortController()
      const timer = setTimeout(() => { giveUp.abort() }, timeoutMs)
      try {
        return await new Promise<string>((resolve, reject) => {
          pool.send(inEnvelope(message, giveUp.signal), (error, info) => {
            if (error !== null) reject(error)
            else resolve(info?.response ?? '')
          })
        })
      } catch (error) {
        throw notTaken(error as SmtpError)
      } finally {
        clearTimeout(timer)
      }
    },

    async close () {
      pool.close()
    }
  }
}

/** An email as nodemailer's transports take it; the server is told the recipient byte for byte as the calendar is. */
function inEnvelope (message: Message, signal: AbortSignal): MailMessage<SMTPPool.SentMessageInfo> {
  const { messageId, returnPath, to } = message
  const bytes = Buffer.from(mimeOf(message))
  return {
    data: { signal },
    message: {
      getEnvelope: () => ({ from: returnPath, to: [to] }),
      getHeader: () => `<${messageId}>`,
      messageId: () => `<${messageId}>`,
      createReadStream: () => Readable.from(bytes)
    }
  } as unknown as MailMessage<SMTPPool.SentMessageInfo>
}

interface SmtpError extends Error {
  code?: string
  command?: string
  response?: string
  responseCode?: number
  permanent?: boolean
}

/**
 * Final only where the server refused this recipient or this email. A wrong password or an unknown sender is refused
 * with the same numbers, but is ours to fix: those emails wait.
 */
function notTaken ({ code, command, message, response, responseCode, permanent }: SmtpError): MailRefused {
  return new MailRefused({
    code: String(responseCode ?? code ?? 'no answer'),
    isFinal: permanent === true && (command === 'RCPT TO' || command === 'DATA'),
    answer: response ?? message
  })
}

/** How a mail server is spoken to: encrypted, by a certificate that holds, unless it is on this machine. */
function connectionTo (url: string) {
  const isHere = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname)
  return {
    url,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
    requireTLS: !isHere,
    tls: { rejectUnauthorized: !isHere }
  }
}

/** Connects as an email would, signs in where there is a password, and sends nothing. Throws what is in the way. */
export async function verifyMailServer (url: string): Promise<void> {
  const transport = nodemailer.createTransport(connectionTo(url))
  try {
    await transport.verify()
  } finally {
    transport.close()
  }
}
