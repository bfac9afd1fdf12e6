import { CommandError } from '../../platform/errors.ts'

/** There is nothing of an address, said to whoever asks at a terminal. */
export class NothingHeld extends CommandError {
  constructor () {
    super('Nothing is held about this address.')
  }
}
