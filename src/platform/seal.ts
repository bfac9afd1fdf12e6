import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

/** Protects a secret from people who read the database without the key. */
export interface Seal {
  /** `of` is what the secret belongs to: sealed for one thing it does not open for another. */
  close: (secret: string, of?: string) => string
  /** Throws if the text was sealed with another key or for something else, or was tampered with. */
  open: (sealed: string, of?: string) => string
  /** A fingerprint in hexadecimal digits, always the same, that nobody makes without the key. */
  mark: (text: string) => string
}

/**
 * AES-256-GCM under a key derived from SECRET_KEY for one purpose (RFC 5869): a text sealed for another purpose does
 * not open. `1.` names the key and the format.
 */
export function sealFor (purpose: string, secretKey: string): Seal {
  const keyFor = (purpose: string) => Buffer.from(hkdfSync('sha256', secretKey, '', `placekeeper ${purpose}`, 32))
  const [key, markKey] = [keyFor(purpose), keyFor(`${purpose}: marks`)]

  return {
    close (secret, of = '') {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(of))
      const sealed = Buffer.concat([iv, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `1.${sealed.toString('base64url')}`
    },

    open (sealed, of = '') {
      const bytes = Buffer.from(sealed.replace(/^1\./, ''), 'base64url')
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 })
      decipher.setAAD(Buffer.from(of)).setAuthTag(bytes.subarray(-16))
      return decipher.update(bytes.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8')
    },

    mark: text => createHmac('sha256', markKey).update(text).digest('hex')
  }
}
