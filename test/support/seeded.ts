/*
 * Loaded before tap, which shuffles by Math.random and takes no seed: with TEST_SEED its order is the same again.
 * The generator is mulberry32; only the process that starts the files of tests loads this, not those files.
 */
let state = Number(process.env.TEST_SEED)

Math.random = () => {
  state = (state + 0x6D2B79F5) | 0
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
}
