/** What someone passes on: words to begin with, and an address. */
export interface Shared {
  title: string
  words: string
  url: string
}

export interface ShareLink {
  name: string
  href: string
}

/**
 * Ways to pass an address on: plain links, which tell nobody anything until someone follows one. The words are only a
 * beginning, which people change before they send it.
 */
export function shareLinksOf ({ title, words, url }: Shared): ShareLink[] {
  return [
    { name: 'Email', href: `mailto:?${inAddress({ subject: title, body: `${words}\r\n\r\n${url}` })}` },
    { name: 'WhatsApp', href: `https://wa.me/?${inAddress({ text: `${words} ${url}` })}` },
    { name: 'Facebook', href: `https://www.facebook.com/sharer/sharer.php?${inAddress({ u: url })}` },
    { name: 'X', href: `https://x.com/intent/post?${inAddress({ text: words, url })}` }
  ]
}

/** Spaces as `%20`: email programs show the `+` of a form (RFC 6068 §5). */
function inAddress (parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')
}
