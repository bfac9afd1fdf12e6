import { sizeInWords } from '../../platform/size-in-words.ts'

/** The kinds of file that can be downloaded, by what their first bytes are. */
const kinds = {
  'application/pdf': { name: 'PDF', extension: 'pdf', begins: [0x25, 0x50, 0x44, 0x46, 0x2D] },
  'image/png': { name: 'PNG', extension: 'png', begins: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] },
  'image/jpeg': { name: 'JPEG', extension: 'jpg', begins: [0xFF, 0xD8, 0xFF] }
} as const
export type MediaType = keyof typeof kinds

/** How much a form with a file for download may bring. */
export const downloadLimits = { files: 1, bytesPerFile: 10_485_760 }

/** A file that anyone can download, without its bytes. */
export interface Download {
  id: string
  title: string
  /** In which language it is, in words. */
  language: string
  fileName: string
  mediaType: MediaType
  size: number
  resourceId: string | undefined
  campaignId: string | undefined
}

/**
 * What a file is by its first bytes, whatever its name or its sender says; undefined for anything that we do not give
 * out. Browsers run what is inside HTML and SVG.
 */
export function mediaTypeOf (bytes: Uint8Array): MediaType | undefined {
  return (Object.keys(kinds) as MediaType[]).find(type => kinds[type].begins.every((byte, n) => bytes[n] === byte))
}

/** The name that a file is saved under: letters, digits and dashes of its title alone. */
export function fileNameOf (slug: string, mediaType: MediaType): string {
  return `${slug || 'download'}.${kinds[mediaType].extension}`
}

/** A link to a file, with what people want to know before they press it. */
export function downloadInWords ({ id, title, language, fileName, mediaType, size }: Download) {
  return {
    href: `/downloads/${id}/${fileName}`, title, language, about: `${kinds[mediaType].name}, ${sizeInWords(size)}, ${language}`
  }
}
