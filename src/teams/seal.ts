import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

/** Keeps join links from whoever reads the database without the key. */
export interface Seal {
  close: (secret: string) => string
  /** Throws where the text was not sealed with this key or was tampered with. */
  open: (sealed: string) => string
}

/** AES-256-GCM under a key derived from SECRET_KEY (RFC 5869); `1.` names the key and the form. */
export function joinLinkSeal (secretKey: string): Seal {
  const key = Buffer.from(hkdfSync('sha256', secretKey, '', 'placekeeper join link', 32))

  return {
    close (secret) {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, iv)
      const sealed = Buffer.concat([iv, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `1.${sealed.toString('base64url')}`
    },

    open (sealed) {
      const bytes = Buffer.from(sealed.replace(/^1\./, ''), 'base64url')
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
      decipher.setAuthTag(bytes.subarray(-16))
      return decipher.update(bytes.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8')
    }
  }
}
