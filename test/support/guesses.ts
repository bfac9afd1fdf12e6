import { solve } from 'yalps'
import type { Figure } from '../../src/office/reports/small-numbers.ts'

/**
 * Everything that could have happened, as far as anyone can tell from what is published: numbers of people
 * that are unknown, and what their sums are known to be. Each unknown is written as a text such as `a1 came`.
 */
export class Guesses {
  readonly constraints: Array<{ of: Map<string, number>, low: number, high: number }> = []

  know (unknowns: readonly string[], { low, high }: Pick<Figure, 'low' | 'high'>): void {
    this.constraints.push({ of: new Map(unknowns.map(unknown => [unknown, 1])), low, high })
  }

  /** Two sums are the same. */
  same (some: readonly string[], others: readonly string[]): void {
    const of = new Map([...some.map(one => [one, 1] as const), ...others.map(one => [one, -1] as const)])
    this.constraints.push({ of, low: 0, high: 0 })
  }

  /** The smallest and the largest number that a sum of unknowns can be. */
  rangeOf (unknowns: readonly string[]): [number, number] {
    return [this.#solved('minimize', unknowns), this.#solved('maximize', unknowns)]
  }

  #solved (direction: 'minimize' | 'maximize', unknowns: readonly string[]): number {
    const variables = new Map<string, Map<string, number>>()
    for (const [n, { of }] of this.constraints.entries()) {
      for (const [unknown, factor] of of) {
        const its = variables.get(unknown) ?? new Map<string, number>()
        variables.set(unknown, its.set(`c${n}`, factor))
      }
    }
    // Of some nothing at all may be published: they can be any number.
    for (const unknown of unknowns) {
      const its = variables.get(unknown) ?? new Map<string, number>()
      variables.set(unknown, its.set('it', 1))
    }
    const { status, result } = solve({
      direction,
      objective: 'it',
      constraints: this.constraints.map(({ low, high }, n) =>
        [`c${n}`, { min: low, ...high === Infinity ? {} : { max: high } }] as const),
      variables,
      integers: true
    }, { maxIterations: 100_000, tolerance: 0, timeout: 20_000 })
    if (status === 'unbounded') return Infinity
    if (status !== 'optimal') throw new Error(`What is published cannot be: ${status}`)
    return result
  }
}
