import { Fences } from '@entrepot/privacy';
import type { ErasureRequest, KeyFate } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { ErasureStepWork } from '../erasure-step.ts';
import type { StepOutcome } from '../erasure-step.ts';
import { GatherEvidence } from '../gather-evidence.ts';

/** Waits for the eraser, which alone can end a key, to have written down that it did. */
@Injectable()
abstract class AwaitEraser extends ErasureStepWork {
  abstract override readonly action: 'end-key' | 'confirm-destroyed';
  protected abstract hasHappened(fate: KeyFate): boolean;

  constructor(private readonly fences: Fences) {
    super();
  }

  override async perform({ subject }: ErasureRequest, at: Date): Promise<StepOutcome | undefined> {
    const fate = await this.fences.fateOf(subject);
    return this.hasHappened(fate) ? { event: { action: this.action, at } } : undefined;
  }
}

/** From here on the KMS serves the key to nobody. */
@Injectable()
export class AwaitKeyUnusable extends AwaitEraser {
  override readonly action = 'end-key';

  protected override hasHappened({ unusableAt }: KeyFate): boolean {
    return unusableAt !== undefined;
  }
}

/**
 * From here on the key's bytes exist no more. What an operator has found while the key waited for its end is taken
 * into the record.
 */
@Injectable()
export class AwaitKeyDestroyed extends AwaitEraser {
  override readonly action = 'confirm-destroyed';

  constructor(
    fences: Fences,
    private readonly evidence: GatherEvidence,
  ) {
    super(fences);
  }

  override async perform(request: ErasureRequest, at: Date): Promise<StepOutcome | undefined> {
    const outcome = await super.perform(request, at);
    if (outcome === undefined) return undefined;
    await this.evidence.record(request, await this.evidence.look(request));
    return outcome;
  }

  protected override hasHappened({ destroyedAt }: KeyFate): boolean {
    return destroyedAt !== undefined;
  }
}
