import { countMatching } from './programme-filter.ts'
import type { Choices, ProgrammeFilter } from './programme-filter.ts'
import type { PlacedActivity } from './placed.ts'

/** How much there is on each day in each district: what lasts several days counts on each of them. */
export interface Overview {
  days: string[]
  rows: Array<{ district: string, counts: number[] }>
}

export function overviewOf (
  programme: readonly PlacedActivity[], { day: days, district: districts }: Pick<Choices, 'day' | 'district'>,
  filter: ProgrammeFilter
): Overview {
  const rows = districts.map(district => {
    const there = programme.filter(one => one.district === district)
    return { district, counts: days.map(day => countMatching(there, { ...filter, district, day })) }
  })
  return { days, rows }
}

/** A drawn cell: where it is, how dark, and what stands in it. */
export interface DrawnCell { x: number, y: number, width: number, height: number, tone: 'none' | 'low' | 'middle' | 'high' }

/** Sizes of the picture: as wide as a phone; names stand above their lines, so that the longest has room. */
const [pictureWidth, cellHeight, nameHeight, headHeight, gap] = [336, 38, 26, 44, 3] as const

export interface DrawnOverview {
  width: number
  height: number
  /** Middles of the columns. */
  columns: number[]
  rows: Array<{ nameY: number, cells: DrawnCell[] }>
}

/** Where everything of an overview is drawn. */
export function drawnOverview ({ days, rows }: Overview): DrawnOverview {
  const step = Math.min(84, pictureWidth / Math.max(1, days.length))
  const most = Math.max(1, ...rows.flatMap(({ counts }) => counts))
  return {
    width: pictureWidth,
    height: headHeight + rows.length * (nameHeight + cellHeight),
    columns: days.map((_, n) => n * step + step / 2),
    rows: rows.map(({ counts }, row) => {
      const top = headHeight + row * (nameHeight + cellHeight)
      return {
        nameY: top + nameHeight - 8,
        cells: counts.map((count, n) => ({
          x: n * step, y: top + nameHeight, width: step - gap, height: cellHeight - gap, tone: toneOf(count, most)
        }))
      }
    })
  }
}

function toneOf (count: number, most: number): DrawnCell['tone'] {
  if (count === 0) return 'none'
  return count > most * 2 / 3 ? 'high' : count > most / 3 ? 'middle' : 'low'
}
