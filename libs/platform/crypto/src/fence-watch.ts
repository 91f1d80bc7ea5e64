import type { SubjectId } from '@entrepot/kernel';

/** What this process knows of the fences of its cell, in the order they were put up. */
export abstract class FenceWatch {
  /** Whether everything fenced until a few seconds ago is known here. When not, no cached key counts. */
  abstract get isCurrent(): boolean;
  abstract isFenced(subject: SubjectId): boolean;
  /** Calls back for every fence that becomes known from now on. */
  abstract onFence(listener: (subject: SubjectId) => void): void;
}
