/** What stands between us and a Teams meeting. */
export type Trouble =
  | 'busy'
  | 'unreachable'
  | 'policy'
  | 'permission'
  | 'credentials'
  | 'organiser'
  | 'gone'
  | 'details'
  | 'answer'

/** Nothing changes these but somebody who does something: another try would end alike. */
const final: readonly Trouble[] = ['policy', 'permission', 'credentials', 'organiser', 'gone', 'details', 'answer']

/**
 * Microsoft Teams did not do what we asked. The message is a sentence for staff, which says what to do and
 * holds no secret.
 */
export class TeamsTrouble extends Error {
  readonly trouble: Trouble
  readonly isFinal: boolean
  /** How long we were asked to leave it, at least. */
  readonly retryAfterMs: number | undefined

  constructor (trouble: Trouble, sentence: string, retryAfterMs?: number) {
    super(sentence)
    this.name = 'TeamsTrouble'
    this.trouble = trouble
    this.isFinal = final.includes(trouble)
    this.retryAfterMs = retryAfterMs
  }
}
