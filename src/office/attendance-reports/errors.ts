import { Conflict, DomainError } from '../../platform/errors.ts'

/** Why nothing is taken from a report of what did not take place. */
export const cancelledInWords =
  'This activity is cancelled. Nobody has a place in it any more, so there is nobody to find in a report.'

const sentences = {
  cancelled: cancelledInWords,
  'none-yet': 'Teams has no report of this meeting yet. It makes one some minutes after everyone has left.',
  empty: 'This file is empty: it says of nobody that they were there.',
  'no-text': 'This file is not an attendance report. Download it from Teams again, as a CSV file.',
  'no-table': 'This file cannot be read: a quotation mark in it is never closed. Download it from Teams again.',
  'no-times': 'The times in this report cannot be read. Set Teams to English and download it again.',
  'no-headings': 'This is not an attendance report of Teams, or not in English. Set Teams to English and download it again.',
  'too-long': 'This report is longer than a meeting in Teams can be. Choose another file.',
  'another-day': 'This report is not of this activity: nobody in it joined between 30 minutes before the start and an hour after the end.',
  'either-order': 'Its dates can be read in two ways. Set the language of Teams to English (United Kingdom) and download it again.',
  'too-many': 'Too many people joined for one page. Choose fewer reports at once.'
} as const

/** An attendance report that cannot be read, or is of something else. Nothing was changed. */
export class ReportRefused extends DomainError {
  readonly refusal = 'report-refused'
  readonly status = 400
  readonly title = 'This report cannot be used'
  readonly because: keyof typeof sentences

  constructor (because: keyof typeof sentences) {
    super(sentences[because])
    this.because = because
  }
}

/** Throws where an activity is cancelled: who was in its meeting all the same did not come to it. */
export function assertNotCancelled ({ status }: { status: string }): void {
  if (status === 'cancelled') throw new ReportRefused('cancelled')
}

/** What a page of matches brought back is not ours, is of another activity, or is too old. */
export class ReviewLost extends Conflict {
  readonly refusal = 'review-lost'
  readonly title = 'Choose the report again'

  constructor () {
    super('This page is too old. Nothing was saved. Choose the report again.')
  }
}
