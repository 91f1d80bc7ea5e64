interface Edit {
  /** Stands in the file exactly once. */
  readonly from: string;
  readonly to: string;
  /** Where it is another file than that of the defect. */
  readonly file?: string;
}

/** A mistake that somebody could make, and the spec that has to turn red for it. */
export interface PlantedDefect {
  readonly number: number;
  readonly what: string;
  readonly file: string;
  readonly edits: readonly Edit[];
  readonly spec: string;
  /** The last two meet a stack that runs the copy with the defect. */
  readonly project: 'unit' | 'integration' | 'e2e' | 'drill';
  /** Environment of stack and spec. */
  readonly settings?: Readonly<Record<string, string>>;
}
