/** What the tests do of how accessible the pages are, in the words of the statement. */
export const checks = {
  states: 'every public page, by a program that knows the guidelines (axe-core)',
  staff: 'every page for staff, by the same program, and that a keyboard leads to its buttons',
  plain: 'booking without JavaScript on a small phone',
  webkit: 'leaving at once in a second browser'
} as const

export type Check = keyof typeof checks

/** When someone last looked at the results and at the pages. Raised with each release. */
export const tested = {
  preparedOn: '2026-11-22',
  testedOn: '2026-11-22',
  browsers: ['Chromium', 'WebKitGTK']
} as const
