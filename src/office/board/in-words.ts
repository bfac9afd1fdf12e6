import type { PlanField, Risk, ShownStage } from './plan.ts'

export const stagesInWords: Record<ShownStage, string> = {
  idea: 'Idea', confirmed: 'Confirmed', done: 'Done', cancelled: 'Cancelled'
}

export const stageTags: Record<ShownStage, { text: string, classes: string }> = {
  idea: { text: stagesInWords.idea, classes: 'govuk-tag--yellow' },
  confirmed: { text: stagesInWords.confirmed, classes: 'govuk-tag--blue' },
  done: { text: stagesInWords.done, classes: 'govuk-tag--green' },
  cancelled: { text: stagesInWords.cancelled, classes: 'govuk-tag--red' }
}

export const risksInWords: Record<Risk, string> = {
  'not-said': 'Not decided yet', 'not-needed': 'Not needed', needed: 'Needed, not done yet', done: 'Done'
}

export const planFieldsInWords: Record<PlanField, string> = {
  stage: 'How far it is',
  ownerId: 'Who looks after it',
  ownerName: 'Their name',
  ownerEmail: 'Their email address',
  staffing: 'Staffing',
  materials: 'Materials',
  risk: 'Risk assessment',
  riskBy: 'Who did it',
  riskOn: 'On which day',
  notes: 'Notes'
}
