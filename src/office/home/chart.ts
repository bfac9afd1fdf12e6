import type * as ECharts from 'echarts'
import { shortDay } from './bookings-per-day.ts'
import type { DayOfBookings } from './bookings-per-day.ts'

/** The size at which the chart is drawn for a screen, before the page fits it to its width. */
const sizes = {
  wide: { width: 920, height: 260 },
  narrow: { width: 330, height: 220 }
}
export type Size = keyof typeof sizes

// As in templates/assets/placekeeper.scss, on white: bars and text have a contrast of nearly 7 to 1.
const [teal, muted, line] = ['#0b665f', '#4a585b', '#d9cfbf']

/**
 * ECharts as one bundled file loads in 70 ms and 30 MB; the four of its modules that this needs take 500 ms and 90 MB.
 * The bundle has no types, and is only imported when the first chart is drawn.
 */
const allOfIt: string = 'echarts/dist/echarts.esm.min.mjs'
let loaded: Promise<typeof ECharts> | undefined

/** Draws how many bookings were made on each day. Nothing in it uses CSS: our policy allows no inline styles. */
export async function chartOf (days: readonly DayOfBookings[], size: Size): Promise<string> {
  loaded ??= import(allOfIt) as Promise<typeof ECharts>
  const { init } = await loaded
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...sizes[size] })
  const text = { color: muted, fontSize: 14, fontFamily: 'Arial, sans-serif' }
  chart.setOption({
    animation: false,
    grid: { left: 44, right: 24, top: 14, bottom: 32 },
    xAxis: {
      type: 'category',
      data: days.map(({ day }) => shortDay(day)),
      axisLine: { lineStyle: { color: muted } },
      axisTick: { show: false },
      // Every seventh day, and today.
      axisLabel: { ...text, interval: (n: number) => (days.length - 1 - n) % 7 === 0 }
    },
    yAxis: {
      type: 'value',
      minInterval: 1,
      splitNumber: 3,
      axisLabel: text,
      splitLine: { lineStyle: { color: line } }
    },
    series: [{
      type: 'bar',
      data: days.map(({ bookings }) => bookings),
      barCategoryGap: '25%',
      itemStyle: { color: teal },
      silent: true
    }]
  })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return withoutStyles(svg)
}

/** Replaces styles by attributes, and removes what only scripts could use. */
export function withoutStyles (svg: string): string {
  return svg
    .replace(/<style[\s\S]*?<\/style>/g, '')
    .replace(/ (?:class|ecmeta_\w+)="[^"]*"/g, '')
    .replace(/ style="([^"]*)"/g, (_, declarations: string) => declarations.split(';').flatMap(declaration => {
      const [property = '', value = ''] = declaration.split(':')
      return value === '' ? [] : ` ${property.trim()}="${value.trim()}"`
    }).join(''))
}
