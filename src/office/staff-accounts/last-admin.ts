import { LastAdmin, OwnAccount } from './errors.ts'

/** Whose account it is, and who asks; undefined: someone at a terminal. */
interface OfAccount { id: string, by: { id: string } | undefined }

/** People cannot shut themselves out, even by mistake. Throws `OwnAccount`. */
export function assertNotTheirOwn ({ id, by }: OfAccount, deed: OwnAccount['deed']): void {
  if (by?.id === id) throw new OwnAccount(deed)
}

/**
 * An admin who can sign in must remain, because no one else can let people in. `admins` are those who can, locked until
 * this is decided. Throws `LastAdmin`.
 */
export function assertAnAdminRemains (admins: readonly string[], leaving: string): void {
  if (admins.includes(leaving) && admins.length === 1) throw new LastAdmin()
}
