import PostalMime from 'postal-mime'
import type { Email } from 'postal-mime'
import type { ReturnPaths } from '../emails/return-path.ts'

/** An email that did not arrive, where, and why, in the words of the mail system that could not deliver it. */
export interface Bounce extends Failure {
  emailId: string
}

interface Failure {
  reason: string
  /** The addresses that the report names; where a mail was forwarded, not those to which it was written. */
  recipients: string[]
}

/**
 * Maximum number of bytes of a mail that are looked at. Reports put the machine-readable part before the email that
 * came back (RFC 6522 §3), and parsing takes time for each line: a million empty ones would take half a minute.
 */
export const maxBytes = 262_144
const maxLines = 4_000

/** Headers in which mail systems write the recipient: that of the envelope, or the original one. */
const addressees =
  /^(?:delivered-to|x-delivered-to|x-original-to|envelope-to|x-envelope-to|original-recipient|to):(.*)$/gim

/**
 * Reads what came to the bounce address, and returns which email did not arrive; undefined for anything else, because
 * anyone can write there. The email is identified by the address that the mail was sent to, and by nothing else in its
 * text. It counts as not arrived where the mail says so in a form for machines, and names no recipient that got it, or
 * may yet get it:
 * - a delivery status notification (RFC 3464; RFC 6533 for addresses in other scripts): `Action: failed`, which means
 *   that no further attempt is made (§2.3.3), whether for a status of 5.x.x or after days of 4.x.x, and what OpenSMTPD
 *   calls `delayed` although it has given up;
 * - what qmail (QSBMF) and dma send instead, and only for this;
 * - `X-Failed-Recipients`, which Exim added before it sent notifications, without a notification.
 *
 * Delays, deliveries, receipts, replies from people and out-of-office replies are none of these.
 */
export async function readReport (
  mail: Buffer, emailIdIn: ReturnPaths['emailIdIn']
): Promise<Bounce | undefined> {
  const beginning = beginningOf(mail)
  const emailId = emailIdIn(addresseesOf(beginning))
  if (emailId === undefined) return undefined
  // The email that came back may contain reports itself: treat it as an attachment, not as a part of this report.
  const report = await PostalMime.parse(beginning, { forceRfc822Attachments: true }).catch(unreadable)
  const failure = report && failureIn(report)
  return failure && { emailId, ...failure, reason: failure.reason || 'It came back.' }
}

function beginningOf (mail: Buffer): Buffer {
  let end = -1
  for (let line = 0; line < maxLines; line++) {
    end = mail.indexOf('\n', end + 1)
    if (end === -1 || end >= maxBytes) return mail.subarray(0, maxBytes)
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

/** The parser has limits of its own, such as the depth of nested parts. */
function unreadable (): undefined {
  return undefined
}

/** The fields of one recipient, names in lower case. */
type Status = ReadonlyMap<string, string>

/** What a notification says about each recipient: groups of fields with an empty line between them (RFC 3464 §2.1). */
function statusesOf ({ attachments }: Email): Status[] {
  return attachments
    .filter(({ mimeType }) => /^message\/(?:global-)?delivery-status$/.test(mimeType))
    .flatMap(({ content }) => textOf(content).split(/\n\s*\n/))
    .map(group => new Map(Array.from(unfolded(group).matchAll(/^([\w-]+)[ \t]*:(.*)$/gm),
      ([, name = '', value = '']) => [name.toLowerCase(), value.trim()])))
    .filter(status => status.has('action') || status.has('status'))
}

/** Where and why it did not arrive. A notification takes precedence over any other form in the mail. */
function failureIn (report: Email): Failure | undefined {
  const statuses = statusesOf(report)
  if (statuses.length === 0) return qmailFailureIn(report) ?? dmaFailureIn(report) ?? failedRecipientsIn(report)
  if (!statuses.every(status => isFailed(status) || isGivenUp(status, report))) return undefined
  const recipients = statuses.flatMap(recipientsIn)
  return {
    recipients,
    reason: diagnosisIn(statuses) ?? reasonInText(report, recipients) ?? statusInWords(statuses[0]?.get('status') ?? '')
  }
}

/** A report without an action, which is mandatory, counts as failed if its status is a failure. */
function isFailed (status: Status): boolean {
  const action = /^[a-z-]+/i.exec(status.get('action') ?? '')?.[0].toLowerCase()
  const kind = /^[245](?=\.)/.exec(status.get('status') ?? '')?.[0]
  return action === 'failed' ? kind !== '2' : action === undefined && kind === '5'
}

/**
 * OpenSMTPD 6.8 says `delayed` when it gives up, and sends no further report: only its wording tells that from a real
 * delay. Others use 4.4.7 for a delay too.
 */
function isGivenUp (status: Status, { text = '' }: Email): boolean {
  return status.get('status') === '4.4.7' &&
    recipientsIn(status).some(recipient => text.includes(`\n${recipient}: Envelope expired`))
}

function recipientsIn (status: Status): string[] {
  return addressesIn(status.get('final-recipient')?.replace(/^[^;]*;/, ''))
}

/** What the mail server of the first recipient said. */
function diagnosisIn ([status]: Status[]): string | undefined {
  return status?.get('diagnostic-code')?.replace(/^[\w-]+[ \t]*;/, '').trim() || undefined
}

/** A paragraph for each recipient that begins with the address, up to a paragraph that begins with a dash. */
function qmailFailureIn ({ text = '' }: Email): Failure | undefined {
  if (!text.startsWith('Hi. This is the')) return undefined
  const paragraphs = paragraphsOf(text)
  const end = paragraphs.findIndex(paragraph => paragraph.startsWith('-'))
  const about = paragraphs.slice(1, end === -1 ? undefined : end).filter(paragraph => /^<.*>:/.test(paragraph))
  const [first] = about
  if (first === undefined) return undefined
  return {
    recipients: about.flatMap(paragraph => addressesIn(/^<(.*)>:/.exec(paragraph)?.[1])),
    reason: first.replace(/^<.*>:\n?/, '').trim()
  }
}

/** For dma, whose mails have no sender address: a paragraph that says who, and another that says why. */
function dmaFailureIn ({ from, text = '' }: Email): Failure | undefined {
  if (from?.name !== 'MAILER-DAEMON' || from.address !== '') return undefined
  const paragraphs = paragraphsOf(text)
  const who = paragraphs.findIndex(paragraph => recipientHeaders.test(paragraph))
  if (who === -1) return undefined
  return { recipients: addressesIn(recipientHeaders.exec(paragraphs[who] ?? '')?.[1]), reason: paragraphs[who + 1]?.trim() ?? '' }
}

const recipientHeaders = /^There was an error delivering your mail to <(.*)>\.$/

function failedRecipientsIn (report: Email): Failure | undefined {
  const field = report.headers.find(({ key }) => key === 'x-failed-recipients')
  if (field === undefined) return undefined
  const recipients = field.value.split(',').flatMap(addressesIn)
  return { recipients, reason: reasonInText(report, recipients) ?? '' }
}

/**
 * A line with the number of a refusal, either a reply code (RFC 5321 §4.2.1) or an enhanced status code (RFC 3463), and
 * its continuation lines.
 */
const refusal = /^.*(?<![\w.])5(?:[0-5]\d(?=[ :-]|$)|\.\d\.\d{1,3}(?![.\w])).*(?:\n[ \t]+\S.*)*/m

/**
 * Finds the reason in the part for people: the line with a refusal's number, or else the text after the address or
 * below it.
 */
function reasonInText ({ text = '' }: Email, recipients: readonly string[]): string | undefined {
  const lines = text.replaceAll('\r', '').replace(/^[ \t]*--.*$/gm, '')
  const line = refusal.exec(lines)?.[0].trim()
  if (line !== undefined) return line
  for (const recipient of recipients) {
    const at = lines.indexOf(recipient)
    if (at === -1) continue
    const [words = ''] = paragraphsOf(lines.slice(at + recipient.length).replace(/^[>:.\s]+/, ''))
    if (words !== '') return words.trim()
  }
  return undefined
}

/** Meanings of statuses where nothing else says why (RFC 3463 §3), without the class, which is 4 or 5. */
const meanings = new Map([
  ['1.1', 'There is no such mailbox'],
  ['1.2', 'There is no such domain'],
  ['1.3', 'The address is not one'],
  ['1.10', 'The domain takes no mail'],
  ['2.1', 'The mailbox is switched off'],
  ['2.2', 'The mailbox is full'],
  ['2.3', 'The mail is too long for the mailbox'],
  ['3.4', 'The mail is too long for the mail system'],
  ['4.1', 'The mail system could not be reached'],
  ['4.4', 'No way to the mail system was found'],
  ['4.7', 'The mail system could not be reached for days'],
  ['7.1', 'The mail system refuses our mail']
])

function statusInWords (status: string): string {
  const meaning = meanings.get(/^[45]\.(\d+\.\d+)/.exec(status)?.[1] ?? '')
  return meaning === undefined ? status : `${meaning} (${status})`
}

/** The addresses in a field, without what encloses them; none where there is none. */
function addressesIn (value = ''): string[] {
  const address = value.trim().replace(/^<(.*)>$/, '$1')
  return /^\S+@\S+$/.test(address) ? [address] : []
}

function paragraphsOf (text: string): string[] {
  return text.replaceAll('\r', '').split(/\n[ \t]*\n/)
}

function textOf (content: ArrayBuffer | Uint8Array | string): string {
  return (typeof content === 'string' ? content : new TextDecoder().decode(content)).replaceAll('\r', '')
}
