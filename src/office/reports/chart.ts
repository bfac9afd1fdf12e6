import { chartText, drawnChart, line, muted, teal } from '../../platform/svg-chart.ts'
import { figureInWords } from './small-numbers.ts'
import type { Figure } from './small-numbers.ts'

/** One bar: its parts from left to right. */
export interface Bar {
  name: string
  parts: readonly Figure[]
}

/** What the parts are, in tones that are told apart without colours: dark, light, and white with an edge. */
const tones = [
  { color: teal, borderColor: teal }, { color: '#f3c98b', borderColor: muted }, { color: '#ffffff', borderColor: muted }
] as const

/** Maximum number of letters of a name beside a bar; the table below has all of it. */
const maxLetters = 30

/**
 * Draws bars of several parts, one above the other, narrow enough for a phone: the name stands above its bar, with the
 * numbers as they are published.
 */
export async function barsOf (bars: readonly Bar[], legend: readonly string[], label: string): Promise<string> {
  const [width, perBar, top] = [340, 50, 34]
  const upwards = bars.toReversed()
  const svg = await drawnChart({
    grid: { left: 4, right: 16, top, bottom: 26 },
    legend: {
      left: 0, top: 0, itemWidth: 16, itemHeight: 12, textStyle: chartText, selectedMode: false, data: [...legend]
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
    series: legend.map((name, part) => ({
      name,
      type: 'bar',
      stack: 'all',
      barWidth: 18,
      data: upwards.map(({ parts }) => parts[part]?.about ?? 0),
      itemStyle: { ...tones[part] ?? tones[0], borderWidth: 1 },
      silent: true,
      // Only on the first: above the whole bar.
      ...part > 0
        ? {}
        : {
            label: {
              show: true,
              position: [5, -19],
              align: 'left',
              ...chartText,
              formatter: ({ dataIndex }: { dataIndex: number }) => {
                const bar = upwards[dataIndex]
                return bar === undefined ? '' : `${shortened(bar.name)}: ${bar.parts.map(figureInWords).join(', ')}`
              }
            }
          }
    }))
  }, { width, height: top + 26 + perBar * bars.length })
  return named(svg, label)
}

function shortened (name: string): string {
  const letters = Array.from(name)
  return letters.length <= maxLetters ? name : `${letters.slice(0, maxLetters - 1).join('').trimEnd()}…`
}

/** With what it shows, for people who do not see it, and without a size of its own: the page gives it one. */
export function named (svg: string, label: string): string {
  const escaped = label.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
  return svg.replace(/^<svg width="(\d+)" height="(\d+)"/, `<svg role="img" aria-label="${escaped}" width="$1" height="$2"`)
}
