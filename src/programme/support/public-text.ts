import type { z } from 'zod'
import { namesMobile } from './reachable.ts'

/** Mail services for private people: an address there is one person's own. */
const atHome = new RegExp(`@(?:${[
  'gmail', 'googlemail', 'hotmail', 'outlook', 'live', 'msn', 'yahoo', 'ymail', 'rocketmail', 'icloud', 'me', 'mac', 'aol',
  'btinternet', 'sky', 'virginmedia', 'talktalk', 'ntlworld', 'blueyonder', 'tiscali', 'proton', 'protonmail', 'pm', 'gmx',
  'fastmail', 'tuta', 'tutanota'
].join('|')})\\.(?:co\\.uk|com|net|uk|me|ie|fr|de|es|it|pl)$`, 'i')

/** True for an address that a person has at home. */
export function isPrivateMailbox (address: string): boolean {
  return atHome.test(address)
}

/** With a bound: without one a long word would be read again from each of its letters. */
const addresses = /[^\s@<>(),;:"]{1,64}@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu

/**
 * Why everyone must not read a text, to follow its name; undefined if they may. A number or an address that is one
 * person's own does not belong there. The shared mailbox and the office number of a school may.
 */
export function notForEveryone (text: string): string | undefined {
  if (namesMobile(text)) return 'must not have a mobile number in it: it may be one person’s own. Give the number of a team or an office'
  return (text.match(addresses) ?? []).some(isPrivateMailbox)
    ? 'must not have someone’s own email address in it: everyone can read this. Give a shared one, like office@…'
    : undefined
}

/** The same as a check of an answer, by its name in the form; without one where the name is put before what is said. */
export function everyoneReads (noun?: string) {
  return (text: string, context: z.RefinementCtx): void => {
    const because = notForEveryone(text)
    if (because !== undefined) context.addIssue({ code: 'custom', message: noun === undefined ? because : `${noun} ${because}` })
  }
}
