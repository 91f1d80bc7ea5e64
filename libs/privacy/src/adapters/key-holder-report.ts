import type { Log } from '@entrepot/platform-telemetry';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { KeyHolders } from '../application/key-holders.ts';

const lookEveryMs = 500;
/** Well within the silence after which a process counts as gone. */
const sayEveryMs = 10_000;

/** The newest fence that this process has heeded; undefined before it has read any. */
export interface HeededFences {
  readonly seenSeq: bigint | undefined;
}

/** Says for this process which fences it has heeded, from before its first request to its end. */
export class KeyHolderReport implements OnModuleInit, OnApplicationShutdown {
  readonly #holders: KeyHolders;
  readonly #fences: HeededFences;
  readonly #log: Log;
  #timer: NodeJS.Timeout | undefined;
  #saying: Promise<void> | undefined;
  #saidSeq: bigint | undefined;
  #saidAtMs = -Infinity;

  constructor(parts: { holders: KeyHolders; fences: HeededFences; log: Log }) {
    this.#holders = parts.holders;
    this.#fences = parts.fences;
    this.#log = parts.log;
  }

  async onModuleInit(): Promise<void> {
    await this.#say();
    this.#timer = setInterval(() => void this.#sayAgain(), lookEveryMs);
    this.#timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#saying;
    try {
      await this.#holders.leave();
    } catch (error) {
      // it counts as gone once it has been silent for long enough
      this.#log.failure('privacy.key_holder_report_failed', error);
    }
  }

  async #sayAgain(): Promise<void> {
    const isNews = this.#fences.seenSeq !== this.#saidSeq;
    const isDue = performance.now() - this.#saidAtMs > sayEveryMs;
    if (this.#saying !== undefined || !(isNews || isDue)) return;
    try {
      this.#saying = this.#say();
      await this.#saying;
    } catch (error) {
      // unsaid, an erasure waits for this process; it is said again at the next look
      this.#log.failure('privacy.key_holder_report_failed', error);
    } finally {
      this.#saying = undefined;
    }
  }

  async #say(): Promise<void> {
    const seq = this.#fences.seenSeq;
    await this.#holders.report(seq ?? 0n);
    this.#saidSeq = seq;
    this.#saidAtMs = performance.now();
  }
}
