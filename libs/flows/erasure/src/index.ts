export { ErasureModule } from './erasure.module.ts';
export type { ErasureApiOptions, ErasureOptions, ErasureWorkerOptions } from './erasure.module.ts';
export { driveErasure, DriveErasureJob } from './adapters/drive-erasure.job.ts';
export { DeadLetters } from './adapters/dead-letters.ts';
export { KafkaTopics } from './adapters/kafka-topics.ts';
export { OpenDsrRecipient } from './adapters/open-dsr-recipient.ts';
export type { OpenDsrRecipientOptions } from './adapters/open-dsr-recipient.ts';
export { RedisKeySpaces } from './adapters/redis-key-spaces.ts';
export type { RedisKeySpacesOptions } from './adapters/redis-key-spaces.ts';
export { askedErasureViewOf } from './api/own-erasure.view.ts';
export { AskOwnErasure } from './application/ask-own-erasure.ts';
export { WithdrawOwnErasure } from './application/withdraw-own-erasure.ts';
export { KeepStatutoryRecords } from './application/holds/keep-statutory-records.ts';
export { OwedAcknowledgements } from './application/owed-acknowledgements.ts';
export { SendOwedAcknowledgements } from './application/send-owed-acknowledgements.ts';
export { PurgeRestored } from './application/purge-restored.ts';
export {
  DataRecipient,
  RecipientFaultError,
  RecipientSilentError,
} from './application/recipients/data-recipient.ts';
export type { RecipientRequest, RecipientStatus } from './application/recipients/data-recipient.ts';
export type { ConnectedRecipient } from './application/recipients/recipient-register.ts';
export { TellOfCorrection } from './application/recipients/tell-of-correction.ts';
export type { Correction } from './application/recipients/tell-of-correction.ts';
export { StepFailure } from './application/step-failure.ts';
export type { KnownTopic } from './domain/known-topics.ts';
export { StoreKeeper } from './application/store-keeper.ts';
export { categoryOfTable } from './domain/data-stores.ts';
