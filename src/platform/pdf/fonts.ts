import { existsSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { dirname, join } from 'node:path'

/** A font that documents are set in: its family, and the files of a package that hold it. */
interface Font {
  family: string
  package: string
  files: readonly string[]
  /** Too heavy for every installation: without it, what is written in it is named instead. */
  isOptional?: boolean
}

/**
 * The fonts in which everything is set, in the order in which they are asked for a letter: those of the languages that
 * the censuses of the UK list most. Chosen by what comes out again when the text is copied, searched or read aloud:
 * Noto's own fonts for Bengali, Telugu and the Arabic script compose a letter of parts, and readers get it once for
 * each part.
 */
const fonts: readonly Font[] = [
  google('Noto Sans', ['400Regular/NotoSans_400Regular', '700Bold/NotoSans_700Bold']),
  google('Amiri', ['400Regular/Amiri_400Regular']),
  google('Scheherazade New', ['400Regular/ScheherazadeNew_400Regular']),
  google('Hind Siliguri', ['400Regular/HindSiliguri_400Regular']),
  google('Noto Sans Gujarati', ['400Regular/NotoSansGujarati_400Regular']),
  google('Noto Sans Gurmukhi', ['400Regular/NotoSansGurmukhi_400Regular']),
  google('Noto Sans Tamil', ['400Regular/NotoSansTamil_400Regular']),
  google('Hind Guntur', ['400Regular/HindGuntur_400Regular']),
  google('Noto Sans Malayalam', ['400Regular/NotoSansMalayalam_400Regular']),
  google('Noto Sans Sinhala', ['400Regular/NotoSansSinhala_400Regular']),
  google('Noto Sans Hebrew', ['400Regular/NotoSansHebrew_400Regular']),
  google('Noto Sans Thai', ['400Regular/NotoSansThai_400Regular']),
  google('Noto Sans Ethiopic', ['400Regular/NotoSansEthiopic_400Regular']),
  {
    family: 'Noto Sans S Chinese',
    package: '@embedpdf/fonts-sc',
    files: ['fonts/NotoSansHans-Regular.otf'],
    isOptional: true
  }
]

function google (family: string, files: readonly string[]): Font {
  return {
    family,
    package: `@expo-google-fonts/${family.toLowerCase().replaceAll(' ', '-')}`,
    files: files.map(file => `${file}.ttf`)
  }
}

export interface InstalledFonts {
  families: string[]
  files: string[]
}

/** The fonts that are there. Throws if one that every installation has is missing. */
export function findFonts (): InstalledFonts {
  const there = fonts.map(font => ({ ...font, files: font.files.map(file => join(folderOf(font) ?? '', file)) }))
    .filter(({ isOptional, files }) => isOptional !== true || files.every(file => existsSync(file)))
  const files = there.flatMap(font => font.files)
  const missing = files.find(file => !existsSync(file))
  if (missing !== undefined) throw new Error(`A font is missing: ${missing}.`)
  return { families: there.map(({ family }) => family), files }
}

function folderOf (font: Font): string | undefined {
  try {
    const found = findPackageJSON(font.package, import.meta.url)
    return found && dirname(found)
  } catch {
    return undefined
  }
}
