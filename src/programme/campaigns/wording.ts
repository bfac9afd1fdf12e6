/**
 * Words that blame children or play down what is done to them, with today's words: the guide “Appropriate Language” of
 * the Children’s Society and NAPAC (2024), and for the age the Protection of Children Act 1978 §7(6).
 */
const outdated: ReadonlyArray<readonly [found: RegExp, better: string]> = [
  [/\bchild(?:ren)? porn(?:ography)?\b/giu, '“child sexual abuse material”'],
  [/\bchild prostitut(?:es?|ion)\b/giu, '“child who is sexually exploited”, “child sexual exploitation”'],
  [/\bsexting\b/giu, '“sharing nudes”'],
  [/\bpromiscuous\b/giu, 'what happened, without judging'],
  [/\blifestyle choices?\b/giu, 'what happened: a child does not choose to be exploited'],
  [/\b(?:putting|puts?) (?:themsel(?:ves|f)|himself|herself) at risk\b/giu, '“being put at risk”, and who by'],
  [/\bsex slaves?\b/giu, '“people who are sexually exploited”'],
  [/\bunder[- ]19s?\b/giu, '“under 18”, if you mean images: that is the law']
]

/** The outdated words in a text, with better ones. Never a reason to refuse it. */
export function outdatedWords (text: string): Array<{ says: string, better: string }> {
  return outdated.flatMap(([found, better]) =>
    [...new Set(text.match(found)?.map(says => says.toLowerCase()))].map(says => ({ says, better })))
}
