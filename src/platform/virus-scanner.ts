import { connect } from 'node:net'
import { addAbortSignal } from 'node:stream'
import type { ScannerAddress } from './config.ts'

/** Looks into files that people send, before any of them is kept. */
export interface VirusScanner {
  /** Returns the scanner's name for what is bad about a file; undefined if nothing is. Throws if it does not say. */
  scan: (bytes: Uint8Array) => Promise<string | undefined>
  /** Throws what is in the way of asking it. */
  verify: () => Promise<void>
}

/** The largest piece of a file that is sent at a time. */
const pieceBytes = 256 * 1024

/**
 * Asks a ClamAV by the socket of its daemon, with the command INSTREAM (man clamd): pieces of the file, each after its
 * length in four bytes, and a length of nothing at the end. A file that is larger than its `StreamMaxLength` gets an
 * error there, and so is not taken. Nothing of a file is written to a disk of ours, and no program is started.
 */
export function clamd (address: ScannerAddress, { timeoutMs = 20_000 } = {}): VirusScanner {
  return {
    async scan (bytes) {
      const said = await ask('INSTREAM', piecesOf(bytes))
      const [, found] = /^stream: (.+) FOUND$/s.exec(said) ?? []
      if (found === undefined && said !== 'stream: OK') throw new Error(`The virus scanner said: ${said.slice(0, 200)}`)
      return found
    },

    async verify () {
      const said = await ask('PING')
      if (said !== 'PONG') throw new Error(`The virus scanner said: ${said.slice(0, 200)}`)
    }
  }

  /** With a `z` before the command, it and its answer end in a zero. */
  async function ask (command: string, pieces: Uint8Array[] = []): Promise<string> {
    const socket = addAbortSignal(AbortSignal.timeout(timeoutMs), connect(address)).setEncoding('utf8')
    for (const piece of [Buffer.from(`z${command}\0`), ...pieces]) socket.write(piece)
    let said = ''
    for await (const part of socket) {
      said += String(part)
      if (said.includes('\0')) return said.slice(0, said.indexOf('\0'))
    }
    throw new Error('The virus scanner ended without an answer.')
  }
}

function piecesOf (bytes: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const piece = bytes.subarray(at, at + pieceBytes)
    pieces.push(lengthOf(piece), piece)
  }
  return [...pieces, lengthOf(new Uint8Array())]
}

function lengthOf ({ length }: Uint8Array): Uint8Array {
  const four = Buffer.alloc(4)
  four.writeUInt32BE(length)
  return four
}
