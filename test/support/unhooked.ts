import asyncHooks from 'node:async_hooks'
import module, { syncBuiltinESMExports } from 'node:module'

/** Node's own, for `lane.ts`. */
export const { registerHooks } = module

/*
 * Loaded first into each process of a run whose coverage nobody reads: without what tap hooks into, a third of a
 * start and a tenth of all else. It reads every module that is imported, for mocks and coverage, and follows every
 * promise, to say of an error that nobody caught in which test it was thrown; so one ends the whole file instead.
 */
if (process.env._TAPJS_PROCESSINFO_COVERAGE_ === '0') {
  module.registerHooks = () => ({ deregister () {} })
  asyncHooks.createHook = () => {
    const none = { enable: () => none, disable: () => none }
    return none
  }
  syncBuiltinESMExports()
}
