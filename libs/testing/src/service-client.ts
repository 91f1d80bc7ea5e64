import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Host {
  readonly port: number;
  readonly secret: string;
}

function readHost(): Host {
  const folder = process.env['ENTREPOT_TEST_RUN'];
  if (folder === undefined) {
    throw new Error('real services are for *.integration.spec.ts and *.e2e.spec.ts files');
  }
  return JSON.parse(readFileSync(join(folder, 'host.json'), 'utf8')) as Host;
}

/** Starts a service of this run, or joins the one that runs; resolves to what its launcher tells. */
export async function requestService<Description>(name: string): Promise<Description> {
  const { port, secret } = readHost();
  const response = await fetch(`http://127.0.0.1:${port}/services/${encodeURIComponent(name)}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}` },
  });
  if (!response.ok) throw new Error(`${name} did not start: ${await response.text()}`);
  return (await response.json()) as Description;
}
