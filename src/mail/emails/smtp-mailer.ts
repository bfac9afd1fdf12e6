import nodemailer from 'nodemailer'
import { MailRefused } from './errors.ts'
import type { Mailer } from './mailer.ts'
import { inOnePiece, mimeOf } from './mime.ts'

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
  const transport = nodemailer.createTransport({
    ...connectionTo(url),
    pool: true,
    maxConnections,
    // A connection that the server has closed meanwhile costs a second attempt, not one of the email's tries.
    maxRequeues: 1,
    disableFileAccess: true,
    disableUrlAccess: true
  })
  // The server is told the recipient byte for byte as the calendar knows it; nodemailer would lower-case the domain.
  transport.use('stream', (mail, done) => {
    const to = mail.data.envelope?.to
    if (mail.message !== undefined) {
      if (Array.isArray(to)) mail.message.getEnvelope().to = to.map(String)
      mail.message.setRaw(inOnePiece(mail.message))
      // Without this its parts would follow it.
      mail.message.multipart = false
    }
    done()
  })

  return {
    async send (message) {
      try {
        const { response } = await transport.sendMail({ ...mimeOf(message), signal: AbortSignal.timeout(timeoutMs) })
        return response
      } catch (error) {
        throw notTaken(error as SmtpError)
      }
    },

    async close () {
      transport.close()
    }
  }
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
