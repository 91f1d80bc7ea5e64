import type { CellId } from '@entrepot/kernel';
import { invoiceLawProblems } from '@entrepot/invoices';
import { lawProblems, peopleLawProblems } from '@entrepot/privacy';
import type { CellDirectory, Profile } from '@entrepot/platform-config';
import type { EgressList } from '@entrepot/platform-egress';
import { egressProblems } from './egress.ts';
import type { KmsVerdict } from './kms-endpoint.ts';
import type { RegionProfile } from './region-profile.ts';

/** What a process found around itself; undefined for what it does not use. */
export interface Surroundings {
  readonly cell: CellId;
  readonly profile: Profile;
  readonly region: RegionProfile;
  readonly directory: CellDirectory;
  /** The marker row of each database it opened. */
  readonly databases: readonly DatabaseMarker[];
  readonly kafkaClusterId?: string | undefined;
  readonly egress?: EgressList;
  /** Endpoints outside of the cell by the name of their setting. */
  readonly endpoints?: Readonly<Record<string, string>>;
  readonly kms?: { readonly endpoint: string; readonly verdict: KmsVerdict } | undefined;
}

export interface DatabaseMarker {
  readonly database: 'catalog' | 'shop' | 'vault';
  readonly cell: string | undefined;
  readonly region: string | undefined;
}

/** The process is connected to something that is not its own; it must not serve. */
export class WrongWiringError extends Error {
  override readonly name = 'WrongWiringError';
  readonly sentences: readonly string[];

  constructor(sentences: readonly string[]) {
    super(
      ['This process is wired to the wrong place:', ...sentences.map((line) => `  ${line}`)].join(
        '\n',
      ),
    );
    this.sentences = sentences;
  }
}

/** One sentence for everything that does not belong together; empty when all does. */
export function wiringProblems(found: Surroundings): readonly string[] {
  const entry = found.directory.find(found.cell);
  if (entry === undefined) return [`The cells file has no cell ${found.cell}.`];
  const problems: string[] = [];
  const { region } = found.region;
  if (entry.region !== region) {
    problems.push(
      `This is the app of region ${region}, but cell ${found.cell} is of region ${entry.region}.`,
    );
  }
  if (entry.currency !== found.region.currency) {
    problems.push(
      `Region ${region} counts in ${found.region.currency}, but the cells file has ${entry.currency} for cell ${found.cell}.`,
    );
  }
  for (const country of entry.countries) {
    if (!found.region.standardTaxRates.has(country)) {
      problems.push(
        `Cell ${found.cell} serves ${country}, for which region ${region} has no tax rate.`,
      );
    }
  }
  problems.push(
    ...lawProblems(found.region.retentionLaw, {
      countries: entry.countries,
      on: new Date().toISOString().slice(0, 10),
      needsCounsel: found.profile === 'production',
    }),
    ...peopleLawProblems(found.region.peopleLaw, {
      countries: entry.countries,
      on: new Date().toISOString().slice(0, 10),
      needsCounsel: found.profile === 'production',
    }),
    ...invoiceLawProblems(found.region.invoiceLaw, {
      countries: entry.countries,
      needsCounsel: found.profile === 'production',
    }),
  );
  for (const marker of found.databases) problems.push(...markerProblems(marker, found));
  if (found.kafkaClusterId !== undefined && found.kafkaClusterId !== entry.kafkaClusterId) {
    problems.push(
      `The Kafka cluster is ${found.kafkaClusterId}, but cell ${found.cell} has ${entry.kafkaClusterId}.`,
    );
  }
  if (found.egress !== undefined) {
    problems.push(...egressProblems(found.egress, found.endpoints ?? {}));
  }
  return [...problems, ...kmsProblems(found)];
}

function markerProblems(marker: DatabaseMarker, { cell, region }: Surroundings): string[] {
  if (marker.cell === undefined || marker.region === undefined) {
    return [`The ${marker.database} database does not say which cell it belongs to.`];
  }
  if (marker.cell === cell && marker.region === region.region) return [];
  return [
    `The ${marker.database} database belongs to cell ${marker.cell} of region ${marker.region}, this process to cell ${cell} of region ${region.region}.`,
  ];
}

function kmsProblems({ kms, region, profile }: Surroundings): string[] {
  if (kms === undefined) return [];
  const problems: string[] = [];
  if (kms.verdict === 'wrong') {
    problems.push(
      `The KMS endpoint refuses what is signed for ${region.awsRegion}: it is of another region, or the credentials are not its own.`,
    );
  }
  if (profile !== 'production') return problems;
  const endpoint = new URL(kms.endpoint);
  if (endpoint.protocol !== 'https:') {
    problems.push('The KMS endpoint does not use TLS, which profile production requires.');
  }
  if (!endpoint.hostname.split('.').includes(region.awsRegion)) {
    problems.push(
      `The KMS endpoint is not one of ${region.awsRegion}, which profile production requires.`,
    );
  }
  return problems;
}
