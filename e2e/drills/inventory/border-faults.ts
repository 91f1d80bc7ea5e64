import { changeLink, delayLink, readStatus, silenceLink } from '@entrepot/cli';
import { crossingName, crossingOf } from '@entrepot/stack';
import type { Crossing, CrossingKind, LinkFlow, LinkSilence } from '@entrepot/stack';

/** What carries goods; the catalog has a link of its own. */
const kinds = ['cell-http', 'kafka-border'] as const satisfies readonly CrossingKind[];

async function crossings(): Promise<readonly Crossing[]> {
  const { proxies } = await readStatus();
  return proxies.flatMap(({ name }) => crossingOf(name) ?? []);
}

async function change(how: 'cut' | 'heal'): Promise<void> {
  for (const crossing of await crossings()) await changeLink(crossingName(crossing), how);
}

export const cutBorder = (): Promise<void> => change('cut');
export const healBorder = (): Promise<void> => change('heal');

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
