import { createProjectGraphAsync } from 'nx/src/project-graph/project-graph.js';
import type { Dependency, ProjectTags } from './boundary-rules.ts';
import { readTags } from './boundary-rules.ts';

export interface Workspace {
  readonly projects: readonly ProjectTags[];
  readonly dependencies: readonly Dependency[];
  /** Without what only specs import (the layer rules see to that), so that a cycle is one at run time. */
  readonly runtimeDependencies: readonly Dependency[];
}

/** The import graph as Nx sees it, read from the sources; the daemon stays off so that nothing is left running. */
export async function readWorkspace(): Promise<Workspace> {
  process.env['NX_DAEMON'] = 'false';
  const graph = await createProjectGraphAsync({ exitOnError: false });
  const nodes = Object.values(graph.nodes).filter((node) => node.name.startsWith('@entrepot/'));
  const projects = nodes.map((node) => readTags(node.name, node.data.tags ?? []));
  const names = new Set(projects.map(({ project }) => project));
  const harnesses = new Set(
    projects.filter(({ type }) => type === 'testing').map(({ project }) => project),
  );
  const dependencies = Object.values(graph.dependencies)
    .flat()
    .filter(({ source, target }) => names.has(source) && names.has(target))
    .map(({ source, target }) => ({ from: source, to: target }));
  return {
    projects,
    dependencies,
    runtimeDependencies: dependencies.filter(({ to }) => !harnesses.has(to)),
  };
}
