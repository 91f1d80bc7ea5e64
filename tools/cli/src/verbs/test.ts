import { StackError } from '@entrepot/stack';
import { Command } from 'commander';

import { add, oneFailed, sentenceOf } from '../test/tally.ts';
import type { Tally } from '../test/tally.ts';
import { testSteps } from '../test/test-steps.ts';
import type { TestStep } from '../test/test-steps.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

function choose(only: readonly string[] | undefined): readonly TestStep[] {
  const names = testSteps.map(({ name }) => name);
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new StackError(`There is no step named ${unknown}; known: ${names.join(', ')}.`);
  }
  return testSteps.filter(({ name }) => only === undefined || only.includes(name));
}

async function runStep(step: TestStep, position: string): Promise<Tally> {
  print(`\n[${position}] ${step.name} …`);
  const start = performance.now();
  const { tally, output } = await step.run().catch((error: unknown) => ({
    tally: oneFailed,
    output: error instanceof Error ? (error.stack ?? error.message) : String(error),
  }));
  if (tally.failed > 0) print(output.trimEnd());
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  print(`[${position}] ${step.name}: ${sentenceOf(tally)} (${seconds} s)`);
  return tally;
}

async function test({ only }: { readonly only?: readonly string[] }): Promise<void> {
  const steps = choose(only);
  const tallies: Tally[] = [];
  for (const [index, step] of steps.entries()) {
    tallies.push(await runStep(step, `${index + 1}/${steps.length}`));
  }
  const total = add(tallies);
  print(`\n${sentenceOf(total)}`);
  if (total.failed > 0) process.exitCode = 1;
}

export default new Command('test')
  .description('run everything a change must pass; the last line counts every check')
  .option(
    '--only <steps>',
    `some of ${testSteps.map(({ name }) => name).join(', ')}; separated by commas`,
    (text: string) => text.split(','),
  )
  .action(test);
