import emailMisspelled from 'email-misspelled'
import { fieldsIn } from '../../platform/http/form-answers.ts'
import { memoised } from '../../platform/memoised.ts'

/**
 * Email domains that many parents in the UK have. A domain listed here is never questioned, so real domains that look
 * like another one are listed too.
 */
export const commonDomains = [
  'gmail.com', 'googlemail.com', 'hotmail.com', 'hotmail.co.uk', 'outlook.com', 'outlook.co.uk', 'live.com',
  'live.co.uk', 'msn.com', 'yahoo.com', 'yahoo.co.uk', 'ymail.com', 'rocketmail.com', 'icloud.com', 'me.com', 'mac.com',
  'aol.com', 'aol.co.uk', 'btinternet.com', 'btopenworld.com', 'talktalk.net', 'sky.com', 'virginmedia.com',
  'ntlworld.com', 'blueyonder.co.uk', 'tiscali.co.uk', 'plus.com', 'mail.com', 'gmx.com', 'gmx.co.uk', 'gmx.net',
  'proton.me', 'protonmail.com', 'o2.co.uk', 'o2.pl', 'wp.pl', 'onet.pl', 'email.com', 'fastmail.com', 'zoho.com',
  'hotmail.fr', 'hotmail.it', 'hotmail.es', 'hotmail.de', 'outlook.fr', 'outlook.ie', 'live.fr', 'live.ie', 'yahoo.fr',
  'yahoo.ie', 'yahoo.ro', 'yahoo.de', 'yahoo.es', 'yahoo.it'
]

/** A name this short is as likely another real one as mistyped: `aol` and `aon`. */
const shortestName = 4

/** Counts changes letter by letter: two swapped letters are two. */
const misspelled = emailMisspelled({
  domains: commonDomains.filter(domain => nameOf(domain).length > shortestName), maxMisspelled: 2
})

/** Domains that do not exist, though many believe so. */
const imagined: Readonly<Record<string, string>> = { 'gmail.co.uk': 'gmail.com', 'icloud.co.uk': 'icloud.com' }

/**
 * Returns the address that someone may have meant, if its domain is one typing error away from a common one; undefined
 * if the typed one is as likely right. A suggestion to ask about, never to be assumed.
 */
export function likelyAddress (typed: string): string | undefined {
  const at = typed.lastIndexOf('@')
  const domain = typed.slice(at + 1).toLowerCase()
  if (at < 1 || commonDomains.includes(domain)) return undefined
  const { meant } = Object.hasOwn(imagined, domain) ? { meant: imagined[domain] } : oneSlipFrom(domain)
  return meant === undefined ? undefined : `${typed.slice(0, at)}@${meant}`
}

/** Most people have one of a few domains, and comparing one with all common ones costs a sixth of a booking. */
const oneSlipFrom = memoised(500, (domain: string): { meant: string | undefined } => {
  const nearest = misspelled(`x@${domain}`)
    .find(({ suggest, misspelledCount }) => misspelledCount === 1 || inOrder(suggest) === inOrder(domain))
  return { meant: nearest?.suggest }
})

function inOrder (emails: string): string {
  return Array.from(emails).sort().join('')
}

function nameOf (domain: string): string {
  return domain.slice(0, domain.indexOf('.'))
}

/** The address that someone means, or the suggestion to ask them about first. */
export type Meant = { email: string } | { suggested: string }

/**
 * Reads the intended address from what was typed and, if a suggestion was shown, from the answer to it. Each address is
 * questioned once, whatever the answer.
 */
export function meantAddress (typed: string, body: unknown): Meant {
  const suggested = likelyAddress(typed)
  const { email_asked: asked, email_is: is } = Object(body) as { email_asked?: unknown, email_is?: unknown }
  if (suggested === undefined) return { email: typed }
  if (asked !== typed) return { suggested }
  return { email: is === 'suggested' ? suggested : typed }
}

/** True if someone who was asked wants to type another address. */
export function wantsAnother (body: unknown): boolean {
  return (Object(body) as { email_is?: unknown }).email_is === 'other'
}

/** The question whether an address is right, with everything else that was typed, to be sent again. */
export function addressQuestionOf (typed: string, suggested: string, body: unknown) {
  const apart = ['email', 'email_asked', 'email_is']
  return {
    typed,
    suggested,
    fields: fieldsIn(body).filter(({ name, value }) => !apart.includes(name) && value !== '')
  }
}
