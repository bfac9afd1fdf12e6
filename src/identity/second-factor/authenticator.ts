import type { DateTime } from 'luxon'
import { Secret, TOTP } from 'otpauth'
import { encode } from 'uqr'
import { sealFor } from '../../platform/seal.ts'
import type { Seal } from '../../platform/seal.ts'

/** How staff who sign in by letter show that it is they: by codes of an app as well (RFC 6238). */
export interface SecondFactor {
  seal: Seal
  /** Whether everybody who signs in by letter or link must have one. */
  isRequired: boolean
}

/** Keeps what authenticators compute codes from. */
export function secondFactorSeal (secretKey: string): Seal {
  return sealFor('second factor', secretKey)
}

/** How long somebody may take to set one up. */
export const setUpMinutes = 20

/** So many wrong codes in one session end it. */
export const mostTries = 5

/** So many wrong codes for one person within a day, from wherever, and none is taken any more. */
export const mostWrongCodes = 20
export const wrongCodesHours = 24

/** Codes of the moment, of the one before and the one after: clocks differ, and people type slowly (RFC 6238 §5.2). */
const stepsAround = 1

/** Makes what an authenticator computes its codes from: 160 bits, as people type it (RFC 4226 §4). */
export function newFactorSecret (): string {
  return new Secret({ size: 20 }).base32
}

/** The time step to which a code belongs, of those that are good at `now`; undefined: it is wrong. */
export function stepOf (secret: string, code: string, now: DateTime<true>): number | undefined {
  // What is no code has no length to compare in.
  if (!/^\d{6}$/.test(code)) return undefined
  const totp = new TOTP({ secret: Secret.fromBase32(secret) })
  const timestamp = now.toMillis()
  const delta = totp.validate({ token: code, timestamp, window: stepsAround })
  return delta === null ? undefined : totp.counter({ timestamp }) + delta
}

/** What an authenticator app takes, by camera or by hand. */
export interface Setup {
  /** In fours, as people read letters out. */
  groups: string[]
  /** `otpauth:`, for an app on the device that shows it. */
  href: string
  /** A square of so many modules, and the path of its dark ones. */
  qr: { size: number, path: string }
}

/** How to tell an app of a secret; `issuer` and `label` are what it lists it by. */
export function setupOf (secret: string, { issuer, label }: { issuer: string, label: string }): Setup {
  const href = new TOTP({ secret: Secret.fromBase32(secret), issuer, label }).toString()
  // Four modules of light around it (ISO/IEC 18004).
  const { size, data } = encode(href, { ecc: 'M', border: 4 })
  const path = data.flatMap((row, y) => row.flatMap((isDark, x) => isDark ? `M${x} ${y}h1v1h-1z` : [])).join('')
  return { groups: secret.match(/.{1,4}/g) ?? [], href, qr: { size, path } }
}

/** To whom a kept secret belongs: a row copied to somebody else opens nothing there. */
export function keptBy (staffMemberId: string): string {
  return `kept by ${staffMemberId}`
}

/** A secret that somebody is setting up, for the form to bring back: only theirs, and only for a while. */
export function sealSetup (seal: Seal, secret: string, staffMemberId: string, now: DateTime<true>): string {
  return seal.close(`${secret} ${now.plus({ minutes: setUpMinutes }).toMillis()}`, `set up by ${staffMemberId}`)
}

/** The secret that a form brought back; undefined where it is none that we gave this person, or gave too long ago. */
export function openSetup (seal: Seal, sealed: string, staffMemberId: string, now: DateTime<true>): string | undefined {
  const [secret, until] = openedOr(() => seal.open(sealed, `set up by ${staffMemberId}`))?.split(' ') ?? []
  return Number(until) > now.toMillis() ? secret : undefined
}

function openedOr (open: () => string): string | undefined {
  try {
    return open()
  } catch {
    return undefined
  }
}
