// Ends what global-setup started and waits until nothing of it is left.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const stopTimeoutMs = 60_000;

export default async function stopHost() {
  const folder = process.env.ENTREPOT_TEST_RUN;
  delete process.env.ENTREPOT_TEST_RUN;
  if (!folder || !existsSync(join(folder, 'host.json'))) return;
  const { port, secret } = JSON.parse(readFileSync(join(folder, 'host.json'), 'utf8'));
  await fetch(`http://127.0.0.1:${port}/stop`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}` },
  });
  const end = performance.now() + stopTimeoutMs;
  // the host removes the folder as its last act
  while (existsSync(folder)) {
    if (performance.now() > end) throw new Error(`the test services did not stop; see ${folder}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
