export { AwsKeyService } from './adapters/aws-key-service.ts';
export type { AwsKeyServiceOptions } from './adapters/aws-key-service.ts';
export { PrivacyPersonalData } from './adapters/privacy-personal-data.ts';
export { PrivacyModule } from './privacy.module.ts';
export type { PrivacyOptions } from './privacy.module.ts';
export { reservationMinutesMax } from './application/sweep-reservations.ts';
