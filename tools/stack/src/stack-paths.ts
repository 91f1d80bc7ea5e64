import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository, with a slash at its end. */
export const repositoryRoot = fileURLToPath(new URL('../../..', import.meta.url));

const defaultHome = join(repositoryRoot, '.entrepot');

/**
 * Where one stack keeps what it makes: a folder of its own, ignored by git. `ENTREPOT_HOME` names
 * another one, so that two stacks can run beside each other; what is downloaded they share.
 */
export class StackPaths {
  constructor(readonly home: string = process.env.ENTREPOT_HOME ?? defaultHome) {}

  /** Programs that are fetched once per clone. */
  get downloads(): string {
    return defaultHome;
  }

  /** Addresses, chosen once. */
  get ports(): string {
    return join(this.home, 'ports.json');
  }

  /** Topology, origins and public keys, as seen from no cell. */
  get cells(): string {
    return join(this.home, 'cells.json');
  }

  get cellsFolder(): string {
    return join(this.home, 'cells');
  }

  /** The same as a cell sees it: what its processes read through `ENTREPOT_CELLS`. */
  cellsSeenBy(cell: string): string {
    return join(this.cellsFolder, `${cell}.json`);
  }

  /** What runs and how to reach it. */
  get description(): string {
    return join(this.home, 'stack.json');
  }

  get lock(): string {
    return join(this.home, 'run', 'stack.lock');
  }

  get processes(): string {
    return join(this.home, 'run', 'processes.json');
  }

  get redisPrograms(): string {
    return join(this.downloads, 'redis');
  }

  get kafkaPrograms(): string {
    return join(this.downloads, 'kafka');
  }

  /** Held while Kafka is fetched: tests do it too. */
  get kafkaLock(): string {
    return join(this.downloads, 'run', 'kafka.lock');
  }

  get secrets(): string {
    return join(this.home, 'secrets');
  }

  get supervisorLog(): string {
    return join(this.home, 'logs', 'supervisor.log');
  }

  get data(): string {
    return join(this.home, 'data');
  }

  get logs(): string {
    return join(this.home, 'logs');
  }

  /** Bundles, backups and certificates of demonstrations: logins and rows of everybody in a cell. */
  get demo(): string {
    return join(this.home, 'demo');
  }

  /** What cells say of their books, signed. */
  get audit(): string {
    return join(this.home, 'audit');
  }

  get replay(): string {
    return join(this.home, 'replay');
  }

  /** Backups that are restored beside a cell, and attacked. */
  get verification(): string {
    return join(this.home, 'verification');
  }

  /** What people typed, as a scan of stores looks for it. */
  get scan(): string {
    return join(this.home, 'scan');
  }

  dataOf(owner: string, service: string): string {
    return join(this.data, owner, service);
  }

  /** The journal of a cell's erasures, and what it is judged by. No restore touches either. */
  journalOf(cell: string): { readonly folder: string; readonly witness: string } {
    return {
      folder: this.dataOf(cell, 'erasure-journal'),
      witness: this.dataOf(cell, 'erasure-witness'),
    };
  }

  /** How far the journal of a cell's stock had come. No restore touches it. */
  stockWitnessOf(cell: string): string {
    return join(this.dataOf(cell, 'stock-witness'), 'highest.json');
  }

  logOf(owner: string, service: string): string {
    return join(this.logs, owner, `${service}.log`);
  }
}
