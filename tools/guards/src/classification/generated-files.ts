import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { clusterFolder, namespaces, repositoryRoot } from '@entrepot/stack';
import type { Catalogue, ClusterName } from '@entrepot/stack';

import { classify } from './classify.ts';
import type { Classification, ClassifiedTable } from './classify.ts';
import { dataMapJson, dataMapText } from './data-map.ts';
import { readAnnotations } from './prisma-annotations.ts';
import { rowTypesText } from './row-types.ts';

export interface ClusterCatalogue {
  readonly cluster: ClusterName;
  readonly catalogue: Catalogue;
}

export interface GeneratedFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** Classifies every table of the clusters by the annotations in their Prisma files. */
export function classifyClusters(catalogues: readonly ClusterCatalogue[]): Classification {
  const results = catalogues.map(({ cluster, catalogue }) => {
    const folder = join(clusterFolder(cluster), 'schema');
    const files = readdirSync(folder).filter((name) => name.endsWith('.prisma'));
    const models = files.flatMap((name) =>
      readAnnotations(readFileSync(join(folder, name), 'utf8')),
    );
    return classify(cluster, catalogue, models);
  });
  return {
    tables: results.flatMap(({ tables }) => tables),
    problems: results.flatMap(({ problems }) => problems),
  };
}

/** A namespace that several clusters have, as `cell`, has the same tables in each. */
function tablesOfNamespace(tables: readonly ClassifiedTable[], name: string): ClassifiedTable[] {
  const own = tables.filter(({ table }) => table.startsWith(`${name}.`));
  return [...new Map(own.map((table) => [table.table, table])).values()];
}

/** The files that follow from the classification of all clusters together. */
export function generatedFiles(tables: readonly ClassifiedTable[]): GeneratedFile[] {
  const rowTypes = namespaces.flatMap(({ name, library }) => {
    const own = tablesOfNamespace(tables, name);
    const path = `${library}/src/adapters/generated/${name.replaceAll('_', '-')}.ts`;
    return own.length === 0 ? [] : [{ path, text: rowTypesText(own) }];
  });
  return [
    ...rowTypes,
    { path: 'docs/reference/data-map.md', text: dataMapText(tables) },
    { path: 'docs/reference/data-map.json', text: dataMapJson(tables) },
  ];
}

export function writeGeneratedFiles(files: readonly GeneratedFile[]): void {
  for (const { path, text } of files) {
    const file = join(repositoryRoot, path);
    mkdirSync(dirname(file), { recursive: true });
    if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
  }
}

/** The paths of committed files that differ from what would be generated now. */
export function staleGeneratedFiles(files: readonly GeneratedFile[]): string[] {
  return files
    .filter(({ path, text }) => {
      const file = join(repositoryRoot, path);
      return !existsSync(file) || readFileSync(file, 'utf8') !== text;
    })
    .map(({ path }) => path);
}
