import { existsSync } from 'node:fs';
import { join } from 'node:path';

import {
  BrokenJournalError,
  cellOfJournal,
  readErasureJournal,
  readPinnedKeys,
} from '@entrepot/privacy';
import type { CheckedJournal, TrustedKeys } from '@entrepot/privacy';
import { StackError } from '@entrepot/stack';
import { Command } from 'commander';

import { readGivenFile, requireFolder } from '../given-file.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const emulatedAccount = ':000000000000:';

interface VerifyOptions {
  readonly witness?: string;
  readonly key?: string;
}

async function verify(folder: string, options: VerifyOptions): Promise<void> {
  requireFolder(folder);
  if (options.witness !== undefined) requireFolder(options.witness);
  const beside = join(folder, '..', 'erasure-witness');
  const witness = options.witness ?? (existsSync(beside) ? beside : undefined);
  const keys = await trustedKeys(options.key, witness);
  try {
    const cell = await cellOfJournal(folder);
    if (cell === undefined) {
      throw new BrokenJournalError('missing', `There is no journal of erasures in ${folder}.`);
    }
    const found = await readErasureJournal({
      ...{ folder, cell, keys },
      ...(witness !== undefined && { witness }),
    });
    report(cell, found);
  } catch (error) {
    if (!(error instanceof BrokenJournalError)) throw error;
    throw new StackError(`${error.code}: ${error.message}`, { cause: error });
  }
}

async function trustedKeys(
  keyFile: string | undefined,
  witness: string | undefined,
): Promise<TrustedKeys> {
  if (keyFile !== undefined) {
    const pem = readGivenFile(keyFile);
    return { get: () => pem };
  }
  if (witness !== undefined) return readPinnedKeys(witness);
  throw new StackError('Name the witness by --witness, or the key that signed by --key.');
}

function report(cell: string, { entries, head, witnessed }: CheckedJournal): void {
  if (entries.some(({ keyArn }) => keyArn.includes(emulatedAccount))) {
    print('TEST: signed by an emulated KMS.');
  }
  print(`${cell}: ${head.seq} entries, each signed and each following the one before it.`);
  print(`Head ${head.digest}`);
  if (witnessed === undefined) print('No witness was named, so a missing end would not show.');
  else print(`Witnessed up to entry ${witnessed.seq}.`);
}

export default new Command('erasure-journal')
  .description('the ledger of erasures that is kept outside of every database')
  .addCommand(
    new Command('verify')
      .description(
        'follow the chain of a journal, check each signature and the witness; needs no stack',
      )
      .argument('<folder>', 'the journal')
      .option('--witness <folder>', 'its witness; `erasure-witness` beside it when left out')
      .option('--key <file>', 'PEM of the key that signs; the witness’s pinned keys when left out')
      .action(verify),
  );
