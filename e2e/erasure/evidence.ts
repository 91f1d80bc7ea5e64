import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { FileGroup, Needle, ScannedStore, StoreScan } from '@entrepot/border-scan';
import { filesBelow, scanStore } from '@entrepot/border-scan';
import { kafkaStoreOf, postgresStoreOf } from '@entrepot/cli';
import type { DescribedCell } from '@entrepot/stack';
import {
  clustersOfStack,
  readClusterRoles,
  startPostgres,
  takeBaseBackup,
  throwawaySettings,
  withClient,
} from '@entrepot/stack';

type PersonalCluster = 'shop' | 'vault';
type Client = Parameters<Parameters<typeof withClient>[1]>[0];

/** A store whose copy, made once it holds the control, is scanned in its place. */
class CopiedStore implements ScannedStore {
  readonly name: string;
  groupsOfCopy: readonly FileGroup[] = [];

  constructor(
    private readonly live: ScannedStore,
    private readonly copy: () => Promise<readonly FileGroup[]>,
  ) {
    this.name = live.name;
  }

  async plant(values: readonly Buffer[]): Promise<void> {
    // a page of the log may begin within a value and cut it: one of three copies is whole
    await this.live.plant([...values, ...values, ...values]);
    this.groupsOfCopy = await this.copy();
  }

  groups(): Promise<readonly FileGroup[]> {
    return Promise.resolve(this.groupsOfCopy);
  }

  problems(): Promise<readonly string[]> {
    return this.live.problems();
  }

  remove(): Promise<void> {
    return this.live.remove();
  }
}

/**
 * What a thief carries away of a running cell: a base backup of `shop` and of `vault`, their write-ahead
 * logs, and the segments of the broker. Each was made to hold a control first, and was scanned.
 */
export class Evidence {
  private constructor(
    private readonly folder: string,
    readonly scans: readonly StoreScan[],
  ) {}

  /** Looks for the needles in every byte that is taken. */
  static async take(
    cell: DescribedCell,
    folder: string,
    needles: readonly Needle[],
  ): Promise<Evidence> {
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    const stores = [
      new CopiedStore(postgresStoreOf(cell, 'shop'), () => backUp(cell, 'shop', folder)),
      new CopiedStore(postgresStoreOf(cell, 'vault'), () => backUp(cell, 'vault', folder)),
      new CopiedStore(kafkaStoreOf(cell), () => Promise.resolve(copySegments(cell, folder))),
    ];
    const scans: StoreScan[] = [];
    for (const store of stores) scans.push(...(await scanStore(store, needles)));
    return new Evidence(folder, scans);
  }

  /** Whether the broker's segments hold the text as it is. */
  segmentsMention(text: string): boolean {
    const files = filesBelow(join(this.folder, 'kafka'));
    return files.some((file) => readFileSync(file).includes(text));
  }

  /** Starts the backup as a server of its own and asks it, never the running one. */
  async restored<T>(cluster: PersonalCluster, work: (client: Client) => Promise<T>): Promise<T> {
    const { superuser, database } = readClusterRoles(cluster);
    const server = await startPostgres({
      name: `restored ${cluster}`,
      folder: join(this.folder, cluster),
      superuser,
      access: [],
      settings: throwawaySettings,
    });
    try {
      return await withClient(server.urlFor(database), work);
    } finally {
      await server.stop();
    }
  }
}

async function backUp(
  cell: DescribedCell,
  cluster: PersonalCluster,
  folder: string,
): Promise<FileGroup[]> {
  const running = clustersOfStack().find((of) => of.cell === cell.id && of.cluster === cluster);
  if (running === undefined) throw new RangeError(`${cell.id} has no ${cluster}`);
  const copy = join(folder, cluster);
  await takeBaseBackup(
    { folder: join(cell.data, cluster), superuserUrl: running.superuserUrl },
    copy,
  );
  const files = filesBelow(copy);
  const isLog = (file: string) => file.includes('/pg_wal/') || file.startsWith(join(copy, 'wal/'));
  return [
    { name: 'base backup', files: files.filter((file) => !isLog(file)) },
    { name: 'WAL', files: files.filter(isLog) },
  ];
}

function copySegments(cell: DescribedCell, folder: string): FileGroup[] {
  const [live, copy] = [join(cell.data, 'kafka'), join(folder, 'kafka')];
  // a topic that is being deleted holds the control of an earlier scan
  const isSegment = (file: string) => /(?<!-delete)\/\d{20}\.log$/.test(file);
  for (const file of filesBelow(live).filter(isSegment)) {
    const to = join(copy, relative(live, file));
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(file, to);
  }
  return [{ name: 'segments', files: filesBelow(copy) }];
}
