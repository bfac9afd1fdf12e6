import { AsyncLocalStorage } from 'node:async_hooks'

/** Where a command's output goes, and where its complaints do. */
export interface Terminal {
  out: (text: string) => void
  err: (text: string) => void
}

const ofProcess: Terminal = {
  out: text => { process.stdout.write(text) },
  err: text => { process.stderr.write(text) }
}

const given = new AsyncLocalStorage<Terminal>()

/** Runs with a terminal of its own: a process may run several commands at once. */
export async function atTerminal<T> (terminal: Terminal, run: () => Promise<T>): Promise<T> {
  return await given.run(terminal, run)
}

export function print (line: string): void {
  write(`${line}\n`)
}

/** For what has its own line ends. */
export function write (text: string): void {
  terminal().out(text)
}

/** What a command says unasked. */
export const log = { info () {}, warn: complain, error: complain }

function complain (line: string): void {
  terminal().err(`${line}\n`)
}

function terminal (): Terminal {
  return given.getStore() ?? ofProcess
}
