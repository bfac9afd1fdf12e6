import { daysForCopy } from './request.ts'
import type { AskedRequest, ToldBy } from './request.ts'

/** What answering a request does to the person who asked, in sentences; none where they were told in another way. */
export function answerEffects (
  { kind, name, unreachableAt }: Pick<AskedRequest, 'kind' | 'name' | 'unreachableAt'>, toldBy: ToldBy
): string[] {
  if (toldBy === 'otherwise') return []
  return [
    `${name} gets an email with this answer, at the address that they gave.`,
    ...toldBy === 'copy'
      ? [`It has a link to everything that we hold about them. The link works for ${daysForCopy} days, for anyone who can read that mailbox.`]
      : [],
    ...kind === 'deletion' ? ['Nothing is deleted: to delete what we hold, go back and look at all of it first.'] : [],
    ...unreachableAt === undefined ? [] : ['Our last email to this address was refused. Call them if you can.']
  ]
}
