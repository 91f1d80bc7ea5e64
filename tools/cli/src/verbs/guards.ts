import {
  findBoundaryViolations,
  findCycles,
  findLayerViolations,
  findUntidiness,
  readImports,
  readSourceFiles,
  readWorkspace,
} from '@entrepot/guards';
import { StackError } from '@entrepot/stack';
import { Command } from 'commander';

interface Check {
  readonly name: string;
  readonly find: () => Promise<string[]> | string[];
}

function checksOf(repository: string): readonly Check[] {
  const files = readSourceFiles(repository);
  const typescript = files.filter(({ path }) => path.endsWith('.ts'));
  return [
    {
      name: 'boundaries',
      find: async () => {
        const { projects, dependencies, runtimeDependencies } = await readWorkspace();
        const cycles = findCycles(runtimeDependencies).map(
          (names) => `cycle: ${names.join(' → ')}`,
        );
        return [...findBoundaryViolations(projects, dependencies), ...cycles];
      },
    },
    {
      name: 'layers',
      find: () =>
        findLayerViolations(typescript.flatMap(({ path, text }) => readImports(path, text))),
    },
    { name: 'tidy', find: () => files.flatMap(({ path, text }) => findUntidiness(path, text)) },
  ];
}

export default new Command('guards')
  .description('check the house rules: project boundaries, layers, tidiness')
  .option('--only <check>', 'run one check: boundaries, layers or tidy')
  .action(async ({ only }: { only?: string }) => {
    const checks = checksOf(process.cwd()).filter(
      ({ name }) => only === undefined || name === only,
    );
    if (checks.length === 0) {
      throw new StackError(`There is no check named "${only}"; guards --help names them.`);
    }
    for (const { name, find } of checks) {
      const violations = await find();
      console.log(`${name}: ${violations.length === 0 ? 'clean' : `${violations.length} found`}`);
      for (const violation of violations) console.log(`  ${violation}`);
      if (violations.length > 0) process.exitCode = 1;
    }
  });
