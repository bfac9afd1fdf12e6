/** What a check says of one thing: that it is good, or what to mend; one sentence. */
export interface Finding {
  about: string
  is: 'good' | 'mend'
  sentence: string
}

const limitMs = 5000

/** Ends with a finding whatever happens: what does not answer in time, or fails, is to be mended. */
export async function within (about: string, ask: () => Promise<Finding[]>, ms = limitMs): Promise<Finding[]> {
  const { promise: late, resolve } = Promise.withResolvers<Finding[]>()
  const timer = setTimeout(() => { resolve([mend(about, `No answer came within ${ms / 1000} seconds.`)]) }, ms)
  try {
    return await Promise.race([ask(), late])
  } catch (error) {
    return [mend(about, `It did not work: ${(error as Error).message.split('\n').at(-1)?.trim().replace(/\.$/, '')}.`)]
  } finally {
    clearTimeout(timer)
  }
}

export const good = (about: string, sentence: string): Finding => ({ about, is: 'good', sentence })
export const mend = (about: string, sentence: string): Finding => ({ about, is: 'mend', sentence })
