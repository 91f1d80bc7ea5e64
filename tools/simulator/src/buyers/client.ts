import type { World } from '../run/world.ts';

const [wayMs, patienceMs, triesMax, lateMostMs] = [10, 2_600, 3, 15_000];

/**
 * Sends a request until it is answered. While faults last an answer may be lost on the way and the
 * client gives up after a few tries; afterwards it does not give up. A copy of a request may arrive long
 * after it was answered.
 */
export function askUntilAnswered<T>(
  world: World,
  send: (reply: (answer: T) => void) => void,
  done: (answer: T | undefined) => void,
): void {
  let isSettled = false;
  let tries = 0;
  const settle = (answer: T | undefined): void => {
    if (isSettled) return;
    isSettled = true;
    done(answer);
  };
  const attempt = (): void => {
    if (isSettled) return;
    tries += 1;
    if (tries > triesMax && world.isFaulty) {
      settle(undefined);
      return;
    }
    const arrive = (): void => {
      send((answer) => {
        if (world.losesAnswer()) world.fault('answer lost', 'client');
        else settle(answer);
      });
    };
    world.queue.schedule(world.random.between(1, wayMs), arrive);
    if (world.doublesRequest()) {
      world.fault('request doubled', 'client');
      world.queue.schedule(world.random.between(1, lateMostMs), arrive);
    }
    world.queue.schedule(patienceMs, attempt);
  };
  attempt();
}
