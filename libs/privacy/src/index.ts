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
export type { ErasureChange, ErasureStep } from './application/erasure-store.ts';
export { EvidenceSigner } from './application/evidence-signer.ts';
export type { EvidenceSignature } from './application/evidence-signer.ts';
export { Fences } from './application/fences.ts';
export type { KeyFate } from './application/fences.ts';
export { CiphertextVersions, DropFormerKeys } from './application/drop-former-keys.ts';
export { MoveToOpenEpoch } from './application/move-to-open-epoch.ts';
export { OpenKeyEpoch } from './application/open-key-epoch.ts';
export { RotateSubjectKey } from './application/rotate-subject-key.ts';
export { KeyDriverMismatchError, SubjectKeySettings } from './application/subject-key-settings.ts';
export { KeyHolders } from './application/key-holders.ts';
export type { Drain } from './application/key-holders.ts';
export { SuppressionDigests } from './application/suppression-digests.ts';
export { KeyTrial } from './application/key-trial.ts';
export { certificateDigest, certificateStatement } from './domain/certificate-statement.ts';
export { brokenLinks, eventHashOf } from './domain/erasure-event.ts';
export type { ErasureEventRecord } from './domain/erasure-event.ts';
export { erasureStates, isApprovedByTwo, isErased, isFourEyed } from './domain/erasure-request.ts';
export type {
  ErasureApproval,
  ErasureFailure,
  ErasureOfficer,
  ErasureRequest,
  ErasureStatus,
  IdentityMethod,
  PlanFacts,
} from './domain/erasure-request.ts';
export { addMonths, dayIn, deadlineOf, dueAtOf, extensionOf } from './domain/clocks.ts';
export type { CalendarDay, PrivacyClock } from './domain/clocks.ts';
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
  RetentionLaw,
  RetentionPeriod,
  RetentionRule,
} from './domain/retention-rule.ts';
export type { Recipient } from './domain/recipient.ts';
export { openErasureJournal } from './open-erasure-journal.ts';
export type { ErasureJournalParts, OpenedErasureJournal } from './open-erasure-journal.ts';
export { ErasureJournal, EvidenceKeys } from './application/erasure-journal.ts';
export { cellOfJournal, readErasureJournal } from './adapters/read-erasure-journal.ts';
export { readPinnedKeys } from './adapters/erasure-journal-files.ts';
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
