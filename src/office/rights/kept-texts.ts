import type { ReadKeptEmail } from '../../mail/emails/read-kept-email.ts'
import type { Everything } from './queries.ts'

/** Texts of the emails that are kept as files, by id. */
export type KeptTexts = ReadonlyMap<string, string>

/** Reads the texts of a person's emails that are kept as files, one by one. */
export async function readKeptTexts ({ bookings }: Everything, read: ReadKeptEmail | undefined): Promise<KeptTexts> {
  const texts = new Map<string, string>()
  if (read === undefined) return texts
  for (const { id } of bookings.flatMap(({ emails }) => emails)) {
    const text = await read(id)
    if (text !== undefined) texts.set(id, text)
  }
  return texts
}
