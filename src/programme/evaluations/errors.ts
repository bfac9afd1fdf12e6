import { Conflict } from '../../platform/errors.ts'

/** Someone else has changed the questions since the form was opened. */
export class QuestionsChanged extends Conflict {
  readonly refusal = 'questions-changed'
  readonly title = 'Someone else has changed the questions'

  constructor () {
    super('Someone else has changed these questions since you opened this page. Nothing is saved. Compare both below, then save what is right.')
  }
}

/** Answers belong to the words that people have read. */
export class QuestionsAnswered extends Conflict {
  readonly refusal = 'questions-answered'
  readonly title = 'People have answered already'

  constructor () {
    super('People have answered these questions already, so they stay as they are.')
  }
}
