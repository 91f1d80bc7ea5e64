import { join } from 'node:path';

import { SecretStore } from '@entrepot/stack';
import type { DescribedCell } from '@entrepot/stack';

/** The auditor's own login to the shop of a cell: no personal column, no other cell. */
export function auditorUrl({ secrets, databasePorts }: DescribedCell): string {
  const password = new SecretStore(secrets).read(join('postgres', 'shop_audit'));
  return `postgresql://shop_audit:${password}@127.0.0.1:${databasePorts['shop'] ?? 0}/shop`;
}
