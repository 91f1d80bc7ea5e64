import { readFileSync } from 'node:fs';
import { OpenDsrRecipient } from '@entrepot/flow-erasure';
import type { ConnectedRecipient } from '@entrepot/flow-erasure';
import type { WorkerConfig } from '@entrepot/platform-config';
import type { ProcessorIdentity } from '@entrepot/privacy';
import type { ProcessContext } from './process-context.ts';

interface Line {
  readonly url: string;
  readonly certificateFile: string;
  readonly secret: string;
}

/** A line to every processor of the region's list, through the one way out of the process. */
export function recipientsOf(
  { region, egress }: ProcessContext,
  worker: WorkerConfig,
): readonly ConnectedRecipient[] {
  const lines: Readonly<Record<ProcessorIdentity, Line>> = {
    email: { ...worker.recipients.mail, secret: worker.mail.password },
    'payment-reference': { ...worker.recipients.payments, secret: worker.payments.secretKey },
  };
  return region.processors.map((processor) => {
    const { url, certificateFile, secret } = lines[processor.knowsBy];
    const recipient = new OpenDsrRecipient({
      ...{ processor: processor.name, baseUrl: url, secret, egress },
      certificatePem: readFileSync(certificateFile, 'utf8'),
      ...{ knowsBy: processor.knowsBy, regulation: region.privacyLaw },
    });
    return { processor, recipient };
  });
}
