import { randomBytes } from 'node:crypto';
import { formsOf } from '@entrepot/privacy';
import { needlesOf } from './forms-file.ts';
import { JoinedMatchers, NeedleMatcher } from './needle-matcher.ts';
import type { ByteMatcher, Needle } from './needle-matcher.ts';
import { scanFiles } from './scan-files.ts';
import type { FileGroup, ScannedStore, StoreScan } from './store-scan.ts';

/** Longer than a page of any store, so that it is kept the way long values are. */
const longValueBytes = 9_000;
const longValuePrefixBytes = 64;
const controlOwner = 'control';

/**
 * Looks through one store for what must not be there, after it was made to hold what must be found:
 * a control in every form, short and long. A scanner that is blind to a form says so. `traces` look for what
 * is known by its digests alone.
 */
export async function scanStore(
  store: ScannedStore,
  foreign: readonly Needle[],
  traces: readonly ByteMatcher[] = [],
): Promise<StoreScan[]> {
  const controls = { short: newControl(), long: newControl() };
  const needles = needlesOf(controlOwner, controls);
  const known = new NeedleMatcher([...foreign, ...needles]);
  const matcher = traces.length === 0 ? known : new JoinedMatchers([known, ...traces]);
  try {
    await store.plant([
      ...formsOf(controls.short).map(({ bytes }) => bytes),
      ...formsOf(controls.long).map(({ bytes }) => longValue(bytes)),
    ]);
    const problems = await store.problems();
    const groups = await store.groups();
    return groups.map((group) =>
      scanGroup(group, { store: store.name, matcher, needles, problems }),
    );
  } finally {
    await store.remove();
  }
}

interface Search {
  readonly store: string;
  readonly matcher: ByteMatcher;
  readonly needles: readonly Needle[];
  readonly problems: readonly string[];
}

function scanGroup(group: FileGroup, { store, matcher, needles, problems }: Search): StoreScan {
  const { bytes, finds } = scanFiles(group.files, matcher);
  const isControl = ({ label }: { label: string }) => label.startsWith(`${controlOwner}/`);
  const found = new Set(finds.filter(isControl).map(({ label }) => label));
  return {
    store: `${store} ${group.name}`,
    bytes,
    finds: finds.filter((find) => !isControl(find)),
    controls: needles.length,
    missedControls: needles.map(({ label }) => label).filter((label) => !found.has(label)),
    problems,
  };
}

/** Nothing personal, never the same twice, and different in each of its forms. */
const newControl = (): string => `Control "Ñ" & ß/${randomBytes(12).toString('base64')}`;

const longValue = (bytes: Buffer): Buffer =>
  Buffer.concat([
    Buffer.alloc(longValuePrefixBytes, '.'),
    bytes,
    Buffer.alloc(longValueBytes - longValuePrefixBytes, '.'),
  ]);

/** Whether a scan shows what it set out to show. */
export const isClean = (scan: StoreScan): boolean =>
  scan.bytes > 0 &&
  scan.finds.length === 0 &&
  scan.missedControls.length === 0 &&
  scan.problems.length === 0;
