import type { Crossing, WorldTraffic } from './crossing.ts';

/** A leak as one could be made, planted into a copy of what crossed: whoever compares must see it. */
export interface ControlLeak {
  readonly name: string;
  /** Undefined where nothing crossed that could have leaked so, and nothing is shown. */
  readonly traffic: WorldTraffic | undefined;
}

type Change = (crossing: Crossing) => Crossing;

const inHead =
  (name: string, value: string): Change =>
  (crossing) => ({ ...crossing, head: { ...crossing.head, [name]: value } });

const inBody =
  (change: (body: Record<string, unknown>) => object): Change =>
  (crossing) => ({
    ...crossing,
    body: JSON.stringify(change(JSON.parse(crossing.body) as Record<string, unknown>)),
  });

function planted(
  traffic: WorldTraffic,
  isPlace: (crossing: Crossing) => boolean,
  change: Change,
): WorldTraffic | undefined {
  const at = traffic.findLastIndex(isPlace);
  const found = traffic[at];
  return found && traffic.with(at, change(found));
}

const isTopic = ({ channel, place }: Crossing): boolean =>
  channel === 'topic' && place.includes('global.inventory.');
const isCall = ({ channel, place }: Crossing): boolean =>
  channel === 'http' && place.endsWith('/inventory/borrow');
const isAnswer = ({ channel, place }: Crossing): boolean =>
  channel === 'http' && place.includes('/inventory/borrow answered 200');
const isRow = ({ channel }: Crossing): boolean => channel === 'catalog';

/** One leak for each way of leaking: each alone must make two worlds differ. */
export function controlLeaks(traffic: WorldTraffic): readonly ControlLeak[] {
  const raised = (body: Record<string, unknown>): object => {
    const said = (body['body'] ?? {}) as Record<string, unknown>;
    return { ...body, body: { ...said, grantNumber: Number(said['grantNumber']) + 1 } };
  };
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const leaks: [string, (crossing: Crossing) => boolean, Change][] = [
    ['a trace header', isCall, inHead('traceparent', traceparent)],
    ['a field of an acknowledgement', isAnswer, inBody((body) => ({ ...body, hint: 7 }))],
    ['an id in the order of time', isTopic, inBody(raised)],
    ['the key of a record', isTopic, (of) => ({ ...of, key: `${of.key}/7` })],
    ['the header of a record', isTopic, inHead('hint', '7')],
    ['a column of a row', isRow, inBody((body) => ({ ...body, hint: '7' }))],
  ];
  const isOneLess = traffic.some(isTopic)
    ? traffic.toSpliced(traffic.findLastIndex(isTopic), 1)
    : undefined;
  return [
    ...leaks.map(([name, isPlace, change]) => ({
      name,
      traffic: planted(traffic, isPlace, change),
    })),
    { name: 'a record fewer', traffic: isOneLess },
  ];
}
