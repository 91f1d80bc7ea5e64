import { errorCatalog } from '@entrepot/contracts/api/errors';
import { describe, expect, it } from '@jest/globals';

import { staleGeneratedFiles } from './classification/generated-files.ts';
import { errorReference } from './error-reference.ts';

describe('the page of error codes', () => {
  it('is what the catalog says now', () => {
    expect(staleGeneratedFiles([errorReference()])).toEqual([]);
  });

  it('has one row for every code', () => {
    const codes = [...errorReference().text.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(
      ([, code]) => code,
    );
    expect(codes.toSorted()).toEqual(Object.keys(errorCatalog).toSorted());
  });
});
