import { Conflict, DomainError, NotFound } from '../../platform/errors.ts'
import type { Problem } from './gaps.ts'

export class ScenarioNotFound extends NotFound {
  readonly refusal = 'scenario-not-found'

  constructor () {
    super('There is no such page. The story may have changed, or may not be here any more.')
  }
}

/** Someone has changed a scenario since it was read. */
export class ScenarioChanged extends Conflict {
  readonly refusal = 'scenario-changed'
  readonly title = 'This has been changed'

  constructor (what = 'Your changes are not saved. Compare both below, then press “Save” to keep yours.') {
    super(`Someone has changed this scenario since you opened it. ${what}`)
  }
}

/** A choice belongs to what its person had read. */
export class StepChanged extends Conflict {
  readonly refusal = 'step-changed'
  readonly title = 'This has been changed'

  constructor () {
    super('This part of the story has changed since you opened it. Read it again, then choose.')
  }
}

/** People read it, so it stays until it is taken down. */
export class ScenarioPublished extends Conflict {
  readonly refusal = 'scenario-published'
  readonly title = 'It is published'

  constructor () {
    super('People can read this scenario. Take it down before you delete it.')
  }
}

/** The text is not a story yet. */
export class StoryRefused extends DomainError {
  readonly refusal = 'story-refused'
  readonly status = 400
  readonly title = 'There is something to mend in the story'
  readonly problems: readonly Problem[]

  constructor (problems: readonly Problem[]) {
    super(problems.map(({ line, sentence }) => `Line ${line}: ${sentence}`)[0] ?? '')
    this.problems = problems
  }
}
