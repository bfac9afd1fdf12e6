import { draft } from '../../platform/draft.ts'

/** Who journalists turn to, and what they are asked to keep to; empty where there is nothing to say. */
export interface Press {
  pressContact: string
  pressEmail: string
  pressPhone: string
  pressNote: string
}

export const pressDraft = draft(['pressContact', 'pressEmail', 'pressPhone', 'pressNote'])

/** Mail services for private people: an address there is one person's own. */
const atHome = /@(?:gmail|googlemail|hotmail|outlook|live|msn|yahoo|ymail|icloud|me|mac|aol|btinternet|sky|proton|protonmail|gmx|virginmedia|talktalk)\.(?:co\.uk|com|net|uk|me)$/i

/** True for an address that a person has at home. */
export function isPrivateMailbox (address: string): boolean {
  return atHome.test(address)
}
