import { createProjectGraphAsync } from 'nx/src/project-graph/project-graph.js';
import type { Dependency, ProjectTags } from './boundary-rules.ts';
import { readTags } from './boundary-rules.ts';

export interface Workspace {
  readonly projects: readonly ProjectTags[];
  readonly dependencies: readonly Dependency[];
}

/** The import graph as Nx sees it, read from the sources; the daemon stays off so that nothing is left running. */
export async function readWorkspace(): Promise<Workspace> {
  process.env['NX_DAEMON'] = 'false';
  const graph = await createProjectGraphAsync({ exitOnError: false });
  const nodes = Object.values(graph.nodes).filter((node) => node.name.startsWith('@entrepot/'));
  const names = new Set(nodes.map((node) => node.name));
  return {
    projects: nodes.map((node) => readTags(node.name, node.data.tags ?? [])),
    dependencies: Object.values(graph.dependencies)
      .flat()
      .filter(({ source, target }) => names.has(source) && names.has(target))
      .map(({ source, target }) => ({ from: source, to: target })),
  };
}
