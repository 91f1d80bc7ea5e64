import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

interface Progress {
  readonly unreadable: number;
  readonly failed: number;
}

const progressSql = `
SELECT count(*) FILTER (WHERE status IN ('verified_unreadable', 'key_destroyed', 'certified', 'closed'))::int
    AS unreadable,
  count(*) FILTER (WHERE status = 'failed')::int AS failed
FROM privacy.erasure_request WHERE request_id = ANY ($1)`;

const lookEveryMs = 250;
/** Without a single request more that came to its end. */
const standstillMsMax = 120_000;

/** How far erasures of a cell have come; the auditor's login suffices. */
export class ErasureProgress {
  private readonly pool: pg.Pool;

  constructor(shopUrl: string) {
    this.pool = new pg.Pool({ connectionString: shopUrl, max: 1, application_name: 'bench' });
  }

  /** Until nobody can read the people’s data and that was verified; what is left waits for KMS and backups. */
  async untilUnreadable(requests: readonly string[]): Promise<void> {
    let [known, since] = [0, performance.now()];
    for (;;) {
      const { unreadable, failed } = await this.read(requests);
      if (failed > 0) throw new Error(`${failed} erasures failed`);
      if (unreadable === requests.length) return;
      if (unreadable > known) [known, since] = [unreadable, performance.now()];
      if (performance.now() - since > standstillMsMax) {
        throw new Error(`${unreadable} of ${requests.length} erasures got through, and no more`);
      }
      await sleep(lookEveryMs);
    }
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  private async read(requests: readonly string[]): Promise<Progress> {
    const { rows } = await this.pool.query<Progress>(progressSql, [requests]);
    return rows[0] ?? { unreadable: 0, failed: 0 };
  }
}
