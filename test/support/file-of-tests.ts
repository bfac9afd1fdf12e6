import { testOfThisFile } from './lane.ts'

/** What a file of tests imports as tap: evaluated for each anew. */
export default testOfThisFile()
