#!/usr/bin/env bash
# fastify 5.12.8 on Node 24.21.0.
#
# Guess: with forceCloseConnections: 'idle', close() ends at once while a client has only connected and said nothing: a
#        browser's preconnect, a probe.
# Seen:  close() is still waiting three seconds later, until the client hangs up. Node's server.closeIdleConnections(),
#        which it calls, counts a connection as idle only once a request on it was answered; one that was answered and is
#        kept alive is closed at once.
# So:    src/platform/http/closing.ts keeps its own account of connections and closes those that have nothing in hand.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "type": "module" }' > package.json
npm install --no-audit --no-fund --silent fastify@5.12.8 node@24.21.0
cat > closing.js <<'JS'
import { connect } from 'node:net'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import Fastify from 'fastify'

async function secondsToClose (say) {
  const app = Fastify({ forceCloseConnections: 'idle' })
  app.get('/', async () => 'hello')
  await app.listen({ port: 0, host: '127.0.0.1' })
  const client = connect(app.server.address().port, '127.0.0.1')
  client.on('error', () => {})
  await once(client, 'connect')
  if (say !== '') {
    client.write(say)
    await once(client, 'data')
  }
  const begun = performance.now()
  await Promise.race([app.close(), delay(3000)])
  const seconds = (performance.now() - begun) / 1000
  client.destroy()
  return seconds
}

const silent = await secondsToClose('')
const answered = await secondsToClose('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
console.log({ silent, answered })
process.exit(silent > 2.9 && answered < 1 ? 0 : 1)
JS
node_modules/.bin/node closing.js && echo 'as described'
