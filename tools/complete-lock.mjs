// Adds to package-lock.json the optional packages of other platforms that the registry in use did not
// offer when the lock was made; without them `npm ci` refuses the lock on every platform. They carry no
// integrity, as it cannot be known here. Run it after changing dependencies:
//   node tools/complete-lock.mjs && npm install --package-lock-only
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
const systems = ['darwin', 'linux', 'win32', 'freebsd', 'openbsd', 'android', 'openharmony', 'aix'];
const processors = [
  'x64',
  'arm64',
  'arm',
  'ia32',
  'riscv64',
  's390x',
  'ppc64',
  'loong64',
  'wasm32',
];

function platformOf(name) {
  const words = name.split(/[-/]/);
  const os = systems.find((system) => words.includes(system)) ?? (words.includes('win') && 'win32');
  const cpu = processors.find((processor) => words.includes(processor));
  const libc = words.includes('musl') ? ['musl'] : words.includes('gnu') ? ['glibc'] : undefined;
  return {
    ...(cpu ? { cpu: [cpu] } : {}),
    ...(libc ? { libc } : {}),
    ...(os ? { os: [os] } : {}),
  };
}

function isLocked(holder, name) {
  for (let folder = holder; ; folder = folder.slice(0, folder.lastIndexOf('/node_modules/'))) {
    if (lock.packages[`${folder ? `${folder}/` : ''}node_modules/${name}`]) return true;
    if (!folder.includes('/node_modules/')) break;
  }
  return lock.packages[`node_modules/${name}`] !== undefined;
}

const added = {};
for (const [holder, entry] of Object.entries(lock.packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isLocked(holder, name) || !/^\d/.test(range)) continue;
    added[`node_modules/${name}`] = { version: range, ...platformOf(name), optional: true };
  }
}
lock.packages = Object.fromEntries(
  Object.entries({ ...lock.packages, ...added }).sort(([a], [b]) => (a < b ? -1 : 1)),
);
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`added ${Object.keys(added).length} packages of other platforms`);
for (const name of Object.keys(added)) console.log(`  ${name.slice('node_modules/'.length)}`);
