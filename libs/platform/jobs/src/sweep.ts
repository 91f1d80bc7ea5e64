/**
 * Work that is done again and again and finds in the database what there is to do: a run that fails or
 * never happens loses nothing, it only delays.
 */
export interface Sweep {
  /** `checkout.reconcile`: the domain, then what is done; never renamed while a release runs. */
  readonly name: string;
  readonly everyMs: number;
  readonly run: () => Promise<unknown>;
}
