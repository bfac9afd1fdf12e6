import { testOfThisFile } from './lane.ts'

/** What a test file imports as tap: evaluated anew for each file. */
export default testOfThisFile()
