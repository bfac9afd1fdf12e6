import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, randomFillSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** SECRET_KEY; or that and the key before it, which still opens and verifies what was made with it. */
export type SecretKey = string | readonly [current: string, before: string]

/** The keys in the order in which they are tried: new things are made with the first. */
export function keysOf (secretKey: SecretKey): readonly [current: string, ...before: string[]] {
  return typeof secretKey === 'string' ? [secretKey] : secretKey
}

/** Protects a secret from people who read the database without the key. */
export interface Seal {
  /** `of` is what the secret belongs to: sealed for one thing it does not open for another. */
  close: (secret: string, of?: string) => string
  /** Throws if the text was sealed with another key or for something else, or was tampered with. */
  open: (sealed: string, of?: string) => string
  /** A fingerprint in hexadecimal digits, always the same, that nobody makes without the key. */
  mark: (text: string) => string
  /** The same under each key, that of SECRET_KEY first: one of them is what was stored. */
  marks: (text: string) => string[]
}

/** A text sealed with a key that is not there: neither SECRET_KEY nor the one before it. */
export class SealedWithAnotherKey extends Error {
  constructor () { super('This was sealed with another SECRET_KEY.') }
}

/** What a sealed text looks like: the format, which key opens it, and the rest. */
const sealedForm = /^2\.([\w-]{8})\.[\w-]{38,}$/

/** True of what `close` made, with whatever key. Nothing that someone types is stored as they typed it. */
export function isSealed (text: string): boolean {
  return sealedForm.test(text)
}

/** A pattern of PostgreSQL's for what is sealed with the key of SECRET_KEY. */
export function currentForm (secretKey: SecretKey): string {
  return `^2\\.${keyIdOf(keysOf(secretKey)[0])}\\.[A-Za-z0-9_-]{38,}$`
}

/**
 * AES-256-GCM under a key derived from SECRET_KEY for one purpose (RFC 5869): a text sealed for another purpose does
 * not open. `2.` names the format; a fingerprint of the key follows, which tells which key opens it and nothing else
 * about it. Before that there was `1.`, without one.
 */
export function sealFor (purpose: string, secretKey: SecretKey): Seal {
  const keys = keysOf(secretKey).map(secret => ({
    id: keyIdOf(secret), key: keyFor(secret, purpose), markKey: keyFor(secret, `${purpose}: marks`)
  }))
  const [current] = keys as [typeof keys[number]]
  const markUnder = ({ markKey }: typeof current, text: string) =>
    createHmac('sha256', markKey).update(text).digest('hex')

  return {
    close (secret, of = '') {
      const iv = newIv()
      const cipher = createCipheriv('aes-256-gcm', current.key, iv).setAAD(Buffer.from(of))
      const sealed = Buffer.concat([iv, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `2.${current.id}.${sealed.toString('base64url')}`
    },

    open (sealed, of = '') {
      const [, id] = sealedForm.exec(sealed) ?? []
      const able = keys.filter(key => id === undefined || key.id === id)
      const bytes = Buffer.from(sealed.slice(sealed.lastIndexOf('.') + 1), 'base64url')
      return firstOf(able.map(({ key }) => () => opened(key, bytes, of)))
    },

    mark: text => markUnder(current, text),
    marks: text => keys.map(key => markUnder(key, text))
  }
}

const ivBytes = 12
const drawn = Buffer.alloc(ivBytes * 256)
let given = drawn.length

/** Random bytes, each given once; drawn for many texts at a time, because a draw costs half as much as sealing one. */
function newIv (): Buffer {
  if (given === drawn.length) {
    randomFillSync(drawn)
    given = 0
  }
  given += ivBytes
  return drawn.subarray(given - ivBytes, given)
}

/** Half as dear to use as its bytes. */
function keyFor (secret: string, purpose: string): KeyObject {
  return createSecretKey(derived(secret, purpose))
}

function derived (secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `placekeeper ${purpose}`, 32))
}

/** The same for the same key, on whatever machine; it leads to nothing else that is derived from the key. */
export function keyIdOf (secret: string): string {
  return derived(secret, 'key id').toString('base64url', 0, 6)
}

function opened (key: KeyObject, bytes: Buffer, of: string): string {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 })
  decipher.setAAD(Buffer.from(of)).setAuthTag(bytes.subarray(-16))
  return decipher.update(bytes.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8')
}

/** The result of the first of these that does not throw; the last error otherwise. */
function firstOf (attempts: ReadonlyArray<() => string>): string {
  let failure: unknown = new SealedWithAnotherKey()
  for (const attempt of attempts) {
    try {
      return attempt()
    } catch (error) {
      failure = error
    }
  }
  throw failure
}
