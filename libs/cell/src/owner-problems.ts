/** One sentence for every table about a person that no owner erases, and for every one that an owner names in error. */
export function ownerProblems(
  aboutPeople: readonly string[],
  owned: readonly string[],
): readonly string[] {
  const [about, owners] = [new Set(aboutPeople), new Set(owned)];
  return [
    ...[...about]
      .filter((table) => !owners.has(table))
      .map(
        (table) =>
          `${table} is about a person and nobody erases it: name it in the tables of a PersonalDataOwner of its domain, and let its module provide that owner to the worker.`,
      ),
    ...[...owners]
      .filter((table) => !about.has(table))
      .map(
        (table) =>
          `${table} has an owner and is about nobody: annotate its model with @subject, or take it out of the owner's tables.`,
      ),
    ...[...owners]
      .filter((table) => owned.filter((other) => other === table).length > 1)
      .map((table) => `${table} has two owners: leave it to one of them.`),
  ];
}
