import { LastAdmin, OwnAccount } from './errors.ts'

/** Whose account it is, and who asks; nobody is somebody at a terminal. */
interface Asked { id: string, by: { id: string } | undefined }

/** Nobody shuts themselves out, not even by mistake. Throws `OwnAccount`. */
export function assertNotTheirOwn ({ id, by }: Asked, deed: OwnAccount['deed']): void {
  if (by?.id === id) throw new OwnAccount(deed)
}

/**
 * An admin must remain who can sign in, because nobody else can let anybody in. `admins` are those who can,
 * locked until it is decided. Throws `LastAdmin`.
 */
export function assertAnAdminRemains (admins: readonly string[], leaving: string): void {
  if (admins.includes(leaving) && admins.length === 1) throw new LastAdmin()
}
