import { CommandError } from '../../platform/errors.ts'

/** There is nothing about an address; for commands at a terminal. */
export class NothingHeld extends CommandError {
  constructor () {
    super('Nothing is held about this address.')
  }
}
