import {
  endLeftovers,
  signalProcess,
  StackError,
  StackLock,
  StackPaths,
  waitForEnd,
} from '@entrepot/stack';
import { Command } from 'commander';

const politeTimeoutMs = 60_000;
const killTimeoutMs = 5_000;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Ends the supervisor, which ends the rest; then whatever a killed supervisor could not end. */
async function stop(): Promise<void> {
  const paths = new StackPaths();
  const supervisor = StackLock.holder(paths.lock);
  if (supervisor !== undefined) {
    signalProcess(supervisor, 'SIGTERM');
    if (!(await waitForEnd(supervisor, politeTimeoutMs))) {
      signalProcess(supervisor, 'SIGKILL');
      if (!(await waitForEnd(supervisor, killTimeoutMs))) {
        throw new StackError(`The supervisor (process ${supervisor.pid}) cannot be ended.`);
      }
    }
  }
  const ended = await endLeftovers(paths.processes, paths.home);
  if (ended > 0) print(`Ended ${ended} processes that a killed run had left.`);
  else if (supervisor === undefined) print('Nothing was running.');
  if (supervisor !== undefined) print('Stopped.');
}

export default new Command('stop').description('end everything the stack runs').action(stop);
