// Runs the TypeScript sources as they are: transpiles with swc (Nest needs decorator metadata, which
// Node's own type stripping does not emit) and keeps the result beside a hash of the source.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const cacheFolder = process.env.ENTREPOT_TRANSPILE_CACHE ?? `${root}.entrepot/cache/transpiled`;
const options = {
  swcrc: false,
  sourceMaps: 'inline',
  module: { type: 'es6' },
  jsc: {
    target: 'es2024',
    keepClassNames: true,
    parser: { syntax: 'typescript', decorators: true },
    transform: {
      legacyDecorator: true,
      decoratorMetadata: true,
      useDefineForClassFields: false,
    },
  },
};
const optionsHash = createHash('sha256').update(JSON.stringify(options)).digest('hex');

const require = module.createRequire(import.meta.url);
mkdirSync(cacheFolder, { recursive: true });

function transpile(filename) {
  const source = readFileSync(filename, 'utf8');
  const hash = createHash('sha256')
    .update(optionsHash)
    .update(filename)
    .update(source)
    .digest('hex');
  const cached = `${cacheFolder}/${hash}.mjs`;
  try {
    return readFileSync(cached, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  // loaded for what is not kept yet only: a start that finds everything does not wait for it
  const { code } = require('@swc/core').transformSync(source, { ...options, filename });
  const unfinished = `${cached}.${process.pid}`;
  writeFileSync(unfinished, code);
  renameSync(unfinished, cached);
  return code;
}

module.enableCompileCache(`${root}.entrepot/cache/compiled`);
module.registerHooks({
  load(url, context, nextLoad) {
    if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context);
    return { format: 'module', shortCircuit: true, source: transpile(fileURLToPath(url)) };
  },
});
// Without those of packages, which every process would read again at each start.
module.setSourceMapsSupport(true, { nodeModules: false });
