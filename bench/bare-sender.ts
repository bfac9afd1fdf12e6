import { once } from 'node:events'
import nodemailer from 'nodemailer'
import type { SendMailOptions } from 'nodemailer'

/**
 * Sends what it is given with nodemailer alone: a plain loop over a pool as large as ours. Prints when it is ready, and
 * when all are sent.
 */
const [url = '', connections = ''] = process.argv.slice(2)
const transport = nodemailer.createTransport({ url, pool: true, maxConnections: Number(connections) })
process.send?.('ready')
const [emails] = await once(process, 'message') as [SendMailOptions[]]
let next = 0
await Promise.all(Array.from({ length: 50 }, async () => {
  for (let email = emails[next++]; email !== undefined; email = emails[next++]) await transport.sendMail(email)
}))
transport.close()
process.send?.('sent')
process.disconnect()
