export { AwsKeyService } from './adapters/aws-key-service.ts';
export type { AwsKeyServiceOptions } from './adapters/aws-key-service.ts';
export { PrivacyPersonalData } from './adapters/privacy-personal-data.ts';
export { PersonalDataOwners } from './application/personal-data-owners.ts';
export { PrivacyModule } from './privacy.module.ts';
export type { PrivacyOptions } from './privacy.module.ts';
export { reservationMinutesMax } from './application/sweep-reservations.ts';
export { AccessLog, accessPurposes } from './application/access-log.ts';
export type { AccessPurpose, PersonalRead } from './application/access-log.ts';
export { ErasureCertificates } from './application/erasure-certificates.ts';
export type { ErasureCertificate, SigningKey } from './application/erasure-certificates.ts';
export { ErasureStore } from './application/erasure-store.ts';
export type { ErasureChange, ErasureStep, UnderWay } from './application/erasure-store.ts';
export { EvidenceSigner } from './application/evidence-signer.ts';
export type { EvidenceSignature } from './application/evidence-signer.ts';
export { Fences } from './application/fences.ts';
export type { KeyFate } from './application/fences.ts';
export { CloseCases } from './application/close-cases.ts';
export { CohortStore } from './application/cohort-store.ts';
export { FencedKeys } from './application/fenced-keys.ts';
export { LegalHolds } from './application/legal-holds.ts';
export type { ClosedCase, LegalHold } from './application/legal-holds.ts';
export { MakeCohort } from './application/make-cohort.ts';
export { MakeFiscalCohorts } from './application/make-fiscal-cohorts.ts';
export { RetainedFields } from './application/retained-fields.ts';
export type {
  ClearField,
  ReadField,
  ReadingPurpose,
  StoreToKeep,
} from './application/retained-fields.ts';
export { addMonths, calendarDayOf, dayIn, isoDate } from './domain/calendar.ts';
export type { CalendarDay } from './domain/calendar.ts';
export { fiscalCohortOf, holdCohortOf, invoiceCohortOf, retainCohortOf } from './domain/cohort.ts';
export type { Cohort } from './domain/cohort.ts';
export { lastDayOf } from './domain/retention-end.ts';
export { DropFormerKeys } from './application/drop-former-keys.ts';
export { SealAnew } from './application/seal-anew.ts';
export { sealedForGood } from './domain/former-values.ts';
export type { FormerKeyReport, LeftValues, ReasonLeft } from './domain/former-values.ts';
export { MoveToOpenEpoch } from './application/move-to-open-epoch.ts';
export { OpenKeyEpoch } from './application/open-key-epoch.ts';
export { RotateSubjectKey } from './application/rotate-subject-key.ts';
export { KeyDriverMismatchError, SubjectKeySettings } from './application/subject-key-settings.ts';
export { IdentityCodes } from './application/identity-codes.ts';
export type { NewIdentityCode } from './application/identity-codes.ts';
export { Restrictions } from './application/restrictions.ts';
export { KeyHolders } from './application/key-holders.ts';
export type { Drain } from './application/key-holders.ts';
export { openKeyRotation } from './open-key-rotation.ts';
export type { KeyRotation, KeyRotationParts } from './open-key-rotation.ts';
export type { RotationProgress } from './application/rotate-keys.ts';
export { PgCohortEnds } from './adapters/pg-cohort-ends.ts';
export { SuppressionDigests } from './application/suppression-digests.ts';
export { KeyTrial } from './application/key-trial.ts';
export type { KeyTrialOutcome } from './application/key-trial.ts';
export {
  ErasureEvidence,
  newestOf,
  operatorParts,
  saysInNoBackup,
  triedLogins,
} from './application/erasure-evidence.ts';
export type {
  GivenEvidence,
  KeyTrialEvidence,
  OperatorEvidence,
  OperatorPart,
  TriedLogin,
} from './application/erasure-evidence.ts';
export { attemptsInARow, isProof, outcomeOf, TryEndedKeys } from './application/try-ended-keys.ts';
export { RequestTraces, tracePlace } from './application/request-traces.ts';
export { isSignedEvidence } from './application/certified-verification.ts';
export { evidenceDigest, evidenceMessage } from './domain/evidence-statement.ts';
export { isTraceOf, prefixBytes, prefixHash, traceDigestsOf } from './domain/trace-digests.ts';
export type { TraceDigest, TraceDigests, TypedText } from './domain/trace-digests.ts';
export { formsOf, writtenBytesMin } from './domain/written-forms.ts';
export type { WrittenForm } from './domain/written-forms.ts';
export { openErasureVerification } from './open-erasure-verification.ts';
export type { ErasureVerification, ErasureVerificationParts } from './open-erasure-verification.ts';
export { certificateDigest, certificateStatement } from './domain/certificate-statement.ts';
export { brokenLinks, eventHashOf } from './domain/erasure-event.ts';
export type { ErasureEventRecord } from './domain/erasure-event.ts';
export { erasureStates, isApprovedByTwo, isErased, isFourEyed } from './domain/erasure-request.ts';
export type {
  ErasureApproval,
  ErasureConfirmation,
  ErasureFailure,
  ErasureOfficer,
  ErasureRequest,
  ErasureStatus,
  IdentityMethod,
  PlanFacts,
} from './domain/erasure-request.ts';
export { approvalChallenge } from './application/approval-challenge.ts';
export { OfficerPasskeys, SignedApprovals } from './application/signed-approvals.ts';
export type {
  ApprovalRole,
  OfficerPasskey,
  SignedApproval,
} from './application/signed-approvals.ts';
export { HashTombstones, longestBackupDays } from './application/hash-tombstones.ts';
export { PgTombstones } from './adapters/pg-tombstones.ts';
export { deadlineOf, dueAfter, dueAtOf, extensionOf } from './domain/clocks.ts';
export { dutyInForce, dutyOffered, peopleLawProblems } from './domain/people-law.ts';
export type {
  AnswerPeriod,
  DataRight,
  PeopleDuty,
  PeopleLaw,
  PeopleRule,
} from './domain/people-law.ts';
export type { PrivacyClock } from './domain/clocks.ts';
export { openEraser, requireKeyDriver } from './open-eraser.ts';
export type { Eraser, EraserParts } from './open-eraser.ts';
export {
  dataCategories,
  lawProblems,
  ruleInForce,
  storedCategories,
} from './domain/retention-rule.ts';
export type {
  DataCategory,
  RetainRule,
  RetentionLaw,
  RetentionPeriod,
  RetentionRule,
} from './domain/retention-rule.ts';
export { openErasureJournal } from './open-erasure-journal.ts';
export type { ErasureJournalParts, OpenedErasureJournal } from './open-erasure-journal.ts';
export { ErasureJournal, EvidenceKeys } from './application/erasure-journal.ts';
export { cellOfJournal, readErasureJournal } from './adapters/read-erasure-journal.ts';
export { readPinnedKeys } from './adapters/erasure-journal-files.ts';
export { publishedKeysOf } from './adapters/published-keys.ts';
export type { PublishedKey } from './adapters/published-keys.ts';
export { AwsEvidenceSigner } from './adapters/aws-evidence-signer.ts';
export { evidenceClient } from './adapters/evidence-client.ts';
export type { CheckedJournal, JournalToRead } from './adapters/read-erasure-journal.ts';
export type { JournalPlaces } from './adapters/folder-erasure-journal.ts';
export { BrokenJournalError } from './domain/erasure-journal.ts';
export type { JournalFault, JournalHead, TrustedKeys } from './domain/erasure-journal.ts';
export { arnName } from './domain/key-names.ts';
export { replayErasuresInto } from './replay-erasures-into.ts';
export type { RestoredDatabases } from './replay-erasures-into.ts';
export type { ReplayReport } from './application/replay-erasures.ts';
export { RestoredErasures } from './application/restored-erasures.ts';
export type { RestoredErasure } from './application/restored-erasures.ts';
export type { DataProcessor, ProcessorIdentity } from './domain/data-processor.ts';
export { KeyGoneError } from './application/key-service.ts';
export {
  noticeStates,
  RecipientNotices,
  RequestContacts,
} from './application/recipient-notices.ts';
export type {
  NoticeProgress,
  NoticeProof,
  NoticeState,
  RecipientNotice,
} from './application/recipient-notices.ts';
export { RequestKeys } from './application/request-keys.ts';
