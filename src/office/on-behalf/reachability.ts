/** What it means that people are owed an email that cannot reach them; `them` says who they are. */
export function notReachedOf (them: string): string {
  return `Emails do not reach ${them}: they are on the list of people to call until you have told them.`
}

export const notReached = notReachedOf('them')
