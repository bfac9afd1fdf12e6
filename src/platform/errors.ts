/**
 * A rule said no: the world is not as the person asking believed. Its message is one sentence for that
 * person, without ids. Each class brings the answer that it gets on the web; without one it does not compile.
 */
export abstract class DomainError extends Error {
  /** Names the rule, for whatever treats one refusal unlike another. */
  abstract readonly refusal: string
  /** Of the answer, as HTTP has it. */
  abstract readonly status: 400 | 403 | 404 | 409 | 410 | 429 | 503
  /** Stands above the message. */
  abstract readonly title: string
}

/** What was asked for is not there, or not any more. */
export abstract class NotFound extends DomainError {
  readonly status = 404
  readonly title: string = 'Page not found'
}

/** What was asked does not go with how things are now. */
export abstract class Conflict extends DomainError {
  readonly status = 409
}

/** More people ask than can be answered soon. Nothing was done, and the same a little later is welcome. */
export class Overloaded extends DomainError {
  readonly refusal = 'overloaded'
  readonly status = 503
  readonly title = 'Very many people are here just now'

  constructor () {
    super('Nothing has been sent yet. Try again in a few seconds.')
  }
}

/** An error by someone at a terminal, in one sentence; the command prints it and exits 1. */
export class CommandError extends Error {}
