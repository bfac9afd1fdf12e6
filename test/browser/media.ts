import type { Page } from 'playwright-core'

/** Faults of the page that is open in the few colours that someone chose for everything (forced colours). */
export async function faultsOfForcedColours (page: Page): Promise<string[]> {
  await page.emulateMedia({ forcedColors: 'active' })
  const faults = await page.evaluate(lookAtForcedColours) as string[]
  await page.emulateMedia({ forcedColors: 'none' })
  return faults.map(fault => `forced colours: ${fault}`)
}

/** Things that move on the page that is open for someone who asked for less motion. */
export async function faultsOfMotion (page: Page): Promise<string[]> {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  const moving = await page.evaluate(`[...document.querySelectorAll('*')].filter(element => {
    const { animationName, transitionDuration, scrollBehavior } = getComputedStyle(element)
    return animationName !== 'none' || /[1-9]/.test(transitionDuration) || scrollBehavior === 'smooth'
  }).map(({ tagName, className }) => tagName + '.' + className)`) as string[]
  await page.emulateMedia({ reducedMotion: null })
  return moving.map(element => `moves: ${element}`)
}

/**
 * Backgrounds and shadows are gone there: a control has a border still, what has the focus an outline, and no offer is
 * told from another by its colour alone.
 */
const lookAtForcedColours = `(() => {
  const faults = []
  const seen = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
    .filter(element => element.checkVisibility() && !element.closest('.pk-unseen'))
  const hasLine = ({ width, style, color }, back) => parseFloat(width) > 0 && style !== 'none' && color !== back && !/^rgba.*, 0\\)$/.test(color)
  const name = element => element.tagName + ' ' + (element.id || element.innerText || element.className)
  for (const element of seen) {
    const drawn = element.matches('.govuk-radios__input, .govuk-checkboxes__input')
      ? getComputedStyle(element.labels[0], '::before') : getComputedStyle(element)
    const isBox = element.matches('button, .govuk-button, input, select, textarea')
    const back = getComputedStyle(document.body).backgroundColor
    const { borderBottomWidth: width, borderBottomStyle: style, borderBottomColor: color } = drawn
    // The button within a file input is the browser's, whatever is around it.
    const isNative = element.type === 'file' || drawn.appearance !== 'none' && element.matches('select, [type=checkbox], [type=radio]')
    const isLikeALink = drawn.textDecorationLine === 'underline'
    if (isBox && !isNative && !isLikeALink && !hasLine({ width, style, color }, back)) faults.push('has no border: ' + name(element))
  }
  for (const element of seen) {
    element.focus({ preventScroll: true, focusVisible: true })
    const shown = element.matches('.govuk-radios__input, .govuk-checkboxes__input')
      ? getComputedStyle(element.labels[0], '::before') : getComputedStyle(element)
    if (!hasLine({ width: shown.outlineWidth, style: shown.outlineStyle, color: shown.outlineColor })) faults.push('hides the focus: ' + name(element))
  }
  document.activeElement?.blur()
  const offers = [...document.querySelectorAll('.pk-offer')].filter(({ innerText }) => innerText.trim() === '')
  faults.push(...offers.map(({ className }) => 'says nothing without its colour: ' + className))
  return faults
})()`
