import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import { temporaryFolder } from './temporary-folder.ts'

const run = promisify(execFile)
const aKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1']

export interface Certificates { authority: string, cert: string, key: string, folder: string }

/** An authority, and a certificate of it for 127.0.0.1 with its key, as PEM and in files of those names. */
export async function certificates (t: Test): Promise<Certificates> {
  return await certificatesIn(temporaryFolder(t))
}

/** The same in a folder that is there. */
export async function certificatesIn (folder: string): Promise<Certificates> {
  const at = (name: string) => join(folder, name)
  await run('openssl', ['req', '-x509', ...aKey, '-subj', '/CN=Our authority', '-keyout', at('authority.key'), '-out', at('authority')])
  await run('openssl', ['req', ...aKey.slice(0, -2), '-subj', '/CN=placekeeper', '-keyout', at('key'), '-out', at('request')])
  await writeFile(at('names'), 'subjectAltName = IP:127.0.0.1\n')
  await run('openssl', ['x509', '-req', '-in', at('request'), '-CA', at('authority'), '-CAkey', at('authority.key'),
    '-days', '1', '-extfile', at('names'), '-out', at('cert')])
  const [authority = '', cert = '', key = ''] = await Promise.all(['authority', 'cert', 'key'].map(async name => await readFile(at(name), 'utf8')))
  return { authority, cert, key, folder }
}
