import { makeCertificate } from '../cell-certificate.ts';
import type { StackContext } from './stack-context.ts';

/** With what a sandbox signs its answers to erasure requests; the cells pin the certificate. */
export interface AnswerIdentity {
  readonly keyFile: string;
  readonly certificateFile: string;
}

const namesOf = (owner: string) => ({
  key: `${owner}/answer-key.pem`,
  certificate: `${owner}/answer-certificate.pem`,
});

export function answerIdentityOf({ secrets }: StackContext, owner: string): AnswerIdentity {
  const { key, certificate } = namesOf(owner);
  return { keyFile: secrets.pathOf(key), certificateFile: secrets.pathOf(certificate) };
}

/** Made once: who pinned the certificate goes on believing it. */
export async function makeAnswerIdentity(
  context: StackContext,
  owner: string,
): Promise<AnswerIdentity> {
  const { key, certificate } = namesOf(owner);
  if (!context.secrets.has(certificate)) {
    const made = await makeCertificate(owner.replaceAll('/', '-'));
    context.secrets.write(key, made.privateKeyPem);
    context.secrets.write(certificate, made.certificatePem);
  }
  return answerIdentityOf(context, owner);
}
