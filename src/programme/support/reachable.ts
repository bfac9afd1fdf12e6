/** Numbers that are complete as they are: emergencies, police, health, gas and power cuts, children, and the like. */
const shortCode = /^(?:999|112|101|105|111|119|159|18000|116\d{3})$/

/**
 * Areas that still have numbers of nine digits after the 0, by Ofcom's numbering plan; four of them are in Cumbria.
 * Brampton (016977) has nine-digit numbers too.
 */
const shortAreas = [
  1204, 1208, 1254, 1276, 1297, 1298, 1363, 1364, 1384, 1386, 1404, 1420, 1460, 1461, 1480, 1488, 1524, 1527, 1562,
  1566, 1606, 1629, 1635, 1647, 1659, 1695, 1726, 1744, 1750, 1768, 1827, 1837, 1884, 1900, 1905, 1935, 1946, 1949,
  1963, 1995
]

/** National numbers by Ofcom's numbering plan, except those that begin with 07 or 09. */
const nationalNumbers = [
  /^01[2-9]\d{8}$/,
  /^011[3-8]\d{7}$/,
  /^02[03489]\d{8}$/,
  /^03[0347]\d{8}$/,
  /^05[56]\d{8}$/,
  /^080(?:0\d{6}|[08]\d{7})$/,
  /^08(?:4[2-5]|7[0-3])\d{7}$/,
  /^08001111$/
]

/**
 * A number as people dial it within the country: `+44 (0)1228 526690` is `01228 526690`, and white space is one space.
 */
export function canonicalNumber (typed: string): string {
  return typed.trim().replaceAll(/\s+/g, ' ').replace(/^(?:\+|00)\s?44\s?(?:\(0\)\s?|0(?=\d))?/, '0')
}

/** True if `number` can be dialled in the UK: a whole national number, or a short code. */
export function isDialable (number: string): boolean {
  if (!/^[\d ()-]+$/.test(number)) return false
  const digits = number.replaceAll(/\D/g, '')
  if (shortCode.test(digits)) return true
  if (digits.length === 10 && digits.startsWith('01')) {
    return shortAreas.includes(Number(digits.slice(1, 5))) || digits.startsWith('016977')
  }
  return nationalNumbers.some(pattern => pattern.test(digits))
}

/** True if a number is a mobile one: it may be a person's own, and people move on. */
export function isMobile (number: string): boolean {
  return /^07/.test(number.replaceAll(/\D/g, ''))
}

/** True if calls to a number cost as much as its owner likes. */
export function isPremium (number: string): boolean {
  return /^09/.test(number.replaceAll(/\D/g, ''))
}

/** A mobile number, however it is spaced; with full stops only in the usual groups, as days and times have them too. */
const mobile = new RegExp([
  /(?<!\d)(?:\(?0|(?:\+|00)[\s\p{Pd}]?44[\s\p{Pd}]?(?:\(0\)[\s\p{Pd}]?)?)7/u,
  /(?:\d{3}\)?[\s.\p{Pd}]?\d{3}[\s.\p{Pd}]?\d{3}|(?:[\s\p{Pd}]?\d){9})(?!\d)/u
].map(({ source }) => source).join(''), 'u')

/** True if a text contains a mobile number. */
export function namesMobile (text: string): boolean {
  return mobile.test(text)
}

/** True if a text is the complete address of a page that browsers open safely. */
export function isWebAddress (text: string): boolean {
  const url = /[\s\\]/.test(text) ? null : URL.parse(text)
  if (url === null) return false
  const { protocol, hostname, username, password } = url
  return protocol === 'https:' && /^[^.]+(?:\.[^.]+)*\.[a-z\d-]{2,}$/.test(hostname) && !/^[\d.]+$/.test(hostname) &&
    username === '' && password === ''
}

const postcodes = /(?<![A-Z\d])[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}(?![A-Z\d])/giu

/**
 * True if mail sent to it would arrive: a postal address has its postcode, after something in letters. Looked for one
 * by one: a pattern of both tries each letter with all that follows it.
 */
export function isPostalAddress (text: string): boolean {
  const letter = text.search(/\p{L}/u)
  return letter >= 0 && Array.from(text.matchAll(postcodes)).some(({ index }) => index > letter)
}
