const browsers: ReadonlyArray<[mark: RegExp, name: string]> = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'], [/\bOPR\/|\bOpera\b/, 'Opera'], [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'], [/Chrome\/|\bCriOS\/|\bChromium\//, 'Chrome'], [/\bSafari\//, 'Safari']
]

const systems: ReadonlyArray<[mark: RegExp, name: string]> = [
  [/\biPhone\b/, 'iPhone'], [/\biPad\b/, 'iPad'], [/\bAndroid\b/, 'Android'], [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'Mac'], [/\bCrOS\b/, 'Chromebook'], [/\bLinux\b/, 'Linux']
]

/**
 * Describes a browser in a few words, such as `Edge on Windows`, so that its owner recognises it; none of its own words
 * are repeated. Browsers that also call themselves Chrome or Safari are tested first.
 */
export function deviceOf (userAgent: string | undefined): string {
  const nameIn = (known: typeof browsers) => known.find(([mark]) => mark.test(userAgent ?? ''))?.[1]
  const [browser, system] = [nameIn(browsers), nameIn(systems)]
  if (browser === undefined) return system === undefined ? 'A browser that we do not know' : `A browser on ${system}`
  return system === undefined ? browser : `${browser} on ${system}`
}
