import type { Prisma } from '../../platform/database/generated/client.ts'

/**
 * Who the content of a column is about, and so when it goes:
 *
 * - `nobody`: about no one, or only a random number that leads nowhere once what it names is gone.
 * - `booking`: about someone who booked. It goes with the booking on its day, `bookings.erase_on`: its table is
 *   `bookings` or hangs on it by ON DELETE CASCADE.
 * - `request`: about someone who asked for what is theirs by right, or complained. It goes some months after our answer
 *   (office/requests/request.ts), or with everything about them.
 * - `resource request`: about someone who asked for posters or leaflets for their work. It goes 90 days after the day
 *   by which they needed them (office/resource-requests/request.ts), or with everything about them.
 * - `entry`: about someone who entered an activity without an account. It goes some days after the activity, or sooner
 *   (programme/entries/entry.ts), or with everything about them; the activity itself stays.
 * - `erasure`: about someone whose data is all being erased. It goes when that is done (office/rights).
 * - `legal hold`: about someone who booked. It is kept until the hold is lifted.
 * - `later contact`: the address of someone who agreed to be asked once more. It goes when the email has gone, or on
 *   its day, `later_contacts.erase_on`.
 * - `answer`: what someone wrote without their name. Staff delete what names or concerns a person; the rest goes two
 *   years after the activity.
 * - `invitation`: about someone who was invited to co-host and has not accepted. It goes when they do, when it is taken
 *   back, and in the night after its link ended (office/co-hosts), or with everything about them.
 * - `staff`: about someone who works here. It is kept as long as they have an account; sign-in links and sessions are
 *   kept a while longer than they are valid, what they did for two years (audit-trail.ts), and how often their lists
 *   were sent for one (office/standing-lists/drop-old-runs.ts). An account that was made for co-hosting goes once
 *   nothing is left of what it did (office/co-hosts).
 * - `organisers`: what organisers write for others to read. Which people it names is up to them, and they can take it
 *   back.
 */
export type Rule =
  'nobody' | 'booking' | 'request' | 'resource request' | 'entry' | 'erasure' | 'legal hold' | 'later contact' | 'answer' |
  'invitation' | 'staff' | 'organisers'

type Models = Prisma.TypeMap['model']
type Rules = { [Model in keyof Models]: { [Column in keyof Models[Model]['payload']['scalars']]: Rule } }

/**
 * Every column of every table of `prisma/schema`. A new column does not compile without a rule, and a test follows
 * someone's name through all of them (test/office/forgetting/marker.test.ts).
 */
export const personalData: Rules = {
  Campaign: {
    id: 'nobody',
    slug: 'nobody',
    title: 'organisers',
    summary: 'organisers',
    kind: 'nobody',
    partnership: 'organisers',
    strapline: 'organisers',
    area: 'nobody',
    hashtags: 'nobody',
    accounts: 'organisers',
    pressContact: 'organisers',
    pressEmail: 'organisers',
    pressPhone: 'organisers',
    pressNote: 'organisers',
    firstDay: 'nobody',
    lastDay: 'nobody',
    discreet: 'nobody',
    districts: 'nobody',
    privacyNotice: 'organisers',
    daysUntilErasure: 'nobody',
    zone: 'nobody',
    createdAt: 'nobody',
    changedAt: 'nobody',
    needsApproval: 'nobody',
    copiedFromId: 'nobody'
  },
  CampaignDate: {
    campaignId: 'nobody',
    kind: 'nobody',
    day: 'nobody',
    time: 'nobody',
    label: 'organisers',
    isDone: 'nobody'
  },
  OutcomeReport: {
    activityId: 'nobody',
    tookPlace: 'nobody',
    learnt: 'organisers',
    isChosen: 'nobody',
    givenAt: 'nobody',
    givenById: 'staff'
  },
  OutcomeAsking: {
    campaignId: 'nobody',
    since: 'nobody',
    reminds: 'nobody'
  },
  OutcomeAsk: {
    id: 'nobody',
    activityId: 'nobody',
    occasion: 'nobody',
    askedAt: 'nobody',
    askedById: 'staff',
    staffMemberId: 'staff',
    sentAt: 'nobody',
    refusedAt: 'nobody'
  },
  Thanks: {
    activityId: 'nobody',
    thankedAt: 'nobody',
    sentAt: 'nobody'
  },
  KeyMessage: {
    campaignId: 'nobody',
    audience: 'nobody',
    position: 'nobody',
    text: 'organisers'
  },
  AdvicePage: {
    id: 'nobody',
    campaignId: 'nobody',
    slug: 'organisers',
    title: 'organisers',
    audience: 'nobody',
    text: 'organisers',
    status: 'nobody',
    position: 'nobody',
    changedAt: 'nobody'
  },
  AdviceLink: {
    advicePageId: 'nobody',
    position: 'nobody',
    title: 'organisers',
    url: 'organisers',
    about: 'organisers'
  },
  Coordinator: {
    campaignId: 'nobody',
    staffMemberId: 'staff',
    districts: 'nobody'
  },
  ApprovalRequest: {
    activityId: 'nobody',
    askedById: 'staff',
    askedBefore: 'staff',
    askedAt: 'nobody',
    returnedById: 'staff',
    returnedAt: 'nobody',
    reason: 'organisers'
  },
  Proposal: {
    id: 'nobody',
    activityId: 'nobody',
    changes: 'organisers',
    askedById: 'staff',
    askedBefore: 'staff',
    askedAt: 'nobody',
    returnedById: 'staff',
    returnedAt: 'nobody',
    reason: 'organisers'
  },
  ApprovalDecision: {
    id: 'nobody',
    activityId: 'nobody',
    title: 'organisers',
    about: 'nobody',
    decision: 'nobody',
    reason: 'organisers',
    askedById: 'staff',
    decidedById: 'staff',
    decidedAt: 'nobody',
    toldAt: 'nobody'
  },
  ApprovalDigest: {
    staffMemberId: 'staff',
    isOff: 'staff',
    dueAt: 'staff',
    told: 'nobody',
    sentAt: 'staff'
  },
  DistrictArea: {
    campaignId: 'nobody',
    district: 'nobody',
    area: 'organisers'
  },
  Scenario: {
    id: 'nobody',
    slug: 'nobody',
    campaignId: 'nobody',
    title: 'organisers',
    text: 'organisers',
    publishedTitle: 'organisers',
    publishedText: 'organisers',
    changedAt: 'nobody',
    createdAt: 'nobody'
  },
  ScenarioTotal: {
    scenarioId: 'nobody',
    step: 'nobody',
    choice: 'nobody',
    count: 'nobody'
  },
  Agency: {
    id: 'nobody',
    slug: 'nobody',
    name: 'nobody'
  },
  CampaignPartnership: {
    campaignId: 'nobody',
    district: 'nobody',
    since: 'nobody',
    partnership: 'organisers'
  },
  ReplyAddress: {
    partnership: 'organisers',
    address: 'organisers'
  },
  Succession: {
    id: 'nobody',
    day: 'nobody',
    partnership: 'organisers',
    agencyId: 'nobody',
    district: 'nobody',
    successor: 'organisers',
    replyTo: 'organisers',
    pressContact: 'organisers',
    pressEmail: 'organisers',
    pressPhone: 'organisers',
    plannedById: 'staff',
    plannedAt: 'nobody',
    toldAt: 'nobody',
    doneAt: 'nobody',
    moved: 'nobody'
  },
  AgencyFeed: {
    id: 'nobody',
    agencyId: 'nobody',
    name: 'organisers',
    tokenHash: 'nobody',
    madeAt: 'nobody',
    lastFetchedOn: 'nobody'
  },
  Activity: {
    id: 'nobody',
    campaignId: 'nobody',
    slug: 'nobody',
    title: 'organisers',
    summary: 'organisers',
    kind: 'nobody',
    wasPoliceWork: 'nobody',
    startsAt: 'nobody',
    endsAt: 'nobody',
    allDay: 'nobody',
    zone: 'nobody',
    isOnline: 'nobody',
    venue: 'organisers',
    hasSecretPlace: 'organisers',
    joinUrlSealed: 'nobody',
    joinUrlMeetingEndsAt: 'nobody',
    joinMode: 'nobody',
    reminders: 'nobody',
    followUp: 'nobody',
    district: 'nobody',
    audiences: 'nobody',
    visibility: 'nobody',
    embargoUntil: 'nobody',
    booking: 'nobody',
    capacity: 'nobody',
    placesPerBooking: 'nobody',
    overBookingPercent: 'nobody',
    waitingList: 'nobody',
    offerHours: 'nobody',
    anotherDateAt: 'nobody',
    anotherDateOfId: 'nobody',
    bookingOpensAt: 'nobody',
    bookingClosesAt: 'nobody',
    status: 'nobody',
    cancellationReason: 'organisers',
    leadAgencyId: 'nobody',
    ledAsId: 'nobody',
    partnership: 'organisers',
    runBy: 'organisers',
    icalUid: 'nobody',
    icalSequence: 'nobody',
    walkIns: 'nobody',
    peopleReached: 'nobody',
    premisesVisited: 'nobody',
    leafletsGiven: 'nobody',
    conversations: 'nobody',
    createdAt: 'nobody',
    changedAt: 'nobody'
  },
  ActivityPlan: {
    activityId: 'nobody',
    stage: 'nobody',
    ownerId: 'staff',
    ownerName: 'organisers',
    ownerEmail: 'organisers',
    staffing: 'organisers',
    materials: 'organisers',
    risk: 'nobody',
    riskBy: 'organisers',
    riskOn: 'nobody',
    notes: 'organisers',
    copiedFromId: 'nobody'
  },
  Questionnaire: {
    id: 'nobody',
    campaignId: 'nobody',
    activityId: 'nobody',
    questions: 'organisers',
    asksLater: 'nobody',
    isAnswered: 'nobody'
  },
  EvaluationCount: {
    activityId: 'nobody',
    occasion: 'nobody',
    question: 'nobody',
    value: 'nobody',
    count: 'nobody',
    shown: 'nobody'
  },
  EvaluationText: {
    id: 'nobody',
    activityId: 'nobody',
    occasion: 'nobody',
    question: 'nobody',
    text: 'answer',
    isShown: 'nobody'
  },
  EvaluationMark: {
    mark: 'nobody',
    activityId: 'nobody'
  },
  LaterContact: {
    id: 'nobody',
    activityId: 'nobody',
    mark: 'nobody',
    email: 'later contact',
    canonicalEmail: 'later contact',
    sendOn: 'nobody',
    eraseOn: 'nobody',
    announcedAt: 'nobody'
  },
  Certificate: {
    codeHash: 'nobody',
    activityId: 'nobody',
    bookingId: 'nobody',
    nameMark: 'nobody',
    issuedOn: 'nobody',
    isRevoked: 'nobody'
  },
  ActivityPartner: {
    activityId: 'nobody',
    agencyId: 'nobody'
  },
  ActivityHost: {
    activityId: 'nobody',
    staffMemberId: 'staff'
  },
  ActivityCoHost: {
    activityId: 'nobody',
    staffMemberId: 'staff',
    since: 'staff',
    until: 'staff'
  },
  CoHostInvitation: {
    id: 'nobody',
    activityId: 'nobody',
    name: 'invitation',
    email: 'invitation',
    agencyId: 'nobody',
    agencyName: 'organisers',
    invitedById: 'staff',
    invitedAt: 'nobody',
    expiresAt: 'nobody',
    refusedAt: 'nobody'
  },
  NamedPerson: {
    activityId: 'nobody',
    staffMemberId: 'staff'
  },
  Release: {
    activityId: 'nobody',
    askedById: 'staff',
    askedAt: 'nobody',
    agreedById: 'staff',
    agreedAt: 'nobody'
  },
  TeamsMeeting: {
    activityId: 'nobody',
    status: 'nobody',
    generation: 'nobody',
    lobby: 'nobody',
    mayUnmute: 'nobody',
    mayShowCamera: 'nobody',
    meetingIdSealed: 'nobody',
    joinUrlSealed: 'nobody',
    waysInSealed: 'nobody',
    madeAs: 'nobody',
    problem: 'nobody',
    askedAt: 'nobody',
    madeAt: 'nobody'
  },
  Occupancy: {
    activityId: 'nobody',
    confirmed: 'nobody',
    offered: 'nobody',
    held: 'nobody',
    waiting: 'nobody',
    waitingBookings: 'nobody',
    askedAgain: 'nobody'
  },
  Hold: {
    id: 'nobody',
    activityId: 'nobody',
    agencyId: 'nobody',
    code: 'nobody',
    places: 'nobody',
    claimed: 'nobody',
    returnsAt: 'nobody',
    returnedAt: 'nobody',
    createdAt: 'nobody'
  },
  PriorityGroup: {
    activityId: 'nobody',
    rank: 'nobody',
    name: 'organisers',
    reason: 'organisers'
  },
  Booking: {
    id: 'nobody',
    activityId: 'nobody',
    reference: 'booking',
    name: 'booking',
    email: 'booking',
    canonicalEmail: 'booking',
    role: 'booking',
    district: 'booking',
    phone: 'booking',
    phoneMark: 'booking',
    accessNeeds: 'booking',
    accessAnswer: 'booking',
    accessAnsweredAt: 'booking',
    question: 'booking',
    questionOutcome: 'booking',
    questionSettledAt: 'booking',
    questionSettledById: 'booking',
    heardFrom: 'booking',
    places: 'booking',
    status: 'booking',
    priority: 'booking',
    arrival: 'booking',
    createdAt: 'booking',
    changedAt: 'booking',
    waitedAt: 'booking',
    confirmedAt: 'booking',
    offeredUntil: 'booking',
    offers: 'booking',
    calledAt: 'booking',
    lapseReason: 'booking',
    holdId: 'nobody',
    copiedFromBookingId: 'booking',
    submissionId: 'booking',
    icalUid: 'booking',
    icalSequence: 'booking',
    icalOrganizer: 'booking',
    attended: 'booking',
    camePlaces: 'booking',
    minutesAtLeast: 'booking',
    attendanceSource: 'booking',
    joinedAt: 'booking',
    cancelledBy: 'booking',
    remindersOff: 'booking',
    unreachableAt: 'booking',
    eraseOn: 'booking',
    linkVersion: 'nobody'
  },
  BookingEvent: {
    id: 'booking',
    bookingId: 'booking',
    at: 'booking',
    activityId: 'booking',
    status: 'booking',
    places: 'booking',
    offers: 'booking',
    called: 'booking',
    reason: 'booking',
    mode: 'nobody',
    held: 'booking',
    details: 'booking'
  },
  Handover: {
    id: 'booking',
    bookingId: 'booking',
    hub: 'booking',
    receivedBy: 'booking',
    receivedAt: 'booking',
    reference: 'booking',
    handedById: 'booking',
    handedAt: 'booking'
  },
  Email: {
    id: 'booking',
    bookingId: 'booking',
    kind: 'booking',
    sequence: 'booking',
    copy: 'booking',
    messageId: 'booking',
    status: 'booking',
    attempts: 'booking',
    answer: 'booking',
    claimedUntil: 'booking',
    claim: 'booking',
    linkVersion: 'nobody',
    inTurnOf: 'booking',
    told: 'booking',
    createdAt: 'booking',
    sentAt: 'booking'
  },
  RepeatedRequest: {
    id: 'booking',
    bookingId: 'booking',
    submissionId: 'booking',
    name: 'booking',
    places: 'booking',
    askedAt: 'booking',
    toldAt: 'booking'
  },
  LegalHold: {
    id: 'nobody',
    activityId: 'nobody',
    canonicalEmail: 'legal hold',
    reason: 'organisers',
    owner: 'organisers',
    reviewOn: 'nobody',
    setById: 'staff',
    setAt: 'nobody',
    liftedAt: 'nobody',
    liftedById: 'staff'
  },
  Headcount: {
    activityId: 'nobody',
    dimension: 'nobody',
    value: 'nobody',
    booked: 'nobody',
    places: 'nobody',
    waited: 'nobody',
    cancelled: 'nobody',
    lapsed: 'nobody',
    came: 'nobody',
    camePlaces: 'nobody',
    didNotCome: 'nobody',
    recordedPlaces: 'nobody'
  },
  ForgottenBooking: {
    bookingId: 'nobody',
    forgottenAt: 'nobody'
  },
  Bulletin: {
    id: 'nobody',
    activityId: 'nobody',
    number: 'nobody',
    audience: 'nobody',
    bookingIds: 'nobody',
    heading: 'organisers',
    body: 'organisers',
    madeById: 'staff',
    createdAt: 'nobody',
    sentAt: 'nobody',
    stoppedAt: 'nobody'
  },
  StaffMember: {
    id: 'staff',
    email: 'staff',
    name: 'staff',
    role: 'staff',
    agencyId: 'staff',
    issuer: 'staff',
    subject: 'staff',
    disabledAt: 'staff',
    factorSealed: 'staff',
    factorSince: 'staff',
    factorStep: 'staff',
    createdAt: 'staff',
    isInvited: 'staff'
  },
  SignInToken: {
    id: 'staff',
    staffMemberId: 'staff',
    tokenHash: 'staff',
    browserHash: 'staff',
    codeHash: 'staff',
    tries: 'staff',
    askedFrom: 'staff',
    createdAt: 'staff',
    expiresAt: 'staff',
    usedAt: 'staff'
  },
  StaffSession: {
    id: 'staff',
    staffMemberId: 'staff',
    tokenHash: 'staff',
    createdAt: 'staff',
    lastSeenAt: 'staff',
    openedBy: 'staff',
    hasTwoFactors: 'staff',
    device: 'staff',
    signedInAt: 'staff',
    awaitsCode: 'staff',
    tries: 'staff',
    endedAt: 'staff'
  },
  LastList: {
    staffMemberId: 'staff',
    columns: 'staff',
    format: 'staff',
    listId: 'nobody',
    madeAt: 'staff',
    rows: 'staff',
    rowsSent: 'staff',
    begunAt: 'staff',
    endedAt: 'staff'
  },
  StandingList: {
    id: 'nobody',
    staffMemberId: 'staff',
    about: 'staff',
    activityId: 'nobody',
    campaignId: 'nobody',
    who: 'staff',
    columns: 'staff',
    format: 'staff',
    why: 'staff',
    how: 'staff',
    weekday: 'staff',
    timeOfDay: 'staff',
    zone: 'nobody',
    days: 'staff',
    hours: 'staff',
    nextAt: 'nobody',
    failures: 'nobody',
    stoppedAt: 'staff',
    stoppedBecause: 'staff',
    createdAt: 'staff'
  },
  StandingListRun: {
    id: 'nobody',
    standingListId: 'nobody',
    occasion: 'nobody',
    activityId: 'nobody',
    startsAt: 'nobody',
    dueAt: 'nobody',
    outcome: 'nobody',
    people: 'nobody',
    endedAt: 'nobody',
    columns: 'nobody',
    format: 'nobody',
    why: 'staff',
    days: 'nobody'
  },
  ProgrammeUpload: {
    id: 'nobody',
    staffMemberId: 'staff',
    uploadedAt: 'staff',
    rowsSealed: 'organisers',
    importedAt: 'staff',
    created: 'nobody',
    updated: 'nobody',
    unchanged: 'nobody',
    asked: 'nobody'
  },
  AuditEntry: {
    id: 'nobody',
    at: 'nobody',
    staffMemberId: 'staff',
    action: 'nobody',
    subject: 'staff',
    details: 'staff'
  },
  SupportContact: {
    id: 'nobody',
    name: 'organisers',
    purpose: 'organisers',
    audience: 'nobody',
    number: 'organisers',
    url: 'organisers',
    address: 'organisers',
    hours: 'organisers',
    area: 'organisers',
    lastCheckedOn: 'nobody',
    owner: 'organisers',
    position: 'nobody'
  },
  Request: {
    id: 'request',
    kind: 'request',
    name: 'request',
    email: 'request',
    canonicalEmail: 'request',
    text: 'request',
    receivedAt: 'request',
    dueOn: 'request',
    acknowledgedAt: 'request',
    answer: 'request',
    closedAt: 'request',
    closedById: 'request',
    toldBy: 'request',
    toldAt: 'request',
    unreachableAt: 'request',
    submissionId: 'request',
    extendedAt: 'request',
    extendedById: 'request',
    extendedBecause: 'request',
    extensionReason: 'request',
    extensionToldBy: 'request',
    extensionToldAt: 'request'
  },
  OwedJob: {
    id: 'nobody',
    queue: 'nobody',
    data: 'nobody',
    owedUntil: 'nobody'
  },
  RequestCount: {
    key: 'nobody',
    requests: 'nobody',
    endsAt: 'nobody'
  },
  StandaloneEmail: {
    id: 'nobody',
    claimedUntil: 'nobody',
    sentAt: 'nobody',
    aboutId: 'nobody'
  },
  StrangerHour: {
    hour: 'nobody',
    emails: 'nobody',
    granted: 'nobody',
    held: 'nobody'
  },
  StrangerAlarm: {
    id: 'nobody',
    raisedAt: 'nobody',
    endedAt: 'nobody'
  },
  TrappedForms: {
    day: 'nobody',
    forms: 'nobody'
  },
  Resource: {
    id: 'nobody',
    name: 'organisers',
    description: 'organisers',
    mostPerRequest: 'nobody',
    stock: 'nobody',
    promised: 'nobody',
    warnBelow: 'nobody',
    retiredAt: 'nobody',
    createdAt: 'nobody'
  },
  StockChange: {
    id: 'nobody',
    resourceId: 'nobody',
    at: 'staff',
    staffMemberId: 'staff',
    cause: 'nobody',
    change: 'nobody',
    stock: 'nobody',
    reason: 'organisers'
  },
  ResourceMonth: {
    resourceId: 'nobody',
    month: 'nobody',
    organisationKind: 'nobody',
    asked: 'nobody',
    granted: 'nobody',
    packed: 'nobody',
    given: 'nobody'
  },
  Download: {
    id: 'nobody',
    title: 'organisers',
    language: 'nobody',
    fileName: 'organisers',
    mediaType: 'nobody',
    size: 'nobody',
    bytes: 'organisers',
    sha256: 'nobody',
    resourceId: 'nobody',
    campaignId: 'nobody',
    createdAt: 'nobody'
  },
  ResourceRequest: {
    id: 'nobody',
    name: 'resource request',
    organisation: 'resource request',
    organisationKind: 'resource request',
    email: 'resource request',
    canonicalEmail: 'resource request',
    phone: 'resource request',
    getting: 'resource request',
    address: 'resource request',
    neededBy: 'resource request',
    campaignId: 'nobody',
    purpose: 'resource request',
    status: 'resource request',
    message: 'resource request',
    askedAt: 'resource request',
    changedAt: 'resource request',
    told: 'resource request',
    unreachableAt: 'resource request'
  },
  EntryForm: {
    campaignId: 'nobody',
    isOn: 'nobody',
    isListed: 'nobody',
    opensOn: 'nobody',
    closesOn: 'nobody',
    introduction: 'organisers',
    kinds: 'nobody',
    firstDay: 'nobody',
    lastDay: 'nobody',
    audiences: 'nobody',
    district: 'nobody',
    visibility: 'nobody',
    hashtags: 'organisers',
    questions: 'organisers'
  },
  Entry: {
    id: 'nobody',
    campaignId: 'nobody',
    activityId: 'nobody',
    title: 'entry',
    organisation: 'entry',
    name: 'entry',
    email: 'entry',
    canonicalEmail: 'entry',
    entered: 'entry',
    answers: 'entry',
    endsOn: 'entry',
    isKeptForAgain: 'entry',
    againOfId: 'nobody',
    linkVersion: 'nobody',
    receivedAt: 'entry',
    confirmedAt: 'entry',
    outcome: 'entry',
    reason: 'entry',
    endedAt: 'entry',
    cancellingAskedAt: 'entry',
    told: 'entry',
    emails: 'nobody',
    network: 'entry',
    unreachableAt: 'entry',
    invitedToId: 'nobody'
  },
  RequestedResource: {
    requestId: 'nobody',
    resourceId: 'nobody',
    asked: 'resource request',
    granted: 'resource request',
    promised: 'nobody'
  },
  ResourceTotal: {
    id: 'nobody',
    resourceId: 'nobody',
    campaignId: 'nobody',
    agencyId: 'nobody',
    given: 'nobody'
  },
  Erasure: {
    id: 'erasure',
    email: 'erasure',
    canonicalEmail: 'erasure',
    name: 'erasure',
    askedAt: 'erasure',
    askedById: 'erasure',
    doneBy: 'erasure',
    toldAt: 'erasure'
  }
}
