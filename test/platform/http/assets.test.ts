import t from 'tap'
import { service } from '../../support/service.ts'

t.test('every asset that a page names is served, to be kept for good', async t => {
  const { app } = await service(t)
  const { body } = await app.inject('/')
  const named = [...body.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, address = '']) => address)

  t.equal(named.length, 3)
  for (const address of [...named, `${app.assets}/govuk-frontend.min.js`]) {
    const asset = await app.inject(address)
    t.equal(asset.statusCode, 200, address)
    t.equal(asset.headers['cache-control'], 'public, max-age=31536000, immutable')
    t.match(asset.headers['content-type'], /^(text\/css|text\/javascript|image\/svg\+xml)/)
  }
})

t.test('nothing but the current assets is served under their address', async t => {
  const { app } = await service(t)

  for (const address of ['/assets/', '/assets/old/placekeeper.css', `${app.assets}/../../package.json`, `${app.assets}/%2e%2e%2fassets.ts`]) {
    t.equal((await app.inject(address)).statusCode, 404, address)
  }
})
