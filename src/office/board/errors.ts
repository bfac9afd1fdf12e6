import { Conflict } from '../../platform/errors.ts'
import type { Plan } from './plan.ts'

/** A colleague changed the plan of an activity meanwhile. Nothing was changed. */
export class PlanChanged extends Conflict {
  readonly refusal = 'plan-changed'
  readonly title = 'Someone else has changed this'
  readonly now: Plan

  constructor (now: Plan) {
    super('Someone else has changed this plan while you were editing it. Nothing you typed is lost, and nothing is saved yet.')
    this.now = now
  }
}

/** An activity cannot be at that stage now. */
export class StageWrong extends Conflict {
  readonly refusal = 'stage-wrong'
  readonly title = 'This cannot be yet'

  constructor (because: string) {
    super(`This activity ${because}.`)
  }
}

/** Someone was chosen who cannot look after it: they may not sign in any more, or their agency takes no part. */
export class OwnerUnknown extends Conflict {
  readonly refusal = 'owner-unknown'
  readonly title = 'They cannot look after it'

  constructor () {
    super('The person you chose does not work here any more, or their agency does not take part. Choose someone else')
  }
}

/** Some of the chosen activities cannot be so. Nothing was changed. */
export class NotAllOfThem extends Conflict {
  readonly refusal = 'not-all-of-them'
  readonly title = 'Nothing is changed'
  /** One for each that stands in the way. */
  readonly sentences: readonly string[]

  constructor (sentences: readonly string[]) {
    super(sentences[0] ?? 'Some of the activities you chose are not there any more. Choose again.')
    this.sentences = sentences
  }
}

/** Some of the chosen drafts cannot be deleted. Nothing was deleted. */
export class DraftsStay extends Conflict {
  readonly refusal = 'drafts-stay'
  readonly title = 'Some of these cannot be deleted'
  /** Why, one for each that stays. */
  readonly obstacles: readonly string[]
  /** Ids of those that could be deleted without the others. */
  readonly free: readonly string[]

  constructor (obstacles: readonly string[], free: readonly string[]) {
    super('Some of the activities you chose cannot be deleted. Nothing is deleted yet.')
    this.obstacles = obstacles
    this.free = free
  }
}
