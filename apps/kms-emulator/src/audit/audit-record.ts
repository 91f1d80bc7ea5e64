import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { KeyEvent } from '../keys/key-event.ts';
import { emulatorAccountId } from '../keys/key-record.ts';
import { keyReference } from '../operations/operation.ts';
import type { OperationName } from '../operations/operation-names.ts';
import { arnOf } from '../principals.ts';
import type { Principal } from '../principals.ts';

interface AuditedResource {
  readonly accountId: string;
  readonly type: 'AWS::KMS::Key';
  readonly ARN: string;
}

/** One line of the audit, in the shape of CloudTrail's records. */
export interface AuditRecord {
  readonly eventTime: string;
  readonly eventSource: 'kms.amazonaws.com';
  readonly eventName: string;
  readonly eventType: 'AwsApiCall' | 'AwsServiceEvent';
  readonly awsRegion: string;
  readonly userIdentity: Readonly<Record<string, string>>;
  readonly requestParameters: {
    readonly keyId?: string | undefined;
    readonly encryptionContext?: Readonly<Record<string, string>> | undefined;
  } | null;
  readonly errorCode?: string | undefined;
  readonly requestID?: string | undefined;
  readonly eventID: string;
  readonly resources: readonly AuditedResource[];
}

/** What is known of a call once it is answered. */
export interface AnsweredCall {
  readonly at: number;
  readonly awsRegion: string;
  readonly principal: Principal;
  readonly operation: OperationName;
  readonly input: unknown;
  readonly requestId: string;
  readonly resources: ReadonlySet<string>;
  readonly errorCode: string | undefined;
}

/** The only members of an input that are written down: all others may hold a secret. */
const writtenInput = z.object({
  KeyId: keyReference.optional().catch(undefined),
  EncryptionContext: z.record(z.string(), z.string()).optional().catch(undefined),
});

/** https://docs.aws.amazon.com/kms/latest/developerguide/understanding-kms-entries.html */
export function recordOfCall(call: AnsweredCall): AuditRecord {
  const { KeyId, EncryptionContext } = writtenInput.catch({}).parse(call.input);
  return {
    eventTime: timeOf(call.at),
    eventSource: 'kms.amazonaws.com',
    eventName: call.operation,
    eventType: 'AwsApiCall',
    awsRegion: call.awsRegion,
    userIdentity: {
      type: 'IAMUser',
      arn: arnOf(call.principal),
      userName: call.principal.name,
    },
    requestParameters: { keyId: KeyId, encryptionContext: EncryptionContext },
    errorCode: call.errorCode,
    requestID: call.requestId,
    eventID: randomUUID(),
    resources: [...call.resources].map(resourceOf),
  };
}

/** https://docs.aws.amazon.com/kms/latest/developerguide/ct-delete-key.html */
export function recordOfEvent(event: KeyEvent, awsRegion: string): AuditRecord {
  return {
    eventTime: timeOf(event.at),
    eventSource: 'kms.amazonaws.com',
    eventName: event.name,
    eventType: 'AwsServiceEvent',
    awsRegion,
    userIdentity: { accountId: emulatorAccountId, invokedBy: 'AWS Internal' },
    requestParameters: null,
    eventID: event.id,
    resources: [resourceOf(event.keyArn)],
  };
}

/** Whether a record is about the key, named by its id or ARN. */
export function isAbout(record: AuditRecord, reference: string): boolean {
  const id = keyIdIn(reference);
  const named = record.requestParameters?.keyId;
  return (
    record.resources.some(({ ARN }) => keyIdIn(ARN) === id) ||
    (named !== undefined && keyIdIn(named) === id)
  );
}

const keyIdIn = (reference: string): string => reference.replace(/^arn:.*:key\//, '');

/** Whole seconds, as CloudTrail writes them. */
const timeOf = (ms: number): string => new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');

const resourceOf = (arn: string): AuditedResource => ({
  accountId: emulatorAccountId,
  type: 'AWS::KMS::Key',
  ARN: arn,
});
