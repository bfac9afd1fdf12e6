import { chartText as text, drawnChart, line } from '../../platform/svg-chart.ts'
import { answersInWords, occasionsInWords } from './results.ts'
import type { QuestionResult } from './results.ts'

// As in templates/assets/placekeeper.scss, on white; told apart in grey too, and named in words beside the picture.
const colours = { before: '#b9a88a', after: '#0b665f', later: '#123f45' }

/** The sizes at which it is drawn, for a screen and for a phone. */
const sizes = {
  wide: { width: 640, label: 215 },
  narrow: { width: 340, label: 105 }
}
export type Size = keyof typeof sizes

const rowHeight = 58

/**
 * Draws which share of people gave each answer, with a bar for each occasion: shares, because more people answer on one
 * occasion than on another. `labels`: what stands beside the bars of each occasion, if not their share. Nothing in it
 * uses CSS: our policy allows no inline styles.
 */
export async function chartOf (
  { question, distributions }: QuestionResult, size: Size, labels: ReadonlyArray<readonly string[]> = []
): Promise<string> {
  const answers = answersInWords(question)
  const shown = distributions.flatMap(({ occasion, answered, counts }) =>
    answered === undefined || counts === undefined
      ? []
      : [{ occasion, shares: counts.map(count => Math.round(100 * count / answered)) }])
  const { width, label } = sizes[size]
  const top = shown.length > 1 ? 32 : 8
  return await drawnChart({
    legend: { show: shown.length > 1, top: 0, left: 0, icon: 'rect', selectedMode: false, textStyle: text },
    grid: { left: label + 15, right: labels.flat().some(label => label.length > 4) ? 66 : 52, top, bottom: 8 },
    xAxis: { type: 'value', min: 0, max: 100, show: false },
    yAxis: {
      type: 'category',
      data: answers,
      inverse: true,
      axisLine: { lineStyle: { color: line } },
      axisTick: { show: false },
      axisLabel: { ...text, width: label, overflow: 'break' }
    },
    series: shown.map(({ occasion, shares }, of) => ({
      name: occasionsInWords[occasion],
      type: 'bar',
      data: shares,
      barMaxWidth: 18,
      barGap: '15%',
      silent: true,
      itemStyle: { color: colours[occasion] },
      label: {
        show: true,
        position: 'right',
        formatter: ({ dataIndex }: { dataIndex: number }) => labels[of]?.[dataIndex] ?? `${shares[dataIndex]}%`,
        ...text
      }
    }))
  }, { width, height: top + 8 + answers.length * rowHeight })
}
