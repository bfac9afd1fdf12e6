/** What it means that somebody is owed a letter and none reaches them. */
export const notReached =
  'Emails do not reach them: they are on the list of people to call until you have told them.'
