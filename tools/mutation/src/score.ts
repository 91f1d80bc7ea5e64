/** What became of one change. */
export interface Trial {
  /** Where the change is: a file and line, or a table and its guard. */
  readonly place: string;
  readonly change: string;
  readonly isFound: boolean;
}

export interface Score {
  readonly tried: number;
  readonly found: number;
  /** Found of those tried, rounded down: nothing that survives is rounded away. */
  readonly percent: number;
  readonly survivors: readonly Trial[];
}

export function scoreOf(trials: readonly Trial[]): Score {
  const survivors = trials.filter(({ isFound }) => !isFound);
  const tried = trials.length;
  const found = tried - survivors.length;
  return { tried, found, percent: tried === 0 ? 0 : Math.floor((100 * found) / tried), survivors };
}
