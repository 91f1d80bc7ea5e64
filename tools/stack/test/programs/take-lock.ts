// Takes the lock named by its argument, says so, and stays until killed.
import { StackLock } from '@entrepot/stack';

const lock = StackLock.take(process.argv[2] ?? '');
process.stdout.write(lock instanceof StackLock ? 'taken\n' : 'refused\n');
setInterval(() => undefined, 1_000);
