import { readFileSync } from 'node:fs';

import {
  classifyClusters,
  generatedFiles,
  staleGeneratedFiles,
  writeGeneratedFiles,
} from '@entrepot/guards';
import {
  clusterNames,
  clustersOfStack,
  composeAll,
  deployCluster,
  findDrift,
  findLiveDrift,
  migrationState,
  readStoredCatalogue,
  requireRunning,
  StackError,
  StackPaths,
  withClient,
} from '@entrepot/stack';
import type { ClusterName, RolePasswords } from '@entrepot/stack';
import { Argument, Command } from 'commander';

const clusterArgument = (form: '[cluster]' | '<cluster>'): Argument =>
  new Argument(form, 'catalog, shop or vault').choices(clusterNames);

const chosen = (cluster: ClusterName | undefined): readonly ClusterName[] =>
  cluster === undefined ? clusterNames : [cluster];

function report(title: string, problems: readonly string[]): void {
  console.log(`${title}: ${problems.length === 0 ? 'clean' : `${problems.length} found`}`);
  for (const problem of problems) console.log(`  ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
}

/** All clusters' committed catalogues: row types and data map are made of all of them together. */
function storedCatalogues() {
  return clusterNames.flatMap((cluster) => {
    const catalogue = readStoredCatalogue(cluster);
    return catalogue === undefined ? [] : [{ cluster, catalogue }];
  });
}

async function compose(cluster?: ClusterName): Promise<void> {
  for (const composed of await composeAll(chosen(cluster))) {
    console.log(`${composed.cluster}: ${composed.isChanged ? 'composed' : 'unchanged'}`);
  }
  const { tables, problems } = classifyClusters(storedCatalogues());
  writeGeneratedFiles(generatedFiles(tables));
  report('classification', problems);
}

async function drift(cluster: ClusterName | undefined, options: { stack?: true }): Promise<void> {
  if (options.stack === true) {
    requireRunning(new StackPaths());
    for (const running of clustersOfStack()) {
      if (cluster !== undefined && running.cluster !== cluster) continue;
      const differences = await findLiveDrift(running.cluster, running.superuserUrl);
      report(`${running.cell} ${running.cluster}`, differences);
    }
    return;
  }
  for (const { cluster: name, differences } of await findDrift(chosen(cluster))) {
    report(name, differences);
  }
  const { tables, problems } = classifyClusters(storedCatalogues());
  report('classification', problems);
  report('generated files', staleGeneratedFiles(generatedFiles(tables)));
}

async function status(): Promise<void> {
  requireRunning(new StackPaths());
  for (const { cell, cluster, superuserUrl } of clustersOfStack()) {
    const state = await withClient(superuserUrl, (client) => migrationState(cluster, client));
    console.log(`${cell} ${cluster}: ${state}`);
  }
}

interface DeployArguments {
  readonly cell: string;
  readonly region: string;
  readonly passwords: string;
  readonly leader?: true;
}

/** The superuser's URL comes by environment: arguments can be read by everybody on the machine. */
async function deploy(cluster: ClusterName, options: DeployArguments): Promise<void> {
  const superuserUrl = process.env['ENTREPOT_MIGRATION_SUPERUSER_URL'];
  if (superuserUrl === undefined) {
    throw new StackError('Set ENTREPOT_MIGRATION_SUPERUSER_URL to the cluster to deploy to.');
  }
  await deployCluster({
    cluster,
    superuserUrl,
    passwords: JSON.parse(readFileSync(options.passwords, 'utf8')) as RolePasswords,
    isLeader: options.leader === true,
    identity: { cell: options.cell, region: options.region },
  });
  console.log(`${options.cell} ${cluster}: deployed`);
}

export default new Command('migrate')
  .description('compose, deploy and check the database migrations')
  .addCommand(
    new Command('compose')
      .description("rewrite the initial migrations from the Prisma schemas and the owners' SQL")
      .addArgument(clusterArgument('[cluster]'))
      .action(compose),
  )
  .addCommand(
    new Command('deploy')
      .description('bring one cluster to the committed state: roles, migrations, marker row')
      .addArgument(clusterArgument('<cluster>'))
      .requiredOption('--cell <id>', 'the cell the cluster belongs to')
      .requiredOption('--region <code>', 'the region of that cell')
      .requiredOption('--passwords <file>', 'JSON file {role: password}, mode 0600')
      .option('--leader', 'the cell leads the catalog')
      .action(deploy),
  )
  .addCommand(
    new Command('status')
      .description('say for each database of the local stack whether its migrations are current')
      .action(status),
  )
  .addCommand(
    new Command('drift')
      .description('compare schema, SQL files, migrations and catalogue with one another')
      .addArgument(clusterArgument('[cluster]'))
      .option('--stack', 'compare the running databases of the local stack instead')
      .action(drift),
  );
