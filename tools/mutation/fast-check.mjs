import fc from 'fast-check';

const timeLimitMs = 10_000;

// The first failure is enough, and what a seed finds it finds again. A property that a change makes endless is given up,
// and so is the search for a planted bug that a change hides: its spec is red then.
fc.configureGlobal({
  endOnFailure: true,
  seed: Number(process.env.ENTREPOT_MUTATION_SEED),
  interruptAfterTimeLimit: timeLimitMs,
});
