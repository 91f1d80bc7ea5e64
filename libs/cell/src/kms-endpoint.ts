import { GenerateRandomCommand, KMSClient } from '@aws-sdk/client-kms';
import type { KmsConfig } from '@entrepot/platform-config';
import type { ProcessContext } from './process-context.ts';
import type { ReadinessProbe } from './readiness.ts';

const timeoutMs = 1_200;

/** Whether the KMS endpoint is the one of a region; `unknown` where nobody answers. */
export type KmsVerdict = 'right' | 'wrong' | 'unknown';

/** The KMS endpoint as the cell sees it: is it ours, and does it answer. */
export class KmsEndpoint {
  readonly url: string;
  private readonly client: KMSClient;

  constructor(config: KmsConfig, { region, egress }: Pick<ProcessContext, 'region' | 'egress'>) {
    this.url = config.endpoint;
    this.client = new KMSClient({
      endpoint: config.endpoint,
      region: region.awsRegion,
      credentials: { accessKeyId: config.accessKeyId, secretAccessKey: config.secretAccessKey },
      maxAttempts: 1,
      requestHandler: {
        connectionTimeout: timeoutMs,
        requestTimeout: timeoutMs,
        throwOnRequestTimeout: true,
        ...egress.agents,
      },
    });
  }

  /**
   * Asks for one random byte. The request is signed for the region, so an endpoint of another one
   * refuses the signature; that this principal may not ask is an answer of the right one. So is a refusal
   * because this machine's clock is off: the client learns the time from it, and is heard when it asks again.
   */
  async judge(): Promise<KmsVerdict> {
    const first = await this.ask();
    return first === 'wrong' ? this.ask() : first;
  }

  probe(): ReadinessProbe {
    return {
      name: 'kms',
      required: true,
      measure: async () => {
        if ((await this.judge()) !== 'right') throw new Error('KMS does not answer');
        return undefined;
      },
    };
  }

  close(): void {
    this.client.destroy();
  }

  private async ask(): Promise<KmsVerdict> {
    try {
      await this.client.send(new GenerateRandomCommand({ NumberOfBytes: 1 }));
      return 'right';
    } catch (error) {
      return verdictOn(error);
    }
  }
}

const refusedSignature = new Set(['InvalidSignatureException', 'SignatureDoesNotMatch']);

function verdictOn(error: unknown): KmsVerdict {
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'AccessDeniedException') return 'right';
  return refusedSignature.has(error.name) ? 'wrong' : 'unknown';
}
