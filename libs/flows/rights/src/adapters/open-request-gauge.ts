import { Metrics } from '@entrepot/platform-telemetry';
import { Clock } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import { PrivacyRequests } from '../application/privacy-requests.ts';
import { alarmLevels, alarmOf } from '../domain/request-alarm.ts';

const kinds = ['export', 'rectification', 'grievance', 'erasure'] as const;

/** Open requests by how urgent they are: `day_20`, `day_25` and `overdue` are what somebody is called for. */
@Injectable()
export class OpenRequestGauge {
  constructor(metrics: Metrics, requests: PrivacyRequests, clock: Clock) {
    metrics.gauge({
      name: 'entrepot_privacy_requests_open',
      help: 'Open requests under the privacy law, by kind and by how near the end of their time is',
      labels: ['type', 'outcome'],
      collect: async (gauge) => {
        const at = clock.now();
        const open = (await requests.open()).map((of) => ({ ...of, level: alarmOf(of, at) }));
        for (const kind of kinds) {
          for (const level of alarmLevels) {
            const count = open.filter((of) => of.kind === kind && of.level === level).length;
            gauge.set({ type: kind, outcome: level }, count);
          }
        }
      },
    });
  }
}
