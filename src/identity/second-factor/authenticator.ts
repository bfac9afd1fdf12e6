import type { FastifyRequest } from 'fastify'
import type { DateTime } from 'luxon'
import { Secret, TOTP } from 'otpauth'
import { qrCodeOf } from '../../platform/qr-code.ts'
import type { QrCode } from '../../platform/qr-code.ts'
import { sealFor } from '../../platform/seal.ts'
import type { SecretKey, Seal } from '../../platform/seal.ts'

/** How staff who sign in by one factor prove who they are: by codes of an authenticator app as well (RFC 6238). */
export interface SecondFactor {
  seal: Seal
  /** Whether everyone who signs in by one factor must have one: an email, a link, a work account of one. */
  isRequired: boolean
}

/** True if the person asking must have an authenticator and has still to set one up. */
export function mustSetUp ({ isRequired }: Pick<SecondFactor, 'isRequired'>, { signedIn }: FastifyRequest): boolean {
  return isRequired && signedIn?.lacksFactor === true
}

/** Seals the secrets of authenticators. */
export function secondFactorSeal (secretKey: SecretKey): Seal {
  return sealFor('second factor', secretKey)
}

/** Time limit for setting one up. */
const setUpMinutes = 20

/** After this many wrong codes a session ends. */
export const maxTries = 5

/** After this many wrong codes for one person within a day, wherever they came from, no code is accepted. */
export const maxWrongCodes = 20
export const wrongCodesHours = 24

/**
 * Accepts the current code and the one before, because people type slowly (RFC 6238 §5.2); none that is still to come:
 * it would be good for longer.
 */
const stepsBack = 1
const stepSeconds = 30

/** Makes an authenticator's secret: 160 bits, as people type it (RFC 4226 §4). */
export function newFactorSecret (): string {
  return new Secret({ size: 20 }).base32
}

/** Returns the time step to which a code belongs, among those valid at `now`; undefined if it is wrong. */
export function stepOf (secret: string, code: string, now: DateTime<true>): number | undefined {
  // A text of another length cannot be compared in constant time, and is no code.
  if (!/^\d{6}$/.test(code)) return undefined
  const totp = new TOTP({ secret: Secret.fromBase32(secret), period: stepSeconds })
  for (let back = 0; back <= stepsBack; back++) {
    const timestamp = now.minus({ seconds: back * stepSeconds }).toMillis()
    if (totp.validate({ token: code, timestamp, window: 0 }) === 0) return totp.counter({ timestamp })
  }
  return undefined
}

/** What an authenticator app needs, by camera or by hand. */
export interface Setup {
  /** In groups of four, as people read letters out. */
  groups: string[]
  /** `otpauth:`, for an app on the device that shows the page. */
  href: string
  qr: QrCode
}

/** Returns how to give an app a secret; `issuer` and `label` are the names under which the app lists it. */
export function setupOf (secret: string, { issuer, label }: { issuer: string, label: string }): Setup {
  const href = new TOTP({ secret: Secret.fromBase32(secret), issuer, label }).toString()
  return { groups: secret.match(/.{1,4}/g) ?? [], href, qr: qrCodeOf(href) }
}

/** Binds a stored secret to its owner: a row copied to someone else opens nothing there. */
export function keptBy (staffMemberId: string): string {
  return `kept by ${staffMemberId}`
}

/** Seals a secret that someone is setting up, for the form to bring back: valid only for them, and only for a while. */
export function sealSetup (seal: Seal, secret: string, staffMemberId: string, now: DateTime<true>): string {
  return seal.close(`${secret} ${now.plus({ minutes: setUpMinutes }).toMillis()}`, `set up by ${staffMemberId}`)
}

/**
 * Returns the secret that a form brought back; undefined if we did not give it to this person, or gave it too long ago.
 */
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
