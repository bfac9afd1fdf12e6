import { generateIdentity, identityToRecipient } from 'age-encryption'
import { readFile } from 'node:fs/promises'
import { CommandError } from '../errors.ts'

/** A key pair of age: backups are made with the public half, and read with the private one. */
export interface KeyPair { recipient: string, identity: string }

export async function makeKeyPair (): Promise<KeyPair> {
  const identity = await generateIdentity()
  return { identity, recipient: await identityToRecipient(identity) }
}

/** As `age-keygen` writes it. */
export function keyFileOf ({ identity, recipient }: KeyPair): string {
  return `# public key: ${recipient}\n${identity}\n`
}

/** The private keys of a file that `age-keygen` or `backup key` wrote. */
export async function readIdentities (file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new CommandError(`The key file ${file} cannot be read: ${error.message}.`)
  })
  const identities = text.split('\n').map(line => line.trim()).filter(line => /^AGE-SECRET-KEY-/i.test(line))
  if (identities.length > 0) return identities
  throw new CommandError(`${file} has no private key in it: a line that begins with AGE-SECRET-KEY-.`)
}
