import { allSlices, loadConfig } from '@entrepot/platform-config';
import { mailSandboxSlice } from './config.ts';
import { startMailSandbox } from './start-mail-sandbox.ts';

const { sandbox: config } = loadConfig({
  environment: process.env,
  slices: { sandbox: mailSandboxSlice },
  foreign: allSlices,
});
const sandbox = await startMailSandbox(config);
process.stdout.write(`mail-sandbox ready ${sandbox.origin} ${sandbox.smtpUrl}\n`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void sandbox.close());
}
