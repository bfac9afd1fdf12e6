import { chartText, drawnChart, line, muted, teal } from '../../platform/svg-chart.ts'
import { shortDay } from './bookings-per-day.ts'
import type { DayOfBookings } from './bookings-per-day.ts'

/** The size at which the chart is drawn for a screen, before the page fits it to its width. */
const sizes = {
  wide: { width: 920, height: 260 },
  narrow: { width: 330, height: 220 }
}
export type Size = keyof typeof sizes

/** Draws how many bookings were made on each day. */
export async function chartOf (days: readonly DayOfBookings[], size: Size): Promise<string> {
  return await drawnChart({
    grid: { left: 44, right: 24, top: 14, bottom: 32 },
    xAxis: {
      type: 'category',
      data: days.map(({ day }) => shortDay(day)),
      axisLine: { lineStyle: { color: muted } },
      axisTick: { show: false },
      // Every seventh day, and today.
      axisLabel: { ...chartText, interval: (n: number) => (days.length - 1 - n) % 7 === 0 }
    },
    yAxis: {
      type: 'value',
      minInterval: 1,
      splitNumber: 3,
      axisLabel: chartText,
      splitLine: { lineStyle: { color: line } }
    },
    series: [{
      type: 'bar',
      data: days.map(({ bookings }) => bookings),
      barCategoryGap: '25%',
      itemStyle: { color: teal },
      silent: true
    }]
  }, sizes[size])
}
