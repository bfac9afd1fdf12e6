import type { FastifyInstance, LightMyRequestResponse } from 'fastify'

/** Sends a form with files as a browser does (RFC 7578). */
export async function upload (
  app: FastifyInstance, url: string,
  { fields = {}, files = {} }: { fields?: Record<string, string>, files?: Record<string, readonly Uint8Array[]> },
  headers: Record<string, string> = {}
): Promise<LightMyRequestResponse> {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  for (const [name, several] of Object.entries(files)) {
    // Without a choice a browser sends one file with an empty name and without content.
    if (several.length === 0) form.append(name, new File([], 'no-name'))
    for (const bytes of several) form.append(name, new File([Buffer.from(bytes)], 'report.csv', { type: 'text/csv' }))
  }
  const request = new Request('http://service.example', { method: 'POST', body: form })
  return await app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': request.headers.get('content-type') ?? '', 'sec-fetch-site': 'same-origin', ...headers },
    // Node leaves an empty name out: findings/node-formdata-leaves-out-an-empty-filename.sh.
    payload: Buffer.from(
      Buffer.from(await request.arrayBuffer()).toString('latin1').replace('filename="no-name"', 'filename=""'), 'latin1')
  })
}
