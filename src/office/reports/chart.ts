import { chartText, drawnChart, line, muted, named, teal } from '../../platform/svg-chart.ts'
import { drawnBars } from './bars.ts'
import type { Bar } from './bars.ts'

/** A bar with what is said above it. */
export interface NamedBar extends Bar {
  numbers: string
}

/** What the parts are called, and what is not shown of them. */
export interface Legend {
  parts: readonly string[]
  unshown: string
}

/** What the parts are, in tones that are told apart without colours: dark, light, and white with an edge. */
const tones = [
  { color: teal, borderColor: teal }, { color: '#f3c98b', borderColor: muted }, { color: '#ffffff', borderColor: muted }
] as const
/** What is not shown, in a tone between these. */
const unshownTone = { color: '#a9b2b3', borderColor: muted }

const width = 340
/** Text is cut off before the edge: how wide it is set is only guessed here. */
const textWidth = 300
/** Width that a letter is taken to have at most, on average, and that of what stands beside a name in the legend. */
const [perLetter, besideName] = [8, 34]

/**
 * Draws bars of several parts, one above the other, narrow enough for a phone: above its bar stands the name, and below
 * the name the numbers as they are published. What no bar has is not in the legend.
 */
export async function barsOf (bars: readonly NamedBar[], legend: Legend, label: string): Promise<string> {
  const [perBar, perLine, bottom] = [66, 20, 26]
  const upwards = bars.toReversed()
  const drawn = drawnBars(upwards)
  const series = [
    ...legend.parts.map((name, part) => ({
      name, itemStyle: tones[part] ?? tones[0], data: drawn.map(({ parts }) => parts[part] ?? 0)
    })),
    { name: legend.unshown, itemStyle: unshownTone, data: drawn.map(({ unshown }) => unshown) }
  ]
  const names = series.filter(({ data }) => data.some(length => length > 0)).map(({ name }) => name)
  const isOneLine = names.reduce((sum, name) => sum + name.length * perLetter + besideName, 0) <= width
  const top = (isOneLine ? 1 : names.length) * perLine + 24
  const svg = await drawnChart({
    grid: { left: 4, right: 16, top, bottom },
    legend: {
      left: 0,
      top: 0,
      orient: isOneLine ? 'horizontal' : 'vertical',
      itemGap: isOneLine ? 10 : 6,
      itemWidth: 16,
      itemHeight: 12,
      textStyle: chartText,
      selectedMode: false,
      data: names
    },
    xAxis: {
      type: 'value', minInterval: 1, splitNumber: 3, axisLabel: chartText, splitLine: { lineStyle: { color: line } }
    },
    yAxis: {
      type: 'category',
      data: upwards.map(({ name }) => name),
      axisLabel: { show: false },
      axisTick: { show: false },
      axisLine: { lineStyle: { color: muted } }
    },
    series: series.map(({ name, itemStyle, data }, part) => ({
      name,
      type: 'bar',
      stack: 'all',
      barWidth: 18,
      data,
      itemStyle: { ...itemStyle, borderWidth: 1 },
      silent: true,
      // Only on the first: above the whole bar.
      ...part > 0
        ? {}
        : {
            label: {
              show: true,
              position: [5, -36],
              align: 'left',
              ...chartText,
              lineHeight: 17,
              width: textWidth,
              overflow: 'truncate',
              formatter: ({ dataIndex }: { dataIndex: number }) => {
                const bar = upwards[dataIndex]
                return bar === undefined ? '' : `${bar.name}\n${bar.numbers}`
              }
            }
          }
    }))
  }, { width, height: top + bottom + perBar * bars.length })
  return named(svg, label)
}
