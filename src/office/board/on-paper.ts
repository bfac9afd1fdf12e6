/** How a day stands on the printed sheet: beside the others, in so many columns of its own. */
export interface PrintedDay { columns: number }

/** So many cards stand beneath each other; more go into a column beside them. */
const mostBeneath = 9

/** Sizes of letters on the sheet, from those that are read from a wall to the smallest that can be read. */
export type PrintedSize = 'roomy' | 'plain' | 'tight'

/**
 * How days with so many activities, beneath `long` that last several, fit on one sheet: the columns of each, and how
 * large the letters are. The fullest column decides, and narrower columns make longer cards. A day without anything
 * has no column where others need more than one.
 */
export function onPaper (counts: readonly number[], long: number): { size: PrintedSize, days: PrintedDay[] } {
  const wanted = counts.map(count => Math.ceil(count / mostBeneath))
  const isCrowded = wanted.some(columns => columns > 1)
  const days = wanted.map(columns => ({ columns: isCrowded ? columns : 1 }))
  const fullest = Math.max(0, ...counts.map((count, n) => count === 0 ? 0 : Math.ceil(count / (days[n]?.columns ?? 1))))
  const beside = Math.max(7, days.reduce((sum, { columns }) => sum + columns, 0))
  const length = (fullest + Math.ceil(long / 4)) * beside / 7
  return { size: length <= 6 ? 'roomy' : length <= 8 ? 'plain' : 'tight', days }
}
