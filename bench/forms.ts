import { randomUUID } from 'node:crypto'
import autocannon from 'autocannon'

/** A form that books a place for somebody new, and the id in it by which its booking is found. */
export function aForm (): { id: string, text: string } {
  const id = randomUUID()
  return { id, text: `name=Anne+Kirkbride&email=${id}%40example.org&role=parent&submission=${id}` }
}

/** Posts such forms from 128 connections, each as soon as the one before is answered. */
export async function postForms (url: string, seconds: number): Promise<autocannon.Result> {
  return await autocannon({
    url,
    method: 'POST',
    connections: 128,
    duration: seconds,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    requests: [{ setupRequest: request => ({ ...request, body: aForm().text }) }]
  })
}
