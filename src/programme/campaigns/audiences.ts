/** Who a message or a page of advice is for, in the order in which people read them. */
export const audiences = ['everyone', 'parents', 'young-people', 'professionals', 'businesses'] as const
export type Audience = typeof audiences[number]

export const audiencesInWords: Record<Audience, string> = {
  everyone: 'Everyone',
  parents: 'Parents and carers',
  'young-people': 'Children and young people',
  professionals: 'People who work with children',
  businesses: 'Businesses'
}
