import { setImmediate as nextTurn } from 'node:timers/promises'
import { oneLine } from '../one-line.ts'
import { visibleText } from '../typed.ts'

/** What is not drawn itself: spaces, and what only shapes the letters beside it. */
const undrawn = /[\s\p{DI}]/u

/** A letter with marks after it: as one character, where there is one, it is also read as one. */
const composed = /\P{M}\p{M}+/gu

/** Which characters the fonts have. */
export interface Coverage {
  /** Whether every letter of a text can be set. */
  has: (text: string) => boolean
  /** A text without those that cannot. */
  drawable: (text: string) => string
}

/** A text that someone typed, as it is set: what nobody sees would be a letter that no font has. */
export function asSet (text: string): string {
  return oneLine(visibleText(text)).replace(composed, letter => letter.normalize('NFC'))
}

/** Reads which characters the fonts of these files have: once, and letting other requests through in between. */
export async function coverageOf (files: readonly string[]): Promise<Coverage> {
  const { openSync } = await import('fontkit')
  const characters = new Set<number>()
  for (const file of files) {
    await nextTurn()
    const font = openSync(file)
    if (!('characterSet' in font)) throw new Error(`${file} is a collection of fonts.`)
    for (const character of font.characterSet) characters.add(character)
  }
  const isDrawn = (character: string) => undrawn.test(character) || characters.has(character.codePointAt(0) ?? 0)
  return {
    has: text => [...text].every(isDrawn),
    drawable: text => [...text].filter(isDrawn).join('').replaceAll(/ {2,}/g, ' ').trim()
  }
}
