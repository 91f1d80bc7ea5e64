// Loaded before a process of a cell whose clock is off: its dates are, what waits and what is steady is not.
const ahead = Number(process.env['CLOCK_AHEAD_SECONDS']) * 1_000;
const TrueDate = globalThis.Date;

globalThis.Date = new Proxy(TrueDate, {
  construct: (target, given: [] | [number], made) =>
    Reflect.construct(target, given.length === 0 ? [target.now() + ahead] : given, made) as Date,
  apply: (target) => new target(target.now() + ahead).toString(),
  get: (target, name, seen) =>
    name === 'now' ? () => target.now() + ahead : (Reflect.get(target, name, seen) as unknown),
});
