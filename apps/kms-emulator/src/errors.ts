/** The names `@aws-sdk/client-kms` maps to typed exceptions, and those of AWS's request authentication. */
export type KmsErrorName =
  | 'AccessDeniedException'
  | 'AlreadyExistsException'
  | 'DependencyTimeoutException'
  | 'DisabledException'
  | 'ExpiredImportTokenException'
  | 'IncompleteSignature'
  | 'IncorrectKeyException'
  | 'IncorrectKeyMaterialException'
  | 'InvalidAliasNameException'
  | 'InvalidArnException'
  | 'InvalidCiphertextException'
  | 'InvalidGrantTokenException'
  | 'InvalidImportTokenException'
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
  | 'ThrottlingException'
  | 'UnknownOperationException'
  | 'UnrecognizedClientException'
  | 'UnsupportedOperationException'
  | 'ValidationException';

/** The faults of the service itself, with the status in AWS's service model: a caller may ask again. */
const serverFaults: Readonly<Partial<Record<KmsErrorName, 500 | 503>>> = {
  DependencyTimeoutException: 503,
  KMSInternalException: 500,
};

/** A refusal in AWS's shape: answered as `{"__type": name, "message": message}`. */
export class KmsError extends Error {
  override readonly name = 'KmsError';
  readonly type: KmsErrorName;

  constructor(type: KmsErrorName, message: string) {
    super(message);
    this.type = type;
  }

  /** The HTTP status. */
  get status(): 400 | 500 | 503 {
    return serverFaults[this.type] ?? 400;
  }
}
