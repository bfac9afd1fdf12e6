import type * as ECharts from 'echarts'

/**
 * ECharts as one bundled file loads in 70 ms and 30 MB; the four of its modules that this needs take 500 ms and 90 MB.
 * The bundle has no types, and is only imported when the first chart is drawn.
 */
const allOfIt: string = 'echarts/dist/echarts.esm.min.mjs'
let loaded: Promise<typeof ECharts> | undefined

export type ChartOption = ECharts.EChartsOption

// As in templates/assets/placekeeper.scss, on white: bars and text have a contrast of nearly 7 to 1.
export const [teal, muted, line] = ['#0b665f', '#4a585b', '#d9cfbf'] as const

export const chartText = { color: muted, fontSize: 14, fontFamily: 'Arial, sans-serif' }

/** Draws a chart as SVG. Nothing in it uses CSS: our policy allows no inline styles. */
export async function drawnChart (option: ChartOption, size: { width: number, height: number }): Promise<string> {
  loaded ??= import(allOfIt) as Promise<typeof ECharts>
  const { init } = await loaded
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size })
  chart.setOption({ animation: false, ...option })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return withoutStyles(svg)
}

/** With what it shows, for people who do not see it, and without a size of its own: the page gives it one. */
export function named (svg: string, label: string): string {
  const escaped = label.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
  return svg.replace(/^<svg width="(\d+)" height="(\d+)"/, `<svg role="img" aria-label="${escaped}" width="$1" height="$2"`)
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
