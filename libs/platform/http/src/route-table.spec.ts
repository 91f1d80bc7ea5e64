import { describe, expect, it } from '@jest/globals';
import { RouteTable } from './route-table.ts';

describe('RouteTable', () => {
  const table = new RouteTable();
  table.add('/v1/orders', ['POST']);
  table.add('/v1/orders/:id', ['GET']);
  table.add('/v1/orders/:id', ['HEAD']);
  table.add('/docs/*', ['GET']);
  table.add('/openapi.json', ['GET']);

  it.each([
    ['/v1/orders', ['POST']],
    ['/v1/orders/ord_1', ['GET', 'HEAD']],
    ['/v1/orders/ord_1/lines', []],
    ['/v1/orders/', []],
    ['/docs/a/b.css', ['GET']],
    ['/openapiXjson', []],
  ])('%s answers %j', (path, methods) => {
    expect(table.methodsOf(path)).toEqual(methods);
  });
});
