/**
 * What was tested of how accessible the pages are: the statement says it in these words, and the tests name what they
 * do by the same keys, so that neither has something that the other has not.
 */
export const checks = {
  states: 'every public page in each state that looks different, by a program that knows the guidelines (axe-core)',
  staff: 'every page for staff, by the same program',
  zoom: 'zooming in to 200% and 400%, text of twice the size, and more space between lines, words and characters',
  colours: 'colours that people choose for everything (forced colours), and asking for less motion',
  keyboard: 'booking, cancelling and leaving at once with a keyboard alone',
  order: 'the order in which a screen reader comes to headings, labels, hints and errors when someone books',
  webkit: 'booking, mistakes in the form and leaving at once in a second browser',
  plain: 'booking without JavaScript on a small phone'
} as const

export type Check = keyof typeof checks

/** When that was last done by hand and its results were looked at, in which versions. Raised with each release. */
export const tested = {
  preparedOn: '2026-11-22',
  testedOn: '2026-12-01',
  axe: '4.14',
  browsers: [{ name: 'Chromium', version: '156' }, { name: 'WebKitGTK', version: '2.50' }]
} as const
