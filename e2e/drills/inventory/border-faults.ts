import { changeLink, delayLink, readStatus, silenceLink } from '@entrepot/cli';
import { crossingKinds, crossingName, crossingOf, linkFlows, linkSilences } from '@entrepot/stack';
import type { Crossing, CrossingKind, LinkFlow, LinkSilence } from '@entrepot/stack';

/** What carries goods; the catalog has a link of its own. */
const kinds = ['cell-http', 'kafka-border'] as const satisfies readonly CrossingKind[];

async function crossings(): Promise<readonly Crossing[]> {
  const { proxies } = await readStatus();
  return proxies.flatMap(({ name }) => crossingOf(name) ?? []);
}

async function change(how: 'cut' | 'heal', ways: readonly CrossingKind[]): Promise<void> {
  for (const crossing of await crossings()) {
    if (ways.includes(crossing.kind)) await changeLink(crossingName(crossing), how);
  }
}

export const cutBorder = (ways: readonly CrossingKind[] = crossingKinds): Promise<void> =>
  change('cut', ways);
export const healBorder = (ways: readonly CrossingKind[] = crossingKinds): Promise<void> =>
  change('heal', ways);

/** Loses what is under way on every link, and lets the next words pass. */
export async function dropWhatIsUnderWay(): Promise<void> {
  await cutBorder();
  await healBorder();
}

/** Half of it each way. */
export async function delayBorder(roundTripMs: number): Promise<void> {
  for (const crossing of await crossings()) {
    await delayLink(crossingName(crossing), roundTripMs / 2);
  }
}

interface Speech {
  readonly by: string;
  readonly to: string;
}

/** The links on which one cell says something to another, and the way that it takes there. */
const saidOn = (
  { by, to }: Speech,
  ways: readonly CrossingKind[],
): readonly { readonly name: string; readonly flow: LinkFlow }[] =>
  ways.flatMap((kind) => [
    { name: crossingName({ kind, into: to, from: by }), flow: 'sent' as const },
    { name: crossingName({ kind, into: by, from: to }), flow: 'received' as const },
  ]);

/** From now on one cell does not hear what another says, while that one hears everything. */
export async function muffle(
  speech: Speech,
  how: LinkSilence = 'hold',
  ways: readonly CrossingKind[] = kinds,
): Promise<void> {
  for (const { name, flow } of saidOn(speech, ways)) await silenceLink(name, flow, how);
}

/** What one link can do to what is said on it, by name. */
export const linkFaults: Readonly<Record<string, (link: string) => Promise<void>>> = {
  cut: (link) => changeLink(link, 'cut'),
  'a second late': (link) => delayLink(link, 1_000),
  ...Object.fromEntries(
    linkFlows.flatMap((flow) =>
      linkSilences.map((how) => [
        `${how === 'hold' ? 'holding' : 'dropping'} what is ${flow}`,
        (link: string) => silenceLink(link, flow, how),
      ]),
    ),
  ),
};

/** Every way over the border between two cells, by the name of its link; the catalog comes from the first alone. */
export const linksBetween = (first: string, second: string): readonly string[] =>
  crossingKinds.flatMap((kind) => {
    const into = crossingName({ kind, into: first, from: second });
    const back = crossingName({ kind, into: second, from: first });
    return kind === 'catalog-replication' ? [into] : [into, back];
  });
