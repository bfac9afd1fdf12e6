import fc from 'fast-check'
import t from 'tap'
import { accountOf, canonicalAccount, hashtagOf } from '../../../src/programme/campaigns/accounts.ts'

t.test('an account is kept by its address alone, however it was typed or copied', async t => {
  const cases: Array<[typed: string, kept: string | undefined]> = [
    ['www.facebook.com/notokayGM', 'https://www.facebook.com/notokayGM'],
    ['http://www.twitter.com/notokayGM/', 'https://www.twitter.com/notokayGM'],
    ['https://www.instagram.com/itsnotokay?igsh=MXg4d2Q=&utm_source=qr#top', 'https://www.instagram.com/itsnotokay'],
    ['https://www.facebook.com/profile.php?id=100064&sk=about', 'https://www.facebook.com/profile.php?id=100064'],
    ['https://www.facebook.com/profile.php', undefined],
    ['https://www.facebook.com', undefined],
    ['https://facebook.com.example.org/notokayGM', undefined],
    ['https://user@x.com/notokayGM', undefined],
    ['https://x.com:8443/notokayGM', undefined],
    ['javascript:alert(1)//x.com/a', undefined],
    ['@notokayGM', undefined],
    ['', undefined]
  ]
  for (const [typed, kept] of cases) t.equal(canonicalAccount(typed), kept, typed)
})

t.test('whatever is typed, what is kept is https, on a network that we know, and stays as it is', async t => {
  const host = fc.constantFrom('facebook.com', 'www.x.com', 'bsky.app', 'evil.example', 'm.facebook.com')
  const typed = fc.oneof(fc.string(), fc.tuple(fc.constantFrom('', 'http://', 'https://', 'ftp://'), host, fc.string())
    .map(([scheme, host, path]) => `${scheme}${host}/${path}`))

  fc.assert(fc.property(typed, typed => {
    const kept = canonicalAccount(typed)
    if (kept === undefined) return
    t.match(kept, /^https:\/\/(?:www\.|m\.)?(?:facebook\.com|x\.com|bsky\.app)\//)
    t.equal(canonicalAccount(kept), kept)
    t.equal(accountOf(kept).href, kept)
  }))
})

t.test('people read the name of the network, and a hashtag leads to the first network that has a page for it', async t => {
  t.strictSame(accountOf('https://www.facebook.com/notokayGM'), { text: 'Facebook (notokayGM)', href: 'https://www.facebook.com/notokayGM' })
  t.equal(accountOf('https://www.facebook.com/profile.php?id=1').text, 'Facebook')
  t.match(hashtagOf('#itsnotokay', ['https://uk.linkedin.com/company/gmp', 'https://x.com/notokayGM']), { href: 'https://x.com/hashtag/itsnotokay', where: 'X' })
  t.strictSame(hashtagOf('#Діти', []), { text: '#Діти', href: undefined, where: undefined })
})
