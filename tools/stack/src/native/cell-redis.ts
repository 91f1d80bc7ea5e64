import { findRedis } from '../services/redis-program.ts';
import { startRedis } from '../services/redis.ts';
import type { Step } from '../stage.ts';
import { ranks } from './stack-context.ts';
import type { StackContext } from './stack-context.ts';

/** The processes that hold a login of their own in every store of the cell. */
export const processKinds = ['api', 'worker', 'border'] as const;
export type ProcessKind = (typeof processKinds)[number];

const redisPassword = (context: StackContext, cell: string, user: string): string =>
  context.secrets.password(`${cell}/redis/${user}`);

export function redisUrlOf(context: StackContext, cell: string, user: ProcessKind): string {
  const port = context.ports.of(cell, 'redis');
  return `redis://${user}:${redisPassword(context, cell, user)}@127.0.0.1:${port}`;
}

export function redisStep(context: StackContext, cell: string): Step {
  const user = (name: string) => ({ name, password: redisPassword(context, cell, name) });
  return {
    title: `${cell} Redis`,
    run: async (say) => {
      say('looking for Redis');
      const program = await findRedis(context.paths.redisPrograms);
      await context.supervisor.start({
        name: `${cell} redis`,
        rank: ranks.store,
        start: () =>
          startRedis({
            name: `${cell} redis`,
            program,
            port: context.ports.of(cell, 'redis'),
            dataFolder: context.paths.dataOf(cell, 'redis'),
            logFile: context.paths.logOf(cell, 'redis'),
            operator: user('operator'),
            users: processKinds.map(user),
          }),
      });
    },
  };
}
