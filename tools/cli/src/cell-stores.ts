import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { KafkaStore, PostgresStore } from '@entrepot/border-scan';
import { readClusterRoles, SecretStore } from '@entrepot/stack';
import type { ClusterName, DescribedCell } from '@entrepot/stack';

/** A cluster of a running cell, and its standby, as the scan of its files needs it. */
export function postgresStoreOf(cell: DescribedCell, cluster: ClusterName): PostgresStore {
  const { superuser, standby } = readClusterRoles(cluster);
  const password = readFileSync(join(cell.data, cluster, 'superuser.password'), 'utf8');
  const login = `${superuser}:${encodeURIComponent(password)}`;
  const placeOf = (name: string) => ({
    name: `${cell.id} ${cluster}`,
    url: `postgresql://${login}@127.0.0.1:${cell.databasePorts[name] ?? 0}`,
    folder: join(cell.data, name),
  });
  return new PostgresStore({
    ...placeOf(cluster),
    ...(standby !== undefined && { standby: placeOf(`${cluster}-standby`) }),
  });
}

export const kafkaStoreOf = (cell: DescribedCell): KafkaStore =>
  new KafkaStore({
    name: `${cell.id} kafka`,
    brokers: cell.kafkaBrokers,
    password: new SecretStore(cell.secrets).read(join('kafka', 'admin')),
    folder: join(cell.data, 'kafka'),
  });
