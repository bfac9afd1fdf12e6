import type { QrCode } from '../../platform/qr-code.ts'

/** A QR code as a picture of any size, dark on white, so that it can be read on paper of any colour. */
export function qrCodeSvg ({ size, path }: QrCode): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges">` +
    `<path fill="#fff" d="M0 0h${size}v${size}h-${size}z"/><path d="${path}"/></svg>\n`
}
