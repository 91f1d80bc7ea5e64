import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { nodeFetch } from '@entrepot/client/node';
import { ErasureDemonstration } from '@entrepot/drills';
import { keyDrivers, requireRunning, StackPaths } from '@entrepot/stack';
import type { KeyDriver } from '@entrepot/stack';
import { Command, Option } from 'commander';

import { checkCertificate } from '../certificate/check-certificate.ts';
import { describeCertificate, textOf } from '../certificate/describe-certificate.ts';
import { backUpCell } from '../back-up-cell.ts';
import { assertKeyDriver, runningCell } from '../running-cell.ts';
import { verifyErasures } from '../verification/verify-erasures.ts';

interface Options {
  readonly cell: string;
  readonly driver?: KeyDriver;
  readonly json: boolean;
}

const paths = new StackPaths();
const print = (line: string): void => void process.stdout.write(`${line}\n`);

function newFolder(): string {
  const folder = join(paths.demo, new Date().toISOString().replaceAll(':', '-'));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

async function demoErasure({ cell: id, driver, json }: Options): Promise<void> {
  const description = requireRunning(paths);
  assertKeyDriver(description, driver);
  const node = nodeFetch();
  const cell = runningCell(paths, id);
  const folder = newFolder();
  const tell = json ? () => undefined : print;
  try {
    const demo = await new ErasureDemonstration({
      ...{ description, cell, node, folder, tell },
      backUp: (to) => backUpCell(paths, cell, { to, tell }),
      giveEvidence: async (backup) => {
        await verifyErasures({ paths, cell, backup, tell });
      },
      verify: (text) =>
        `${textOf(describeCertificate(checkCertificate(text)))}\nThe signature holds.`,
    }).run();
    if (json) print(JSON.stringify(demo, undefined, 2));
    else print(`\n${demo.holds ? 'This is what was promised.' : 'THIS IS NOT WHAT WAS PROMISED.'}`);
    if (!json) print(`Bundle, reports and certificate: ${folder}`);
    if (!demo.holds) process.exitCode = 1;
  } finally {
    await node.close();
  }
}

export default new Command('demo')
  .description('show on the running stack what the product promises')
  .addCommand(
    new Command('erasure')
      .description('a shopper lives, is attacked, is erased by two officers, and is attacked again')
      .option('--cell <id>', 'the cell in which this happens', 'eu-1')
      .addOption(
        new Option(
          '--driver <driver>',
          'refuse a stack that keeps people’s keys by another driver',
        ).choices(keyDrivers),
      )
      .option('--json', 'one JSON document at the end in place of a story', false)
      .action(demoErasure),
  );
