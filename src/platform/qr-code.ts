import { encode } from 'uqr'

/** A square of so many modules, and the path of the dark ones. */
export interface QrCode { size: number, path: string }

/** A text as a QR code, with four light modules around it (ISO/IEC 18004). */
export function qrCodeOf (text: string): QrCode {
  const { size, data } = encode(text, { ecc: 'M', border: 4 })
  return { size, path: data.flatMap((row, y) => row.flatMap((isDark, x) => isDark ? `M${x} ${y}h1v1h-1z` : [])).join('') }
}
