import { KMSClient } from '@aws-sdk/client-kms';
import type { AwsKeyServiceOptions } from './aws-key-service.ts';

const answerTimeoutMs = 2_000;

/** A client of KMS for whoever signs evidence or looks for the keys that it names. */
export function evidenceClient(options: AwsKeyServiceOptions): KMSClient {
  const { endpoint, awsRegion, accessKeyId, secretAccessKey, agents } = options;
  return new KMSClient({
    endpoint,
    region: awsRegion,
    credentials: { accessKeyId, secretAccessKey },
    requestHandler: { requestTimeout: answerTimeoutMs, throwOnRequestTimeout: true, ...agents },
  });
}
