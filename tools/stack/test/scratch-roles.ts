import { newPasswords, prepareDatabase } from '../src/index.ts';
import type { ClusterName, RunningPostgres } from '../src/index.ts';

/** The roles that a cluster's migrations name, on a scratch server. */
export async function ensureScratchRoles(
  server: RunningPostgres,
  cluster: ClusterName,
): Promise<void> {
  const everything = { isLeader: true } as const;
  await prepareDatabase({
    cluster,
    superuserUrl: server.urlFor('postgres'),
    passwords: newPasswords(cluster, everything),
    ...everything,
  });
}
