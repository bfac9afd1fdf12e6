import PostalMime from 'postal-mime'
import type { Email } from 'postal-mime'
import type { ReturnPaths } from '../letters/return-path.ts'

/** A letter that did not arrive, and why, in the words of whoever could not deliver it. */
export interface Bounce {
  letterId: string
  reason: string
}

/**
 * As much of a mail is looked at. Reports put what machines read before the letter that came back
 * (RFC 6522 §3), and taking a mail apart costs by its lines: a million empty ones would take half a minute.
 */
export const mostBytes = 262_144
const mostLines = 4_000

/** Where mail systems write whom a mail was sent to: in the envelope, or at first. */
const addressees =
  /^(?:delivered-to|x-delivered-to|x-original-to|envelope-to|x-envelope-to|original-recipient|to):(.*)$/gim

/**
 * Reads what came to the bounce address: which letter did not arrive; undefined for anything else, because
 * anyone can write there. The letter is the one whose address the mail was sent to, and no other that its
 * text may name. It did not arrive where the mail says so in a form for machines, in which nobody is left to
 * whom it was, or may yet be, delivered:
 * - a delivery status notification (RFC 3464; RFC 6533 for addresses in other scripts): `Action: failed`, which
 *   is that nobody will try again (§2.3.3), be it for a status of 5.x.x or after days of 4.x.x;
 * - what qmail sends instead (QSBMF), which is sent for that alone;
 * - `X-Failed-Recipients`, which Exim added before it sent notifications, without a notification.
 *
 * Delays, deliveries, receipts, answers from people and from their absence are none of these.
 */
export async function readReport (
  mail: Buffer, letterIdIn: ReturnPaths['letterIdIn']
): Promise<Bounce | undefined> {
  const beginning = beginningOf(mail)
  const letterId = letterIdIn(addresseesOf(beginning))
  if (letterId === undefined) return undefined
  // What came back may hold reports of its own: it is an attachment, not a part of this one.
  const report = await PostalMime.parse(beginning, { forceRfc822Attachments: true }).catch(unreadable)
  const reason = report && failureIn(report)
  return reason === undefined ? undefined : { letterId, reason: reason === '' ? 'It came back.' : reason }
}

function beginningOf (mail: Buffer): Buffer {
  let end = -1
  for (let line = 0; line < mostLines; line++) {
    end = mail.indexOf('\n', end + 1)
    if (end === -1 || end >= mostBytes) return mail.subarray(0, mostBytes)
  }
  return mail.subarray(0, end)
}

function addresseesOf (mail: Buffer): string {
  const [head = ''] = mail.toString('latin1').split(/\n\r?\n/, 1)
  return Array.from(unfolded(head).matchAll(addressees), ([, value = '']) => value).join('\n')
}

function unfolded (fields: string): string {
  return fields.replace(/\r?\n[ \t]+(?=\S)/g, ' ')
}

/** The parser has limits of its own, such as how deep parts may lie within parts. */
function unreadable (): undefined {
  return undefined
}

/** The fields of one recipient, names in small letters. */
type Status = ReadonlyMap<string, string>

/** What a notification says of each recipient: groups of fields with an empty line between them (RFC 3464 §2.1). */
function statusesOf ({ attachments }: Email): Status[] {
  return attachments
    .filter(({ mimeType }) => /^message\/(?:global-)?delivery-status$/.test(mimeType))
    .flatMap(({ content }) => textOf(content).split(/\n\s*\n/))
    .map(group => new Map(Array.from(unfolded(group).matchAll(/^([\w-]+)[ \t]*:(.*)$/gm),
      ([, name = '', value = '']) => [name.toLowerCase(), value.trim()])))
    .filter(status => status.has('action') || status.has('status'))
}

/** Why it did not arrive. A notification is believed before whatever else the mail may be. */
function failureIn (report: Email): string | undefined {
  const statuses = statusesOf(report)
  const [first] = statuses
  if (first === undefined) return qmailFailureIn(report) ?? failedRecipientsIn(report)
  if (!statuses.every(isFailed)) return undefined
  const diagnosis = first.get('diagnostic-code')?.replace(/^[\w-]+[ \t]*;/, '').trim() ?? ''
  return diagnosis === '' ? first.get('status') ?? '' : diagnosis
}

/** A report without an action, which has to have one, is believed if its status is one of failure. */
function isFailed (status: Status): boolean {
  const action = /^[a-z-]+/i.exec(status.get('action') ?? '')?.[0].toLowerCase()
  const kind = /^[245](?=\.)/.exec(status.get('status') ?? '')?.[0]
  return action === 'failed' ? kind !== '2' : action === undefined && kind === '5'
}

/** A paragraph for each recipient that begins with the address, up to one that begins with a dash. */
function qmailFailureIn ({ text = '' }: Email): string | undefined {
  if (!text.startsWith('Hi. This is the')) return undefined
  const paragraphs = text.replaceAll('\r', '').split('\n\n')
  const end = paragraphs.findIndex(paragraph => paragraph.startsWith('-'))
  const recipient = paragraphs.slice(1, end === -1 ? undefined : end).find(paragraph => /^<.*>:/.test(paragraph))
  return recipient?.replace(/^<.*>:\n?/, '').trim()
}

function failedRecipientsIn ({ headers, text = '' }: Email): string | undefined {
  if (!headers.some(({ key }) => key === 'x-failed-recipients')) return undefined
  return /^.*\b5(?:\d\d\b|\.\d{1,3}\.\d{1,3}\b).*$/m.exec(text)?.[0].trim() ?? ''
}

function textOf (content: ArrayBuffer | Uint8Array | string): string {
  return (typeof content === 'string' ? content : new TextDecoder().decode(content)).replaceAll('\r', '')
}
