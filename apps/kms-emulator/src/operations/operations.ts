import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { createAlias, deleteAlias, listAliases, updateAlias } from './aliases.ts';
import {
  createGrant,
  listGrants,
  listRetirableGrants,
  retireGrant,
  revokeGrant,
} from './grants.ts';
import {
  deleteImportedKeyMaterial,
  getParametersForImport,
  importKeyMaterial,
} from './imported-material.ts';
import {
  cancelKeyDeletion,
  createKey,
  describeKey,
  disableKey,
  enableKey,
  listKeys,
  scheduleKeyDeletion,
} from './life-cycle.ts';
import { generateMac, getPublicKey, sign, verify, verifyMac } from './mac-and-signature.ts';
import { withoutKey } from './operation.ts';
import type { Operation } from './operation.ts';
import type { OperationName } from './operation-names.ts';
import {
  decrypt,
  encrypt,
  generateDataKey,
  generateDataKeyWithoutPlaintext,
  reEncrypt,
} from './symmetric.ts';
import { listResourceTags, tagResource, untagResource } from './tags.ts';

const generateRandom = withoutKey({
  name: 'GenerateRandom',
  input: z.object({ NumberOfBytes: z.int().min(1).max(1024) }),
  act: ({ input }) => ({ Plaintext: randomBytes(input.NumberOfBytes).toString('base64') }),
});

/** The whole service: operation name → what answers it. */
export const operations: Readonly<Record<OperationName, Operation>> = {
  CancelKeyDeletion: cancelKeyDeletion,
  CreateAlias: createAlias,
  CreateGrant: createGrant,
  CreateKey: createKey,
  Decrypt: decrypt,
  DeleteAlias: deleteAlias,
  DeleteImportedKeyMaterial: deleteImportedKeyMaterial,
  DescribeKey: describeKey,
  DisableKey: disableKey,
  EnableKey: enableKey,
  Encrypt: encrypt,
  GenerateDataKey: generateDataKey,
  GenerateDataKeyWithoutPlaintext: generateDataKeyWithoutPlaintext,
  GenerateMac: generateMac,
  GenerateRandom: generateRandom,
  GetParametersForImport: getParametersForImport,
  GetPublicKey: getPublicKey,
  ImportKeyMaterial: importKeyMaterial,
  ListAliases: listAliases,
  ListGrants: listGrants,
  ListKeys: listKeys,
  ListResourceTags: listResourceTags,
  ListRetirableGrants: listRetirableGrants,
  ReEncrypt: reEncrypt,
  RetireGrant: retireGrant,
  RevokeGrant: revokeGrant,
  ScheduleKeyDeletion: scheduleKeyDeletion,
  Sign: sign,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateAlias: updateAlias,
  Verify: verify,
  VerifyMac: verifyMac,
};
