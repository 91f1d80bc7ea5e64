import { Injectable } from '@nestjs/common';
import type { ProductId } from '@entrepot/kernel';
import { CatalogDatabase, statement } from '@entrepot/platform-database';
import type { Statement } from '@entrepot/platform-database';

import { CatalogContext } from '../application/catalog-context.ts';
import type { ListPage, ListQuestion, ListSort } from '../application/listing-reader.ts';
import { ListingReader } from '../application/listing-reader.ts';

type ColumnSort = Exclude<ListSort, 'relevance'>;

/** The column each order goes by, its type, and its direction; ties are broken by the product's id. */
const orders: Readonly<
  Record<
    ColumnSort,
    { readonly column: string; readonly type: string; readonly isFalling: boolean }
  >
> = {
  featured: { column: 'position', type: 'int', isFalling: false },
  newest: { column: 'created_at', type: 'timestamptz', isFalling: true },
  priceAsc: { column: 'from_amount_minor', type: 'bigint', isFalling: false },
  priceDesc: { column: 'from_amount_minor', type: 'bigint', isFalling: true },
};
/** As microseconds are kept, a time goes through JSON and back as PostgreSQL's own ISO text. */
const keyText = (column: string, type: string) =>
  type === 'timestamptz'
    ? `to_char(l.${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
    : `l.${column}::text`;

/** $1 market, $2 sales channel, $3 category or `*`, $4 key, $5 product, $6 rows, $7 words, $8 locale. */
const wordsMatch = `EXISTS (
  SELECT FROM catalog_local.search_entry s
   WHERE s.product_id = l.product_id AND s.locale = $8
     AND s.document @@ (websearch_to_tsquery(catalog_local.search_configuration($8), $7)
                        || plainto_tsquery('pg_catalog.simple', $7)))`;

function columnStatement(sort: ColumnSort, isSearch: boolean): Statement {
  const { column, type, isFalling } = orders[sort];
  const direction = isFalling ? 'DESC' : 'ASC';
  const beyond = isFalling ? '<' : '>';
  const name = sort.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return statement(
    `catalog.list_${name}${isSearch ? '_matching' : ''}`,
    `SELECT l.product_id AS "productId", ${keyText(column, type)} AS key
       FROM catalog_local.listing_entry l
      WHERE l.market = $1 AND l.sales_channel_id = $2 AND l.category_id = $3
        AND ($4::${type} IS NULL OR (l.${column}, l.product_id) ${beyond} ($4::${type}, $5::text))
        ${isSearch ? `AND ${wordsMatch}` : ''}
      ORDER BY l.${column} ${direction}, l.product_id ${direction} LIMIT $6`,
  );
}

const listStatements = Object.fromEntries(
  (Object.keys(orders) as ColumnSort[]).map((sort) => [
    sort,
    { plain: columnStatement(sort, false), matching: columnStatement(sort, true) },
  ]),
) as Record<ColumnSort, { readonly plain: Statement; readonly matching: Statement }>;

const searchByRank = statement(
  'catalog.list_relevance',
  `WITH asked AS (
     SELECT websearch_to_tsquery(catalog_local.search_configuration($8), $7)
              || plainto_tsquery('pg_catalog.simple', $7) AS words),
   found AS (
     SELECT l.product_id, ts_rank_cd(s.document, asked.words, 1)::float8 AS rank
       FROM asked, catalog_local.search_entry s
       JOIN catalog_local.listing_entry l ON l.product_id = s.product_id
        AND l.market = $1 AND l.sales_channel_id = $2 AND l.category_id = $3
      WHERE s.locale = $8 AND s.document @@ asked.words)
   SELECT product_id AS "productId", rank::text AS key FROM found
    WHERE $4::float8 IS NULL OR (rank, product_id) < ($4::float8, $5::text)
    ORDER BY rank DESC, product_id DESC LIMIT $6`,
);
/** What a typing error may have meant, most similar first. */
const searchByTrigrams = statement(
  'catalog.list_similar',
  `SELECT l.product_id AS "productId", '0' AS key
     FROM catalog_local.similar_names($4, $5) s
     JOIN catalog_local.listing_entry l ON l.product_id = s.product_id
      AND l.market = $1 AND l.sales_channel_id = $2 AND l.category_id = $3
    ORDER BY s.likeness DESC, l.product_id LIMIT $6`,
);

interface ListedRow {
  readonly productId: ProductId;
  readonly key: string;
}

const wholeShop = '*';

@Injectable()
export class SqlListingReader extends ListingReader {
  constructor(
    private readonly database: CatalogDatabase,
    private readonly context: CatalogContext,
  ) {
    super();
  }

  async page(question: ListQuestion): Promise<ListPage> {
    const rows = await this.rows(question);
    if (rows.length === 0 && question.search !== undefined && question.after === undefined) {
      return { productIds: await this.similar(question, question.search), next: undefined };
    }
    const shown = rows.slice(0, question.limit);
    const last = shown.at(-1);
    return {
      productIds: shown.map((row) => row.productId),
      next: rows.length > shown.length && last !== undefined ? last : undefined,
    };
  }

  /** One row more than is shown tells whether there is a next page. */
  private rows(question: ListQuestion): Promise<ListedRow[]> {
    const { search, sort, after } = question;
    const values = [...this.place(question), after?.key, after?.productId, question.limit + 1];
    if (search === undefined) {
      return this.database.query(listStatements[columnOf(sort)].plain, values);
    }
    const sql = sort === 'relevance' ? searchByRank : listStatements[sort].matching;
    return this.database.query(sql, [...values, search.words, search.locale]);
  }

  private async similar(
    question: ListQuestion,
    search: NonNullable<ListQuestion['search']>,
  ): Promise<readonly ProductId[]> {
    const rows = await this.database.query<ListedRow>(searchByTrigrams, [
      ...this.place(question),
      search.words,
      search.locale,
      question.limit,
    ]);
    return rows.map((row) => row.productId);
  }

  private place(question: ListQuestion): readonly string[] {
    const { market, salesChannelId } = this.context;
    return [market, salesChannelId, question.categoryId ?? wholeShop];
  }
}

const columnOf = (sort: ListSort): ColumnSort => (sort === 'relevance' ? 'featured' : sort);
