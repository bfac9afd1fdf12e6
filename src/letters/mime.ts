import type { SendMailOptions } from 'nodemailer'
import type { Message } from './message.ts'

/**
 * The letter as nodemailer takes it: text, HTML and, last, the calendar, alternatives of each other
 * (RFC 6047 §2.4). Not through its `icalEvent`, which adds a copy of a type that no calendar knows. What
 * a letter holds is never a file or an address to be read from.
 */
export function mimeOf ({ messageId, from, to, at, subject, text, html, calendar }: Message): SendMailOptions {
  return {
    messageId: `<${messageId}>`,
    date: at.toJSDate(),
    from: { name: from.name, address: from.address },
    to: { name: '', address: to },
    envelope: { from: from.address, to: [to] },
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
    disableFileAccess: true,
    disableUrlAccess: true
  }
}
