import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { CellId, SubjectId } from '@entrepot/kernel';
import { statement } from '@entrepot/platform-database';
import { openKeyRotation, publishedKeysOf } from '@entrepot/privacy';
import type { KeyRotation, PublishedKey, RotationProgress } from '@entrepot/privacy';
import { runtimeOf, SecretStore, StackError, StackPaths } from '@entrepot/stack';
import { Command } from 'commander';
import { formerKeyLines } from '../former-key-lines.ts';
import { withCellDatabases } from '../shop-of-cell.ts';

const progressEveryMs = 1_000;
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const subjectOfAccount = statement(
  'cli.subject_of_account',
  'SELECT subject_id AS "subject" FROM identity.account WHERE account_id = $1',
);

interface RotateOptions {
  readonly cell: string;
  readonly account?: string;
  readonly all: boolean;
  readonly after?: string;
}

interface Opened {
  readonly rotation: KeyRotation;
  readonly subjectOf: (account: string) => Promise<SubjectId | undefined>;
}

/** Under the worker's logins, of databases and of KMS: they may make keys and can end none. */
const withRotation = <T>(id: string, work: (of: Opened) => Promise<T>): Promise<T> =>
  withCellDatabases(id, async ({ cell, shop, vault }) => {
    const secrets = new SecretStore(cell.secrets);
    const rotation = await openKeyRotation({
      ...{ cell: cell.id as CellId, shop, vault },
      kms: {
        endpoint: cell.kmsEndpoint,
        awsRegion: runtimeOf(cell.region).awsRegion,
        accessKeyId: secrets.read('kms/worker.access-key-id'),
        secretAccessKey: secrets.read('kms/worker.secret-access-key'),
      },
    });
    const subjectOf = async (account: string) =>
      (await shop.query<{ subject: SubjectId }>(subjectOfAccount, [account]))[0]?.subject;
    try {
      return await work({ rotation, subjectOf });
    } finally {
      rotation.close();
    }
  });

/** One line a second at most, with from where a run that is broken off goes on. */
function progressLines(): (progress: RotationProgress) => void {
  let toldAt = -Infinity;
  return ({ rotated, passedOver, of, last }) => {
    if (performance.now() - toldAt < progressEveryMs) return;
    toldAt = performance.now();
    print(`${rotated + passedOver} of ${of}; goes on with --after ${last}`);
  };
}

async function tellWhatIsLeft(rotation: KeyRotation): Promise<void> {
  for (const line of formerKeyLines(await rotation.report.execute())) print(line);
}

async function rotate({ cell, account, all, after }: RotateOptions): Promise<void> {
  if (all === (account !== undefined)) throw new StackError('Name one account, or say --all.');
  await withRotation(cell, async ({ rotation, subjectOf }) => {
    if (account === undefined) {
      const end = await rotation.rotateAll.execute(after as SubjectId | undefined, progressLines());
      print(`${end?.rotated ?? 0} keys rotated, ${end?.passedOver ?? 0} were gone by then.`);
      await tellWhatIsLeft(rotation);
      return;
    }
    const subject = await subjectOf(account);
    if (subject === undefined) throw new StackError(`There is no account ${account} in ${cell}.`);
    print(`Version ${await rotation.rotate.execute(subject)} seals from now on.`);
  });
}

async function drop({ cell }: { readonly cell: string }): Promise<void> {
  await withRotation(cell, async ({ rotation }) => {
    const dropped = await rotation.dropFormer.execute();
    print(`${dropped} former keys dropped, which no stored value had named for a day.`);
    await tellWhatIsLeft(rotation);
  });
}

async function publish({
  cell: id,
  to,
}: {
  readonly cell: string;
  readonly to: string;
}): Promise<void> {
  const { witness } = new StackPaths().journalOf(id);
  const keys = await withCellDatabases(id, ({ vault }) => publishedKeysOf(vault, witness));
  mkdirSync(to, { recursive: true });
  for (const { signs, keyArn, publicKey } of keys) {
    const file = join(to, `${id}-${signs}-${keyArn.split('/').at(-1) ?? ''}.pem`);
    writeFileSync(file, publicKey);
    print(`${file}: ${whatIsChecked[signs]}, signed with ${keyArn}`);
  }
}

const whatIsChecked: Readonly<Record<PublishedKey['signs'], string>> = {
  certificates: 'for certificates of erasures',
  records: 'for the journal of erasures, backups and reports of residency',
};

export default new Command('keys')
  .description('the data keys of people, and what others check signatures with')
  .addCommand(
    new Command('rotate')
      .description(
        'give a person a new data key, or everybody; what was sealed before stays readable',
      )
      .requiredOption('--cell <id>', 'the cell')
      .option('--account <account>', 'whose key')
      .option('--all', 'everybody’s', false)
      .option('--after <subject>', 'where a run that was broken off goes on')
      .action(rotate),
  )
  .addCommand(
    new Command('drop')
      .description(
        'drop rotated keys that no stored value has named for a day, and say what keeps the others',
      )
      .requiredOption('--cell <id>', 'the cell')
      .action(drop),
  )
  .addCommand(
    new Command('publish')
      .description('write the public keys of a cell: for verify-certificate and verify-report')
      .requiredOption('--cell <id>', 'the cell')
      .requiredOption('--to <folder>', 'where they go, one file for each')
      .action(publish),
  );
