import { allSlices } from '@entrepot/platform-config';
import type { DataProcessor } from '@entrepot/privacy';

/** Settings that name hosts of the cell itself, and addresses that it listens on. */
const ownHosts: ReadonlySet<string> = new Set([
  'ENTREPOT_CATALOG_DATABASE_URL',
  'ENTREPOT_SHOP_DATABASE_URL',
  'ENTREPOT_VAULT_DATABASE_URL',
  'ENTREPOT_REDIS_URL',
  'ENTREPOT_KAFKA_BROKERS',
  'ENTREPOT_KMS_ENDPOINT',
  'ENTREPOT_BORDER_INTERNAL_URL',
  'ENTREPOT_HTTP_HOST',
  'ENTREPOT_BORDER_HTTP_HOST',
]);
const namesHost = /_(URL|ENDPOINT|HOST|BROKERS)$/;

/** One sentence for every host that a process can be told of and the region's list does not account for. */
export function processorProblems(
  processors: readonly DataProcessor[],
  settings = allSlices.flatMap(({ variables }) => Object.keys(variables)),
): readonly string[] {
  const listed = new Map(
    processors.flatMap(({ name, hostSettings }) =>
      hostSettings.map((setting) => [setting, name] as const),
    ),
  );
  const outside = settings.filter((setting) => namesHost.test(setting) && !ownHosts.has(setting));
  const known = new Set(outside);
  return [
    ...outside
      .filter((setting) => !listed.has(setting))
      .map((setting) => `${setting} names a host that no processor of the list has.`),
    ...[...listed]
      .filter(([setting]) => !known.has(setting))
      .map(([setting, name]) => `${name} is reached through ${setting}, which no process reads.`),
    ...processors
      .filter((processor) => processors.some((other) => isTwin(processor, other)))
      .map(({ name }) => `${name} stands on the list twice.`),
  ];
}

const isTwin = (one: DataProcessor, other: DataProcessor): boolean =>
  one !== other && one.name === other.name;
