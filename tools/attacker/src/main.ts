// node tools/attacker/src/main.ts FOLDER [--json]
// Node alone runs it: its types can be stripped, and it imports nothing of this project.
import { attack } from './attack.ts';
import { BadBundleError } from './bundle.ts';
import { describeAttack } from './describe.ts';

const [folder, ...flags] = process.argv.slice(2);

async function main(): Promise<number> {
  if (folder === undefined) {
    process.stderr.write('Usage: node tools/attacker/src/main.ts FOLDER [--json]\n');
    return 2;
  }
  try {
    const report = await attack(folder);
    const text = flags.includes('--json')
      ? JSON.stringify(report, undefined, 2)
      : describeAttack(report);
    process.stdout.write(`${text}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof BadBundleError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

process.exitCode = await main();
