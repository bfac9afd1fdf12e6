/** What it means that someone is owed an email that cannot reach them. */
export const notReached =
  'Emails do not reach them: they are on the list of people to call until you have told them.'
