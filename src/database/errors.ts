import { CommandError } from '../errors.ts'

/** There is no database to work with, and the person at the terminal can do something about it. */
export class DatabaseUnusable extends CommandError {}
