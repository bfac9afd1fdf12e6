import { DateTime } from 'luxon'
import { chartText, drawnChart, line, muted, named, teal } from '../../platform/svg-chart.ts'
import type { Amounts } from './totals.ts'

/** Nothing has no bar, not even a line. */
const drawn = (amount: number) => amount === 0 ? '-' : amount

const size = { width: 460, height: 260 }

/** Draws how much was asked for and given out in each month, in tones that are told apart without colours. */
export async function totalsChart (months: ReadonlyArray<Amounts & { month: string }>, label: string): Promise<string> {
  const svg = await drawnChart({
    grid: { left: 52, right: 12, top: 40, bottom: 32 },
    legend: {
      left: 0, top: 0, itemWidth: 16, itemHeight: 12, textStyle: chartText, selectedMode: false, data: ['Asked for', 'Given out']
    },
    xAxis: {
      type: 'category',
      data: months.map(({ month }) => DateTime.fromISO(month, { zone: 'utc' }).setLocale('en-GB').toFormat('LLL yy')),
      axisLine: { lineStyle: { color: muted } },
      axisTick: { show: false },
      // As many as there is room for, the last one among them.
      axisLabel: { ...chartText, interval: (n: number) => (months.length - 1 - n) % Math.ceil(months.length / 6) === 0 }
    },
    yAxis: { type: 'value', minInterval: 1, splitNumber: 3, axisLabel: chartText, splitLine: { lineStyle: { color: line } } },
    series: [
      {
        name: 'Asked for',
        type: 'bar',
        data: months.map(({ asked }) => drawn(asked)),
        barCategoryGap: '30%',
        barGap: '0%',
        itemStyle: { color: '#f3c98b', borderColor: muted, borderWidth: 1 },
        silent: true
      },
      {
        name: 'Given out',
        type: 'bar',
        data: months.map(({ given }) => drawn(given)),
        itemStyle: { color: teal, borderColor: teal, borderWidth: 1 },
        silent: true
      }
    ]
  }, size)
  return named(svg, label)
}
