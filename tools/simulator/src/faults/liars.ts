import { peerEpochOf, type Ack } from '@entrepot/inventory/testing';
import { takeIn } from '../cell/grant-handlers.ts';
import type { SimulatedCell } from '../cell/simulated-cell.ts';
import type { World } from '../run/world.ts';

/** A peer claims to have taken in more than it was given: the donor must not believe it. */
export function tellOverstatedAck(world: World, donor: SimulatedCell): void {
  const { random } = world;
  const pool = random.pick(world.pools);
  const channels = [...(donor.stock.pools.get(pool)?.channels.values() ?? [])];
  const channel = channels.find(({ granted }) => granted > 0);
  if (channel === undefined || !donor.isUp) return;
  // far beyond what may still be given while the lie is on its way
  const total = channel.granted + 1_000 + random.between(1, 5);
  const ack: Ack = { kind: 'ack', pool, peer: channel.peer, total };
  world.fault('acknowledgement overstated', donor.id, channel.peer);
  world.watch.expectOverstated(ack);
  donor.receive('ACK', ack, () => donor.lane.submit('ACK', [ack], () => undefined));
}

/**
 * A total of an epoch that is over, from a course of events that was lost with it, higher than anything
 * that was given since: whoever has heard of the newer epoch must not take it in.
 */
export function tellLostTimeline(world: World): void {
  const heard = world.cells.flatMap((receiver) =>
    [...receiver.stock.pools].flatMap(([pool, { channels }]) =>
      [...channels.values()].map((channel) => ({ receiver, pool, ...channel })),
    ),
  );
  const found = heard.find(({ receiver, peer }) => peerEpochOf(receiver.stock, peer) > 1);
  if (found === undefined) return;
  const { receiver, pool, peer: from, applied } = found;
  const epoch = peerEpochOf(receiver.stock, from) - 1;
  const told = { from, pool, total: applied + 1_000, added: 1, epoch };
  receiver.receive('QUOTA_GRANTED', told, () => {
    takeIn(receiver, 'QUOTA_GRANTED', told, () => undefined);
  });
}
