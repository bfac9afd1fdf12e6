/** Every reason for which a Teams meeting may fail. */
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

/** Only a person can resolve these: another try would end the same. */
const final: readonly Trouble[] = ['policy', 'permission', 'credentials', 'organiser', 'gone', 'details', 'answer']

/**
 * Microsoft Teams did not do what we asked. The message is a sentence for staff, which says what to do and contains no
 * secret.
 */
export class TeamsTrouble extends Error {
  readonly trouble: Trouble
  readonly isFinal: boolean
  /** Minimum wait that the server asked for. */
  readonly retryAfterMs: number | undefined

  constructor (trouble: Trouble, sentence: string, retryAfterMs?: number) {
    super(sentence)
    this.name = 'TeamsTrouble'
    this.trouble = trouble
    this.isFinal = final.includes(trouble)
    this.retryAfterMs = retryAfterMs
  }
}
