/** Every operation of the service that the emulator answers, in alphabetical order. */
export const operationNames = [
  'CancelKeyDeletion',
  'CreateAlias',
  'CreateKey',
  'Decrypt',
  'DeleteAlias',
  'DescribeKey',
  'DisableKey',
  'EnableKey',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateMac',
  'GenerateRandom',
  'GetPublicKey',
  'ListAliases',
  'ListKeys',
  'ListResourceTags',
  'ReEncrypt',
  'ScheduleKeyDeletion',
  'Sign',
  'TagResource',
  'UntagResource',
  'UpdateAlias',
  'Verify',
  'VerifyMac',
] as const;
export type OperationName = (typeof operationNames)[number];

export const isOperationName = (text: string): text is OperationName =>
  (operationNames as readonly string[]).includes(text);
