/** What it means that somebody is owed a letter and none reaches them. */
export const notReached =
  'Letters do not reach them: they are on the list of people to telephone until you have told them.'
