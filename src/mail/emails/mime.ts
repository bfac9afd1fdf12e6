import * as base64 from 'nodemailer/lib/base64'
import MimeNode from 'nodemailer/lib/mime-node'
import * as qp from 'nodemailer/lib/qp'
import type { Message } from './message.ts'

/**
 * The email as it is handed over (RFC 5322, RFC 2045), its lines ended by CRLF: text, HTML and, last, the calendar, as
 * alternatives of each other (RFC 6047 §2.4). Not through nodemailer's `icalEvent`, which adds a copy of a type that no
 * calendar knows.
 */
export function mimeOf ({
  emailId, messageId, from, replyTo, to, at, subject, text, html, calendar
}: Omit<Message, 'returnPath'>): string {
  // The boundary does not occur in the parts; nodemailer would generate a random one for each of them.
  const options = { baseBoundary: emailId }
  const email = new MimeNode('multipart/alternative', options)
  email.setHeader([
    { key: 'Auto-Submitted', value: 'auto-generated' }, // RFC 3834 §5
    { key: 'X-Auto-Response-Suppress', value: 'OOF, AutoReply' },
    { key: 'From', value: asAddress(from) },
    { key: 'To', value: asAddress({ name: '', address: to }) },
    ...replyTo === undefined ? [] : [{ key: 'Reply-To', value: asAddress({ name: '', address: replyTo }) }],
    { key: 'Subject', value: subject },
    { key: 'Message-ID', value: `<${messageId}>` },
    { key: 'Date', value: at.toJSDate().toUTCString().replace('GMT', '+0000') }
  ])
  const part = (type: string, content: string) => {
    email.createChild(type, options).setContent(content.replace(/\r?\n/g, '\r\n'))
  }
  part('text/plain; charset=utf-8', text)
  part('text/html; charset=utf-8', html)
  if (calendar !== undefined) part(`text/calendar; charset=UTF-8; method=${calendar.method}`, calendar.content)
  return inOnePiece(email)
}

/** An address as nodemailer takes it without parsing a text, in which a name could look like another address. */
function asAddress (address: { name: string, address: string }): string {
  return address as unknown as string
}

/**
 * The bytes that nodemailer would stream for an email, in one piece: its streams, and their many small writes, are much
 * of what an email costs.
 */
function inOnePiece (node: MimeNode): string {
  return `${node.buildHeaders()}\r\n\r\n${node.childNodes.length > 0 ? partsOf(node) : contentOf(node)}`
}

function partsOf ({ boundary, childNodes }: MimeNode): string {
  return `${childNodes.map(child => `--${String(boundary)}\r\n${inOnePiece(child)}`).join('\r\n')}\r\n--${String(boundary)}--\r\n`
}

function contentOf (node: MimeNode): string {
  const content = String(node.content)
  switch (node.getTransferEncoding()) {
    case 'quoted-printable': return qp.wrap(qp.encode(content))
    case 'base64': return base64.wrap(base64.encode(content))
    default: return content
  }
}
