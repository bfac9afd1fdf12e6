import asyncHooks from 'node:async_hooks'
import module, { syncBuiltinESMExports } from 'node:module'

/** Node's original, for `lane.ts`. */
export const { registerHooks } = module

/*
 * Loaded first into each process of a run whose coverage is not needed: avoiding tap's hooks saves a third of a start
 * and a tenth of everything else. They read every imported module, for mocks and coverage, and follow every promise, to
 * say in which test an uncaught error was thrown; without them such an error ends the whole file.
 */
if (process.env._TAPJS_PROCESSINFO_COVERAGE_ === '0') {
  module.registerHooks = () => ({ deregister () {} })
  asyncHooks.createHook = () => {
    const none = { enable: () => none, disable: () => none }
    return none
  }
  syncBuiltinESMExports()
}
