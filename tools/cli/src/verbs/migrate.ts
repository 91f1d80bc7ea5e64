import { clusterNames, composeAll } from '@entrepot/stack';
import type { ClusterName } from '@entrepot/stack';
import { Argument, Command } from 'commander';

const clusterArgument = (): Argument =>
  new Argument('[cluster]', 'one cluster; all of them when left out').choices(clusterNames);

const chosen = (cluster: ClusterName | undefined): readonly ClusterName[] =>
  cluster === undefined ? clusterNames : [cluster];

export default new Command('migrate')
  .description('compose, deploy and check the database migrations')
  .addCommand(
    new Command('compose')
      .description("rewrite the initial migrations from the Prisma schemas and the owners' SQL")
      .addArgument(clusterArgument())
      .action(async (cluster?: ClusterName) => {
        await composeAll(chosen(cluster), (line) => console.log(line));
      }),
  );
