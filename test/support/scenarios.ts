import { randomUUID } from 'node:crypto'
import type { Db } from '../../src/platform/database/connect.ts'
import type { Scenario } from '../../src/platform/database/generated/client.ts'

/** A story with a choice, a way on and two ends. */
export const aStory = `:: StoryTitle
The missing phone

:: Before [about]
You are a teacher.

:: Friday
Sam tells a friend about his phone.

[[Ask him what happened->Sam talks]]
[[Tell him to look again->Sam leaves]]

:: Sam leaves
> Sam: He thinks that nobody listens.

[[Go after him->Sam talks]]
[[Go home->Alone]]

:: Sam talks [end]
# What really helps
* Listen
* Read https://www.ceop.police.uk/

:: Alone [end]
It is never too late to ask him again.
`

/** A scenario that is published, unless given otherwise. */
export async function aScenario (db: Db, given: Partial<Scenario> = {}): Promise<Scenario> {
  const title = 'The missing phone'
  return await db.scenario.create({
    data: { slug: `story-${randomUUID()}`, title, text: aStory, publishedTitle: title, publishedText: aStory, ...given }
  })
}
