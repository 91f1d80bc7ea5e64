import { requestService } from './service-client.ts';

export interface KmsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export type KmsPrincipal = 'api' | 'worker' | 'border' | 'eraser' | 'auditor' | 'administrator';

interface KmsDescription {
  readonly endpoint: string;
  readonly awsRegion: string;
  readonly adminSecret: string;
  readonly storeFile: string;
  readonly credentials: Readonly<Record<KmsPrincipal, KmsCredentials>>;
}

export interface TestKms {
  readonly endpoint: string;
  readonly awsRegion: string;
  /** Bearer secret of `POST /emulator/clock`. */
  readonly adminSecret: string;
  /** Where the emulator keeps its keys, for tests that look for key bytes. */
  readonly storeFile: string;
  credentialsFor(principal: KmsPrincipal): KmsCredentials;
}

/** The KMS emulator of a cell; `in-1` when left out. Shared by the suites of a run. */
export async function testKms({ cell = 'in-1' }: { cell?: string } = {}): Promise<TestKms> {
  const { credentials, ...rest } = await requestService<KmsDescription>(`kms:${cell}`);
  return { ...rest, credentialsFor: (principal) => credentials[principal] };
}
