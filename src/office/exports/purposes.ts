/** Why someone takes a list away: the audit trail keeps it. */
export const purposes = {
  door: 'To check people in on the day',
  prepare: 'To prepare the activity: numbers, needs, questions',
  contact: 'To call or email people',
  figures: 'For figures or a report',
  partner: 'For a partner organisation that runs it with us',
  other: 'Something else'
} as const

export type Purpose = keyof typeof purposes
export const purposeNames = Object.keys(purposes) as [Purpose, ...Purpose[]]

/** What the audit trail says of a list that a link fetches, as scripts do: nobody was asked. */
export const notSaid = 'not said'

/** Why, as the audit trail keeps it. */
export function purposeInWords (why: Purpose, other: string | undefined): string {
  return why === 'other' && other !== undefined ? `${purposes.other}: ${other}` : purposes[why]
}

/** What was chosen and typed for a purpose that is kept in words. */
export function purposeOf (words: string): { why: Purpose | undefined, other: string | undefined } {
  const beginning = `${purposes.other}: `
  return words.startsWith(beginning)
    ? { why: 'other', other: words.slice(beginning.length) }
    : { why: purposeNames.find(name => purposes[name] === words), other: undefined }
}
