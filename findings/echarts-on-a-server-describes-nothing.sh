#!/usr/bin/env bash
# echarts 6.1.0, drawing SVG on a server (`ssr: true`, renderToSVGString).
#
# Guess: with aria: { enabled: true } the SVG says in role and aria-label what it shows, in words of ECharts or of ours,
#        as the same option does for a chart in a page.
# Seen:  neither is in the SVG, and nobody is told: both are set on the element around a chart, which a server does not
#        have. Patterns for those who see no colours (aria.decal), a part of the same option, are drawn.
# So:    src/office/reports/chart.ts writes role and aria-label into the SVG itself.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "type": "module" }' > package.json
npm install --no-audit --no-fund --silent echarts@6.1.0 node@24.21.0
cat > chart.js <<'JS'
import { init } from 'echarts'

const drawn = aria => {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 400, height: 300 })
  chart.setOption({
    animation: false,
    aria,
    xAxis: { data: ['May', 'June'] },
    yAxis: {},
    series: [{ name: 'Came', type: 'bar', data: [12, 30] }]
  })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return svg
}
const plain = drawn({ enabled: false })
const described = [
  drawn({ enabled: true }),
  drawn({ enabled: true, label: { enabled: true, description: 'How many came' } })
]
const withPattern = drawn({ enabled: true, decal: { show: true } })
const isSaid = svg => /aria-|role=|<title|<desc|How many came/.test(svg)
const all = [plain, ...described, withPattern]
const seen = { isSaid: all.map(isSaid), patterns: all.map(svg => svg.includes('<pattern')) }
console.log(seen)
process.exit(!seen.isSaid.includes(true) && seen.patterns.join() === 'false,false,false,true' ? 0 : 1)
JS
node_modules/.bin/node chart.js && echo 'as described'
