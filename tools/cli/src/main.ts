// The one command line of the project. A verb is one file, verbs/<verb>.ts, whose default export is a
// commander `Command` of that name; it is found by its file, so that adding a verb touches nothing
// else, and loaded only when asked for, so that the others cost nothing at start-up.
import { readdirSync } from 'node:fs';

import { sentenceFor, StackError } from '@entrepot/stack';
import { Command, CommanderError } from 'commander';

const verbsFolder = new URL('verbs/', import.meta.url);

function knownVerbs(): readonly string[] {
  return readdirSync(verbsFolder)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
    .map((name) => name.slice(0, -'.ts'.length))
    .toSorted();
}

async function loadVerb(name: string): Promise<Command> {
  const module = (await import(new URL(`${name}.ts`, verbsFolder).href)) as { default?: unknown };
  if (module.default instanceof Command && module.default.name() === name) return module.default;
  throw new TypeError(`verbs/${name}.ts does not export a command named ${name}`);
}

async function buildProgram(args: readonly string[]): Promise<Command> {
  const program = new Command('entrepot')
    .description('Independent regional shops that share goods and never people’s data.')
    // an option belongs to the command that it stands behind
    .enablePositionalOptions()
    .showHelpAfterError('(--help shows what can be said here)')
    .showSuggestionAfterError();
  const verbs = knownVerbs();
  const asked = args.find((arg) => !arg.startsWith('-'));
  const isKnown = asked !== undefined && asked !== 'help' && verbs.includes(asked);
  // Help and suggestions for a misspelt verb need all of them.
  for (const verb of isKnown ? [asked] : verbs) {
    const command = await loadVerb(verb);
    program.addCommand(command);
    inheritSettings(command, program);
  }
  return program;
}

/** A command made apart from its parent does not explain itself after a mistake as the parent does. */
function inheritSettings(command: Command, parent: Command): void {
  command.copyInheritedSettings(parent);
  for (const part of command.commands) inheritSettings(part, command);
}

async function main(args: readonly string[]): Promise<void> {
  const program = await buildProgram(args);
  if (args.length === 0) program.outputHelp();
  else await program.parseAsync(args, { from: 'user' });
}

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else {
    // A foreseen failure is one sentence; anything else is a defect and shows where it is.
    const isDefect = error instanceof Error && sentenceFor(error) === error.message;
    const isForeseen = error instanceof StackError || !isDefect;
    process.stderr.write(`${isForeseen ? sentenceFor(error) : error.stack}\n`);
    process.exitCode = 1;
  }
}
