/** A project's tags by dimension, as written in its package.json: `type:domain`, `scope:carts`, `region:any`. */
export interface ProjectTags {
  readonly project: string;
  readonly type: string;
  readonly scope: string;
  readonly region: string;
}

export interface Dependency {
  readonly from: string;
  readonly to: string;
}

/**
 * Which project types each type may import. The direction of the house: apps → regions → (cell →
 * flows) and vendors → domains → platform → contracts → kernel. There is no fallback: a type that is
 * not listed fails.
 */
const allowedTypes: Readonly<Record<string, readonly string[]>> = {
  kernel: [],
  contracts: ['kernel', 'contracts'],
  platform: ['kernel', 'contracts', 'platform', 'testing'],
  domain: ['kernel', 'contracts', 'platform', 'testing'],
  flow: ['kernel', 'contracts', 'platform', 'domain', 'testing'],
  vendor: ['kernel', 'contracts', 'platform', 'domain', 'testing'],
  composition: ['kernel', 'contracts', 'platform', 'domain', 'flow', 'testing'],
  region: ['kernel', 'contracts', 'platform', 'domain', 'vendor', 'composition', 'testing'],
  app: ['kernel', 'contracts', 'platform', 'region', 'composition', 'testing'],
  client: ['kernel', 'contracts', 'testing'],
  testing: ['kernel', 'contracts', 'platform', 'tool'],
  tool: ['kernel', 'contracts', 'platform', 'domain', 'flow', 'client', 'tool', 'testing'],
  e2e: ['kernel', 'contracts', 'platform', 'client', 'testing', 'tool'],
};

/** These types belong to one domain: they enter the domain of their own scope and no other. */
const typesThatNameOneDomain = new Set(['vendor']);

/** Reads the three tags of a project; throws where one is missing or doubled. */
export function readTags(project: string, tags: readonly string[]): ProjectTags {
  const one = (dimension: string): string => {
    const values = tags.filter((tag) => tag.startsWith(`${dimension}:`));
    const [value] = values;
    if (value === undefined || values.length > 1) {
      throw new Error(`${project}: needs exactly one "${dimension}:" tag in its package.json`);
    }
    return value.slice(dimension.length + 1);
  };
  return { project, type: one('type'), scope: one('scope'), region: one('region') };
}

/** Why `from` must not import `to`; undefined where it may. */
export function refusal(from: ProjectTags, to: ProjectTags): string | undefined {
  const allowed = allowedTypes[from.type];
  if (allowed === undefined) return `"type:${from.type}" has no rule; add one before using it`;
  if (!allowed.includes(to.type)) {
    return `a ${from.type} may import only ${allowed.join(', ') || 'nothing'}, not a ${to.type}`;
  }
  if (from.region !== 'any' && to.region !== 'any' && from.region !== to.region) {
    return `region ${from.region} must not contain code of region ${to.region}`;
  }
  const isSharedLayer = from.region === 'any' && to.region !== 'any';
  if (isSharedLayer) return `shared code must not depend on code of region ${to.region}`;
  if (typesThatNameOneDomain.has(from.type) && to.type === 'domain' && from.scope !== to.scope) {
    return `only flows name two domains; ${from.scope} must not import ${to.scope}`;
  }
  return undefined;
}

/** All forbidden edges, one sentence each. */
export function findBoundaryViolations(
  projects: readonly ProjectTags[],
  dependencies: readonly Dependency[],
): string[] {
  const byName = new Map(projects.map((project) => [project.project, project]));
  return dependencies.flatMap(({ from, to }) => {
    const source = byName.get(from);
    const target = byName.get(to);
    if (source === undefined || target === undefined) return [];
    const reason = refusal(source, target);
    return reason === undefined ? [] : [`${from} → ${to}: ${reason}`];
  });
}

/** Import cycles between projects, each as the list of names along it. */
export function findCycles(dependencies: readonly Dependency[]): string[][] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of dependencies) targets.set(from, [...(targets.get(from) ?? []), to]);
  const finished = new Set<string>();
  const cycles: string[][] = [];
  const visit = (project: string, trail: readonly string[]): void => {
    const start = trail.indexOf(project);
    if (start >= 0) {
      cycles.push([...trail.slice(start), project]);
      return;
    }
    if (finished.has(project)) return;
    for (const next of targets.get(project) ?? []) visit(next, [...trail, project]);
    finished.add(project);
  };
  for (const project of targets.keys()) visit(project, []);
  return cycles;
}
