/** The names `@aws-sdk/client-kms` maps to typed exceptions, and those of AWS's request authentication. */
export type KmsErrorName =
  | 'AccessDeniedException'
  | 'AlreadyExistsException'
  | 'DisabledException'
  | 'IncompleteSignature'
  | 'IncorrectKeyException'
  | 'InvalidAliasNameException'
  | 'InvalidArnException'
  | 'InvalidCiphertextException'
  | 'InvalidKeyUsageException'
  | 'InvalidMarkerException'
  | 'InvalidSignatureException'
  | 'KMSInternalException'
  | 'KMSInvalidMacException'
  | 'KMSInvalidSignatureException'
  | 'KMSInvalidStateException'
  | 'LimitExceededException'
  | 'MissingAuthenticationTokenException'
  | 'NotFoundException'
  | 'SerializationException'
  | 'TagException'
  | 'UnknownOperationException'
  | 'UnrecognizedClientException'
  | 'UnsupportedOperationException'
  | 'ValidationException';

/** A refusal in AWS's shape: answered as `{"__type": name, "message": message}` with status 400. */
export class KmsError extends Error {
  override readonly name = 'KmsError';
  readonly type: KmsErrorName;

  constructor(type: KmsErrorName, message: string) {
    super(message);
    this.type = type;
  }
}
