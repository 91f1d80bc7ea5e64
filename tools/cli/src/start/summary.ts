import type { DescribedCell, StackDescription } from '@entrepot/stack';

function cellLines(cell: DescribedCell): readonly string[] {
  return [
    `  ${cell.id}   ${cell.origin}`,
    `         explorer ${cell.origin}/docs · health ${cell.origin}/health/ready`,
    `         metrics  ${cell.metricsOrigin}/metrics · logs ${cell.logs}`,
  ];
}

function peopleLines(description: StackDescription): readonly string[] {
  const shoppers = description.shoppers.map(
    ({ cell, email, password }) => `  ${cell}   ${email}   password ${password}`,
  );
  const staff = description.staff.map(
    ({ cell, login, password, roles }) =>
      `  ${cell}   ${login} (${roles.join(', ')})   password ${password}`,
  );
  return [
    ...(shoppers.length > 0 ? ['', 'Demo shoppers', ...shoppers] : []),
    ...(staff.length > 0 ? ['', 'Demo staff', ...staff] : []),
  ];
}

function nextCalls({ cells, shoppers }: StackDescription): readonly string[] {
  const [first] = cells;
  if (first === undefined) return [];
  const country = shoppers[0]?.country ?? 'DE';
  return [
    '',
    'Try',
    `  curl '${first.origin}/v1/home?country=${country}'`,
    `  curl '${first.origin}/v1/products?limit=3'`,
    '  npm run entrepot -- status',
    '  npm run entrepot -- border cut',
    '  npm run entrepot -- demo erasure',
  ];
}

/** What someone who has just started the stack wants to know. */
export const summaryOf = (description: StackDescription): string =>
  [
    '',
    'The cells answer:',
    ...description.cells.flatMap(cellLines),
    ...peopleLines(description),
    ...nextCalls(description),
    '',
  ].join('\n');
