import { Injectable } from '@nestjs/common';
import { CatalogDatabase, statement } from '@entrepot/platform-database';

import { CategoryReader } from '../application/category-reader.ts';
import type { Category } from '../domain/category-tree.ts';

const findVersion = statement(
  'catalog.find_tree_version',
  'SELECT version FROM catalog.category_tree',
);
const findAll = statement(
  'catalog.find_categories',
  `SELECT c.id, c.slug, c.parent_id AS "parentId", c.position,
          coalesce((SELECT jsonb_object_agg(t.locale,
                      jsonb_build_object('name', t.name, 'description', t.description))
             FROM catalog.category_translation t WHERE t.category_id = c.id), '{}') AS texts
     FROM catalog.category c`,
);

@Injectable()
export class SqlCategoryReader extends CategoryReader {
  constructor(private readonly database: CatalogDatabase) {
    super();
  }

  async all(): Promise<{ readonly version: number; readonly categories: readonly Category[] }> {
    const [tree] = await this.database.query<{ version: bigint }>(findVersion);
    const categories = await this.database.query<Category>(findAll);
    return { version: Number(tree?.version ?? 0n), categories };
  }
}
