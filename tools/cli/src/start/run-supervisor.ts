import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { repositoryRoot, StackError, StackPaths } from '@entrepot/stack';
import type { StackDescription } from '@entrepot/stack';

import type { SupervisorMessage, SupervisorOrder } from './supervisor-messages.ts';
import { TaskList } from './task-list.ts';

function spawnSupervisor(order: SupervisorOrder): ChildProcess {
  const file = new StackPaths().supervisorLog;
  mkdirSync(dirname(file), { recursive: true });
  const log = openSync(file, 'a', 0o600);
  const entry = fileURLToPath(new URL('supervisor-process.ts', import.meta.url));
  try {
    return fork(entry, [JSON.stringify(order)], {
      cwd: repositoryRoot,
      detached: true,
      execArgv: [
        '--disable-warning=TimeoutNegativeWarning',
        '--import',
        join(repositoryRoot, 'tools/loader.mjs'),
      ],
      stdio: ['ignore', log, log, 'ipc'],
    });
  } finally {
    closeSync(log);
  }
}

/** A start as the command that asked for it sees it. */
export class SupervisorRun {
  readonly exited: Promise<number>;
  private readonly child: ChildProcess;
  private readonly ready = Promise.withResolvers<StackDescription>();
  private list: TaskList | undefined;
  private shown: Promise<void> = Promise.resolve();

  constructor(
    order: SupervisorOrder,
    private readonly print: (line: string) => void,
  ) {
    this.child = spawnSupervisor(order);
    this.exited = new Promise((resolve) => this.child.once('exit', (code) => resolve(code ?? 1)));
    this.child.on('message', (message) => this.receive(message as SupervisorMessage));
    void this.exited.then(() => {
      const log = new StackPaths().supervisorLog;
      this.ready.reject(new StackError(`The supervisor ended while starting; see ${log}.`));
    });
  }

  /** What runs, once everything answers; rejects with the sentence that says why it does not. */
  async description(): Promise<StackDescription> {
    try {
      return await this.ready.promise;
    } finally {
      this.list?.abandon();
      await this.shown;
    }
  }

  /** Asks for an orderly end and waits for it. */
  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    await this.exited;
  }

  /** Leaves the supervisor to itself. */
  release(): void {
    this.child.disconnect();
    this.child.unref();
  }

  private receive(message: SupervisorMessage): void {
    switch (message.kind) {
      case 'plan':
        this.list = new TaskList(message.plan);
        this.shown = this.list.show();
        return;
      case 'step':
        this.list?.tell(message.stage, message.step, message.event);
        return;
      case 'line':
        this.print(message.text);
        return;
      case 'ready':
        this.ready.resolve(message.description);
        return;
      case 'failed':
        this.ready.reject(new StackError(message.sentence));
    }
  }
}
