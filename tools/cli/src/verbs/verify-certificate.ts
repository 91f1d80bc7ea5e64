import { writeFileSync } from 'node:fs';

import { StackError } from '@entrepot/stack';
import { Command } from 'commander';

import { checkCertificate } from '../certificate/check-certificate.ts';
import { BadCertificateError } from '../certificate/check-evidence.ts';
import { describeCertificate, pageOf, textOf } from '../certificate/describe-certificate.ts';
import { readGivenFile, requireFolderOf } from '../given-file.ts';

interface Options {
  readonly key?: string;
  readonly html?: string;
}

function verifyCertificate(file: string, { key, html }: Options): void {
  if (html !== undefined) requireFolderOf(html);
  try {
    const pinned = key === undefined ? undefined : readGivenFile(key);
    const checked = checkCertificate(readGivenFile(file), pinned);
    const text = describeCertificate(checked);
    if (html !== undefined) writeFileSync(html, pageOf(text));
    process.stdout.write(`${textOf(text)}\nThe signature holds.\n`);
    if (checked.isKeyPinned) return;
    process.stdout.write('Whose key it is shows --key with the one that the cell has published.\n');
  } catch (error) {
    if (error instanceof BadCertificateError) throw new StackError(error.message, { cause: error });
    throw error;
  }
}

export default new Command('verify-certificate')
  .description('check the certificate of an erasure, offline')
  .argument('<file>', 'the certificate, JSON as the API gives it')
  .option('--key <pem>', 'file with the public key that the cell has published')
  .option('--html <file>', 'writes the certificate as a page for people')
  .action(verifyCertificate);
