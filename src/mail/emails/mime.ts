import type { SendMailOptions } from 'nodemailer'
import * as base64 from 'nodemailer/lib/base64'
import type MimeNode from 'nodemailer/lib/mime-node'
import * as qp from 'nodemailer/lib/qp'
import type { Message } from './message.ts'

/**
 * The email as nodemailer takes it: text, HTML and, last, the calendar, as alternatives of each other (RFC 6047 §2.4).
 * Not through nodemailer's `icalEvent`, which adds a copy of a type that no calendar knows. No content is ever a path
 * or an address to be read from.
 */
export function mimeOf (
  { emailId, messageId, from, returnPath, replyTo, to, at, subject, text, html, calendar }: Message
): SendMailOptions {
  return {
    messageId: `<${messageId}>`,
    date: at.toJSDate(),
    from: { name: from.name, address: from.address },
    ...replyTo !== undefined && { replyTo: { name: '', address: replyTo } },
    to: { name: '', address: to },
    envelope: { from: returnPath, to: [to] },
    subject,
    text,
    html,
    alternatives: calendar === undefined
      ? []
      : [{ contentType: `text/calendar; charset=UTF-8; method=${calendar.method}`, content: calendar.content }],
    headers: {
      'Auto-Submitted': 'auto-generated', // RFC 3834 §5
      'X-Auto-Response-Suppress': 'OOF, AutoReply'
    },
    // The boundary does not occur in the parts; nodemailer would generate a random one for each email.
    baseBoundary: emailId,
    disableFileAccess: true,
    disableUrlAccess: true
  }
}

/**
 * The bytes that nodemailer would stream for an email, in one piece: nodemailer's own streams, and their many small
 * writes, are much of what an email costs. Every part's content is a string of ours.
 */
export function inOnePiece (node: MimeNode): string {
  return `${node.buildHeaders()}\r\n\r\n${node.multipart === false ? contentOf(node) : partsOf(node)}`
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
