// Makes a fresh clone able to run: installs the locked packages, Node 24 among them. npm runs this file
// before every command, on whatever Node the machine has, so it uses built-ins only and old syntax.
import { spawn, spawnSync } from 'child_process';
import { createHash } from 'crypto';
import * as fs from 'fs';
import * as path from 'path';
import { fileURLToPath } from 'url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const modules = path.join(root, 'node_modules');
const stampFile = path.join(modules, '.bootstrap-stamp');
const lockFile = path.join(root, '.entrepot', 'bootstrap.lock');
const quiet = process.argv.indexOf('--quiet') !== -1;
const nodeNeeded = [24, 9];
const lockWaitMs = 15 * 60 * 1000;
const lockPollMs = 250;

/** What went wrong, in one sentence for the person at the terminal. */
class SetUpError extends Error {}

function say(line) {
  if (!quiet) process.stderr.write(line + '\n');
}

/** Every package.json of the workspace, found on disk so that this file needs no list of its own. */
function manifests(folder, found) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name.charAt(0) === '.') continue;
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) manifests(full, found);
    else if (entry.name === 'package.json') found.push(full);
  }
  return found;
}

/** Changes whenever an install could give another result: platform, lock or any manifest. */
function wantedStamp() {
  const hash = createHash('sha256').update(process.platform + ' ' + process.arch);
  const lock = path.join(root, 'package-lock.json');
  const files = manifests(root, []).sort();
  if (fs.existsSync(lock)) files.push(lock);
  for (const file of files) hash.update(path.relative(root, file)).update(fs.readFileSync(file));
  return hash.digest('hex');
}

function isInstalled(stamp) {
  try {
    return fs.readFileSync(stampFile, 'utf8') === stamp;
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return false;
    throw error;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Takes the lock if nobody alive holds it. The lock appears with its content: a link, not a write. */
function tryLock() {
  fs.mkdirSync(path.dirname(lockFile), { recursive: true });
  const own = lockFile + '.' + process.pid;
  fs.writeFileSync(own, String(process.pid));
  try {
    fs.linkSync(own, lockFile);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    removeStaleLock();
    return false;
  } finally {
    fs.unlinkSync(own);
  }
}

/** Moves a dead holder's lock aside; if a live one slipped in meanwhile, it is put back. */
function removeStaleLock() {
  const aside = lockFile + '.stale.' + process.pid;
  try {
    if (isAlive(Number(fs.readFileSync(lockFile, 'utf8')))) return;
    fs.renameSync(lockFile, aside);
    if (isAlive(Number(fs.readFileSync(aside, 'utf8')))) fs.linkSync(aside, lockFile);
    fs.unlinkSync(aside);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  }
}

async function lock() {
  const start = Date.now();
  let told = false;
  while (!tryLock()) {
    if (Date.now() - start > lockWaitMs) {
      throw new SetUpError('Another set-up still holds ' + lockFile + '; end it and try again.');
    }
    if (!told) say('Another command is installing the packages; waiting for it.');
    told = true;
    await new Promise((resolve) => setTimeout(resolve, lockPollMs));
  }
}

function unlock() {
  try {
    fs.unlinkSync(lockFile);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

/** Runs npm with a heartbeat on the terminal; resolves to its output and whether it succeeded. */
function npm(args) {
  // npm's own script, when npm started us: the same npm, whatever the PATH says.
  const script = process.env.npm_execpath;
  const viaNode = script !== undefined && /\.c?js$/.test(script);
  const command = viaNode ? process.execPath : 'npm';
  const child = spawn(command, viaNode ? [script].concat(args) : args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const start = Date.now();
  const live = !quiet && process.stderr.isTTY;
  const heartbeat = setInterval(() => {
    const seconds = Math.round((Date.now() - start) / 1000);
    if (live) process.stderr.write('\r  installing packages … ' + seconds + ' s ');
    else if (seconds % 15 === 0) say('  installing packages … ' + seconds + ' s');
  }, 1000);
  let output = '';
  const collect = (chunk) => {
    output = (output + chunk).slice(-20000);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  return new Promise((resolve) => {
    const end = (ok, extra) => {
      clearInterval(heartbeat);
      if (live) process.stderr.write('\r\u001b[K');
      resolve({ ok, output: output + extra });
    };
    child.on('error', (error) => end(false, error.message));
    child.on('close', (code) => end(code === 0, ''));
  });
}

async function install() {
  say('Installing the locked packages (once per clone and per change of the lock) …');
  const start = Date.now();
  const options = ['--no-audit', '--no-fund', '--loglevel=error'];
  // An earlier install that finished is brought up to date; anything else begins anew. A lock made where
  // some foreign-platform packages were not offered is refused by `ci`, not by `install`.
  const update = ['install', '--no-save'].concat(options);
  const isComplete = fs.existsSync(stampFile);
  let result = await npm(isComplete ? update : ['ci'].concat(options));
  if (!result.ok && !isComplete) result = await npm(update);
  if (!result.ok) throw new SetUpError(explain(result.output));
  say('Packages installed in ' + Math.round((Date.now() - start) / 1000) + ' s.');
}

function explain(output) {
  if (/ENOSPC/.test(output)) return 'The disk is full: free about 2 GB and try again.';
  if (/EACCES|EPERM/.test(output)) {
    return 'This user may not write into ' + modules + '; set its owner right and try again.';
  }
  if (/ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET/.test(output)) {
    return 'The package registry cannot be reached; the first start needs it. npm said:\n' + output;
  }
  return 'The packages could not be installed. npm said:\n' + output;
}

/** The Node that npm's scripts will find first on their PATH. */
function checkNode() {
  const local = path.join(modules, '.bin', 'node');
  const command = fs.existsSync(local) ? local : 'node';
  const answer = spawnSync(command, ['--version'], { encoding: 'utf8' });
  const found = answer.status === 0 ? answer.stdout.trim() : 'none';
  const parts = found.replace('v', '').split('.').map(Number);
  const isEnough =
    parts[0] > nodeNeeded[0] || (parts[0] === nodeNeeded[0] && parts[1] >= nodeNeeded[1]);
  if (isEnough) return;
  const needed = nodeNeeded.join('.');
  throw new SetUpError(
    process.platform === 'linux'
      ? 'Node ' +
          needed +
          ' or newer is needed and npm did not install it (found ' +
          found +
          '). ' +
          'Was npm told to leave optional packages out? Remove node_modules and try again.'
      : 'Node ' +
          needed +
          ' or newer is needed (found ' +
          found +
          '); on ' +
          process.platform +
          ' it is not in the lock, so install it from nodejs.org and try again.',
  );
}

async function main() {
  const stamp = wantedStamp();
  if (isInstalled(stamp)) return;
  await lock();
  try {
    if (isInstalled(stamp)) return;
    await install();
    checkNode();
    fs.writeFileSync(stampFile, stamp);
  } finally {
    unlock();
  }
}

main().catch((error) => {
  const isOurs = error instanceof SetUpError;
  const isFull = error.code === 'ENOSPC';
  const sentence = isFull ? 'The disk is full: free about 2 GB and try again.' : error.message;
  process.stderr.write((isOurs || isFull ? sentence : error.stack) + '\n');
  process.exit(1);
});
