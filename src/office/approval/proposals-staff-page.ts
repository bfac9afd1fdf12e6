import { sentenceFor } from '../../platform/http/url-params.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { ConfirmationRequired, effectsOf } from '../../identity/staff/confirmation.ts'
import type { Change } from '../../identity/staff/confirmation.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { runningOf } from '../../programme/activities/staff-page.ts'
import { shortMoment } from '../../programme/activities/when.ts'
import { unitNames } from '../editor/both-changed.ts'
import { unitInWords } from '../editor/in-words.ts'
import type { Proposal } from '../editor/proposals.ts'
import type { ProposalEffects } from './proposals.ts'

const done = {
  asked: 'Until it is approved, everyone reads what they read now. A coordinator is emailed in office hours, and you are emailed what they decide.',
  approved: 'You have approved it, and everyone reads it now. Everyone who asked is emailed.',
  withdrawn: 'The change is withdrawn. Everyone reads what they have read until now.'
}

/** The change of an activity that waits, for the people of this page. */
export interface ProposalPage {
  activity: KnownActivity
  /** Undefined: nothing waits. */
  waiting: {
    proposal: Proposal
    /** Who asked, the last one at the end. */
    askedBy: readonly string[]
    returnedBy: string | undefined
    /** As it is now, and as it is asked to be. */
    changes: readonly Change[]
    mayWithdraw: boolean
    /** Whether someone else asked too, or alone: they are told of it. */
    isOfOthers: boolean
  } | undefined
  /** What approving it does, for those who may; or why it cannot be approved. */
  approving: ConfirmationRequired | { wrong: string } | undefined
  /** Whether they change the activity: they run or co-host it. */
  edits: boolean
  /** Whether they run or approve it. */
  mayKnow: boolean
}

/** What waits beside what everyone reads, and for coordinators what approving it does. */
export function proposalPageOf (
  { activity, waiting, approving, edits, mayKnow }: ProposalPage,
  { query, reason, errors }:
  { query: Readonly<Record<string, unknown>>, reason: string, errors: FormErrors | undefined }
) {
  const isToRead = approving instanceof ConfirmationRequired
  const meanwhile = isToRead ? (approving.effects as ProposalEffects).meanwhile : []
  return {
    ...runningOf(activity),
    ...(isToRead ? effectsOf(approving) : {}),
    proposal: waiting && {
      askedBy: new Intl.ListFormat('en-GB').format(waiting.askedBy),
      isOfSeveral: waiting.askedBy.length > 1,
      asked: shortMoment(waiting.proposal.askedAt, activity.zone),
      returned: waiting.proposal.returned && { by: waiting.returnedBy, reason: waiting.proposal.returned.reason }
    },
    changes: (waiting?.changes ?? []).map(change => ({
      ...change, then: meanwhile.find(({ what }) => what === change.what)?.from
    })),
    mayApprove: isToRead,
    wrong: approving !== undefined && 'wrong' in approving ? approving.wrong : undefined,
    edits,
    mayWithdraw: waiting?.mayWithdraw === true,
    isOfOthers: waiting?.isOfOthers === true,
    mayKnow,
    reason,
    errors,
    done: errors === undefined ? doneInWords(query) : undefined
  }
}

/** What was just done; after an edit of which only some waits, also which parts were saved at once. */
function doneInWords ({ done: said, saved }: Readonly<Record<string, unknown>>): string | undefined {
  const sentence = sentenceFor(done, said)
  if (said !== 'asked' || typeof saved !== 'string') return sentence
  const parts = unitNames.filter(unit => saved.split(',').includes(unit)).map(unit => unitInWords[unit])
  const isSaved = parts.length === 0
    ? 'What you changed waits for a coordinator.'
    : `Saved at once: ${parts.join(', ')}. The rest waits for a coordinator.`
  return `${isSaved} ${sentence}`
}
